"""Which services the kiosk gives tickets for now, and what it says of their hours (延时错时, 365 服务, "5+X")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from queue_server.core.calendar import Standing, standing
from queue_server.core.catalogue import Hours, Service
from queue_server.core.hall import Hall
from queue_server.running import RunningHall
from queue_server.web.hours_text import closing_text, next_text, own_hours_text
from queue_server.web.words import t


class Look(NamedTuple):
    """A hall as one kiosk shows it at one moment, in one language."""

    hall: Hall
    lang: str
    now: int
    always_open: bool = False

    def standing(self, hours: Hours | None = None) -> Standing:
        """How the hall stands, or what has these hours of its own. Under ``--always-open`` everything is open."""
        if self.always_open:
            return Standing(state="open", taking=True, opens=None, closes=None, known_year=True)
        return self.hall.standing(self.now) if hours is None else standing(self.now, self.hall.setup, hours)

    def takes(self, service: Service) -> bool:
        """May somebody take a ticket for it now? As ``core.visit_rules.take`` decides."""
        own = self.standing(service.hours).taking
        warned = self.hall.setup.rules.outside_hours == "warn"
        return own or (service.hours is not None and warned and self.standing().taking)


def look(running: RunningHall, lang: str) -> Look:
    return Look(running.state, lang, running.now(), running.runner.always_open)


def hours_facts(seen: Look, *services: Service) -> dict[str, Any]:
    """For a row, of the first service, which decides where a ticket waits. ``hours``: its own; ``shut``: until when."""
    first, lang = services[0], seen.lang
    own = first.hours is not None
    return {
        "takes": seen.takes(first),
        "hours": own_hours_text(lang, first.hours, seen.hall.setup.hours),
        "shut": next_text(lang, seen.standing(first.hours), seen.now, seen.hall.setup) if own else "",
    }


def open_alone(seen: Look, services: Iterable[Service]) -> list[Service]:
    """While the hall itself gives no tickets: the services that do, by hours of their own."""
    if seen.standing().taking:
        return []
    return [service for service in services if service.hours is not None and seen.takes(service)]


def own_hours(seen: Look) -> list[tuple[str, str]]:
    """Services with hours of their own, and these; the ones with the same hours in one line. Private ones are left out."""
    found: dict[str, list[str]] = {}
    for service in seen.hall.setup.services:
        text = own_hours_text(seen.lang, service.hours, seen.hall.setup.hours)
        if text and not service.private:
            found.setdefault(text, []).append(service.name[seen.lang])
    return [(t(seen.lang, "common.comma").join(names), text) for text, names in found.items()]


def ticket_note(seen: Look, service: Service | None) -> str:
    """What the holder of a ticket should know of the hours: that it is too early, or how the day ends."""
    hours = service.hours if service is not None else None
    if seen.always_open:
        return ""
    waits = next_text(seen.lang, seen.standing(hours), seen.now, seen.hall.setup) if hours is not None else ""
    return waits or closing_text(seen.lang, seen.hall, seen.now, hours)
