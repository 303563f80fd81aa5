"""Calls for help as the pages of staff show them: where, since when, who is coming. Desks and the manager's page share this.

The rows hold open calls only, the newest first; what is over stands in the log.
"""

from __future__ import annotations

from typing import Any

from queue_server.core.catalogue import ClerkId, Zone
from queue_server.core.emergency import Emergency
from queue_server.core.hall import Hall
from queue_server.views import Scene, iso
from queue_server.web.texts import window_text
from queue_server.web.words import t

KINDS = ("help", "medical", "security", "fire")  # as the digits choose them


def emergency_rows(hall: Hall, scene: Scene) -> list[dict[str, Any]]:
    """``coming``: who answered, in order; ``by`` is whom the others look for."""
    return [_row(hall, one, scene.lang) for one in reversed(hall.emergencies) if one.ended is None]


def _row(hall: Hall, one: Emergency, lang: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "where": _where(hall, one, lang),
        "counter": one.counter,
        "zone": one.zone,
        "by": one.by,
        "by_name": _name(hall, one.by),
        "since": iso(one.at, hall),
        "coming": [{"id": who, "name": _name(hall, who)} for who in one.coming],
    }


def _where(hall: Hall, one: Emergency, lang: str) -> str:
    """The window, the zone and the place in words: whatever is known, the nearest first."""
    counter = hall.counters.get(one.counter) if one.counter is not None else None
    zone = next((zone for zone in hall.setup.zones if zone.id == one.zone), None)
    parts = [
        window_text(lang, counter.label) if counter else None,
        one.place,
        _zone(lang, zone, named=counter is None) if zone else None,
    ]
    return t(lang, "emergency.join").join(part for part in parts if part)


def _zone(lang: str, zone: Zone, *, named: bool) -> str:
    """Whoever knows the window needs the letter only."""
    return t(lang, "emergency.zone", zone=zone.id, name=zone.name[lang]) if named else t(lang, "common.zone", zone=zone.id)


def _name(hall: Hall, who: str) -> str:
    known = hall.clerks.get(ClerkId(who))
    return known.name if known else who
