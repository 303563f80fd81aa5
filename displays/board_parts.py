"""What the boards of a hall need at every call, kept ready: the push of a call waits for this (DESIGN 1).

Everything here follows from the state and the scene's tick alone. It is kept on the hall itself, so it lives and dies
with it, and is made anew when the set-up changes.
"""

from __future__ import annotations

import datetime
from typing import Any

from queue_server.core import forecast
from queue_server.core.calendar import hall_day, sessions, standing
from queue_server.core.catalogue import Queue, Setup
from queue_server.core.hall import Hall, Ring
from queue_server.labels import label_runs
from queue_server.views import Scene, iso

Json = dict[str, Any]
RINGS_KEPT = 400  # forty boards of ten calls; then the memory is emptied
DAYS_SHOWN = 5  # today and the four open days listed on a closed board
DAYS_SEARCHED = 21  # the longest holiday, twice


class Parts:
    """Ready parts of the views of one hall."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.hall = pair(setup.name)
        self.zones = {zone.id: {"id": zone.id, "name": pair(zone.name), "way": pair(zone.way)} for zone in setup.zones}
        self.queues = {queue.id: queue_base(queue) for queue in setup.queues}
        self.queues_of = {zone.id: [q.id for q in setup.queues if q.zone == zone.id] for zone in setup.zones}
        self.counters_of = {zone.id: [c.id for c in setup.counters if c.zone == zone.id] for zone in setup.zones}
        self.directory = [
            {**self.zones[zone.id], "windows": label_runs([c.label for c in setup.counters if c.zone == zone.id])}
            for zone in setup.zones
        ]
        self.rings: dict[str, tuple[Ring, Json]] = {}
        self.waits: dict[str, tuple[object, Json]] = {}
        self.standing: tuple[object, Json] = (None, {})
        self.days: tuple[object, list[Json]] = (None, [])


def parts_of(hall: Hall) -> Parts:
    """The parts of this hall, of its set-up as it is now."""
    found: Parts | None = hall.__dict__.get("board_parts")
    if found is None or found.setup is not hall.setup:
        found = hall.__dict__["board_parts"] = Parts(hall.setup)
    return found


def pair(name: Any) -> Json:
    """A bilingual name as data."""
    return {"zh": name.zh, "en": name.en}


def queue_base(queue: Queue) -> Json:
    return {"id": queue.id, "letter": queue.letter, "name": pair(queue.name), "zone": queue.zone}


def call_part(hall: Hall, parts: Parts, ring: Ring) -> Json:
    """One call as the public contract has it, and where to go."""
    kept = parts.rings.get(ring.id)
    if kept is not None and kept[0] is ring:
        return kept[1]
    if len(parts.rings) >= RINGS_KEPT:
        parts.rings.clear()
    zone = parts.zones.get(ring.zone)
    call = {
        "id": ring.id, "seq": ring.seq, "number": ring.number, "counter": ring.counter, "count": ring.count,
        "at": iso(ring.at, hall), "label": ring.label, "zone": ring.zone, "way": zone["way"] if zone else None,
    }  # fmt: skip
    parts.rings[ring.id] = (ring, call)
    return call


def queue_part(hall: Hall, parts: Parts, queue_id: Any, tick: int) -> Json:
    """Who waits in a queue, and how long one who comes now will. The forecast is asked when its grounds have moved."""
    line = hall.lines.queues.get(queue_id)
    waiting = len(line.all) if line else 0
    pace = hall.paces.get(queue_id)
    grounds = (
        tick, waiting, line.all[0] if line and waiting else None, pace.calls if pace else 0, hall.staffing(queue_id)
    )  # fmt: skip
    kept = parts.waits.get(queue_id)
    if kept is not None and kept[0] == grounds:
        return kept[1]
    wait = forecast.estimate(hall, queue_id, waiting, tick)
    busy = wait is not None and wait.likely >= hall.setup.rules.busy_wait_minutes * 60
    queue = {
        **parts.queues[queue_id],
        "waiting": waiting,
        "wait": None if wait is None else {"low": wait.low, "likely": wait.likely, "high": wait.high},
        "busy": busy,
    }
    parts.waits[queue_id] = (grounds, queue)
    return queue


def back_at(hall: Hall, until: int | None, tick: int) -> str | None:
    """When a paused window works again. A time that has passed promises nothing and is left out."""
    return iso(until, hall) if until is not None and until > tick else None


def notice_parts(hall: Hall, zone: str | None) -> list[Json]:
    """Notices for the whole hall and, on a zone's screens, its own; the newest first."""
    return [
        {"id": n.id, "text": pair(n.text), "level": n.level, "zone": n.zone, "since": iso(n.since, hall)}
        for n in reversed(hall.notices)
        if n.zone is None or n.zone == zone
    ]


def standing_part(hall: Hall, parts: Parts, scene: Scene) -> Json:
    """Whether the hall is open, when it opens next (``opens_in_days``: 0 today, 1 tomorrow), and the date of today."""
    key = (scene.tick, scene.always_open)
    if parts.standing[0] != key:
        parts.standing = (key, _standing(hall, scene))
    return parts.standing[1]


def _standing(hall: Hall, scene: Scene) -> Json:
    today = (iso(scene.tick, hall) or "")[:10]
    if scene.always_open:
        return {"state": "open", "opens": None, "opens_in_days": None, "closes": None, "today": today}
    now = standing(scene.tick, hall.setup)
    days = None
    if now.opens is not None:
        days = (hall_day(now.opens, hall.setup) - hall_day(scene.tick, hall.setup)).days
    return {
        "state": now.state, "opens": iso(now.opens, hall), "opens_in_days": days, "closes": iso(now.closes, hall),
        "today": today,
    }  # fmt: skip


def open_days(hall: Hall, parts: Parts, scene: Scene) -> list[Json]:
    """The next days with opening hours, today included: ``{date, spans: ["9:00–12:00", ...]}``."""
    today = hall_day(scene.tick, hall.setup)
    if parts.days[0] != today:
        parts.days = (today, _open_days(hall, today))
    return parts.days[1]


def _open_days(hall: Hall, today: datetime.date) -> list[Json]:
    found: list[Json] = []
    for offset in range(DAYS_SEARCHED):
        date = today + datetime.timedelta(days=offset)
        spans = [f"{_clock(begin, hall)}–{_clock(end, hall)}" for begin, end in sessions(date, hall.setup)]
        if spans:
            found.append({"date": date.isoformat(), "spans": spans})
        if len(found) == DAYS_SHOWN:
            break
    return found


def _clock(instant: int, hall: Hall) -> str:
    text = iso(instant, hall)
    assert text is not None
    return text[11:16].removeprefix("0")
