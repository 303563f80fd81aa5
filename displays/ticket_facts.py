"""What a ticket says, on the kiosk, on the phone and on paper: the same words in the same order.

A private service never shows more than its theme here, and never its list of papers: that would name it as surely.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from queue_server.core.catalogue import Name, Service
from queue_server.core.hall import Hall
from queue_server.core.materials import check_list
from queue_server.core.visits import Ticket
from queue_server.web.texts import windows_text
from queue_server.web.words import t


class Place(NamedTuple):
    """Where a ticket waits. ``windows``: in words, ``15–22 号窗口``; empty when no window serves it."""

    zone: str
    name: Name
    way: Name
    windows: Name


def is_private(hall: Hall, ticket: Ticket) -> bool:
    service = hall.services.get(ticket.service or "")
    return service is not None and service.private


def title(hall: Hall, ticket: Ticket) -> Name:
    """What the visitor came for, as it may be shown to whoever looks at the ticket."""
    service = hall.services.get(ticket.service or "")
    if service is not None and service.private:
        return service_title(hall, service)
    package = hall.packages.get(ticket.package or "")
    if package is not None:
        return package.name
    if ticket.service_name is not None:
        return ticket.service_name
    if ticket.kind is not None:
        return Name(**{lang: t(lang, f"common.kind.{ticket.kind}") for lang in ("zh", "en")})
    return hall.queues[ticket.queue].name


def service_title(hall: Hall, service: Service) -> Name:
    """The name of a service where others may look on: of a private one, its theme."""
    if not service.private:
        return service.name
    theme = next((theme.name for theme in hall.setup.themes if theme.id == service.theme), None)
    return _themed(theme) if theme else hall.queues[service.queue].name


def _themed(theme: Name) -> Name:
    return Name(zh=t("zh", "common.theme", theme=theme.zh), en=t("en", "common.theme", theme=theme.en))


def place(hall: Hall, queue_id: str, service: str | None = None) -> Place:
    """The zone of a queue, how to get there, and the windows that have this queue (or this service) as their own."""
    queue = hall.queues[queue_id]
    zone = next(zone for zone in hall.setup.zones if zone.id == queue.zone)
    labels = [
        counter.label for counter in hall.setup.counters if queue_id in counter.serves or service in counter.serves
    ]
    names = {lang: windows_text(lang, labels) for lang in ("zh", "en")}
    return Place(zone.id, zone.name, zone.way, Name(**names))


def bring(lang: str, *services: Service) -> list[dict[str, str]]:
    """The papers to bring: needed ones first, then what may follow later, then what nobody has to bring."""
    rows = []
    for material in (item.material for item in check_list(services, {})):
        kind = "free" if material.held else "later" if material.later else "needed"
        hint = t(lang, f"common.bring.{kind}") if kind != "needed" else ""
        if material.note is not None:
            hint = material.note[lang]
        rows.append({"kind": kind, "text": material.name[lang], "hint": hint})
    return sorted(rows, key=lambda row: ("needed", "later", "free").index(row["kind"]))


def promise_line(lang: str, promised: str, *services: Service) -> str:
    """``5 个工作日办好。带 2 样材料``: the promise, and how many papers are needed on the day itself."""
    count = sum(not (item.material.held or item.material.later) for item in check_list(services, {}))
    papers = t(lang, "kiosk.bring.count", count=count) if count else t(lang, "kiosk.bring.nothing")
    return t(lang, "kiosk.line", term=promised, papers=papers) if promised else papers


def ticket_bring(lang: str, hall: Hall, ticket: Ticket) -> list[dict[str, str]]:
    """The papers of a ticket; of a package, those of all its services, each once."""
    if is_private(hall, ticket):
        return []
    services = [
        hall.services.get(wanted) for wanted in ticket.services or ((ticket.service,) if ticket.service else ())
    ]
    return bring(lang, *(service for service in services if service is not None and not service.private))


def zones_for_map(hall: Hall) -> list[dict[str, Any]]:
    """The zones that have a place on the map, as plain values for a view."""
    return [
        {"id": zone.id, "name": zone.name, "place": zone.place} for zone in hall.setup.zones if zone.place is not None
    ]
