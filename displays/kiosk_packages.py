"""Packages at the kiosk (一件事): several services of one event in life, one ticket, one list of papers.

The ticket waits for the first of its services, as the core decides; the rest is on the desk's list.
"""

from __future__ import annotations

from typing import Any

from queue_server.core.catalogue import Package, Service
from queue_server.core.hall import Hall
from queue_server.web.guide_facts import promise_words
from queue_server.web.words import t

from .kiosk_hours import Look, hours_facts
from .ticket_facts import bring, place, promise_line

Values = dict[str, Any]


def services_of(hall: Hall, package: Package) -> list[Service]:
    return [hall.services[service] for service in package.services]


def package_row(seen: Look, package: Package) -> Values:
    """One package as the kiosk lists it, with the keys of a service's row."""
    hall, lang = seen.hall, seen.lang
    services = services_of(hall, package)
    return {
        "id": package.id,
        "wish": "package",
        "name": package.name[lang],
        "line": _line(hall, package, lang),
        "bring": bring(lang, *(service for service in services if not service.private)),
        "queue": services[0].queue,
        "zone": place(hall, services[0].queue, services[0].id).zone,
        "href": f"package/{package.id}",
        "self": "",
        **hours_facts(seen, *services),
    }


def _line(hall: Hall, package: Package, lang: str) -> str:
    """``4 个事项。5 个工作日办好。带 7 样材料``"""
    count = t(lang, "kiosk.services", count=len(package.services))
    promise = promise_line(lang, promise_words(lang, package.promised), *services_of(hall, package))
    return t(lang, "kiosk.line", term=count, papers=promise)


def package_values(seen: Look, package_id: str) -> Values | None:
    """The page of a package; None when there is no such package."""
    hall, lang = seen.hall, seen.lang
    package = hall.packages.get(package_id)
    if package is None:
        return None
    opened = package_row(seen, package)
    return {
        "package": opened,
        "queue": opened["queue"],
        "place": place(hall, opened["queue"], package.services[0]),
        "services": [service.name[lang] for service in services_of(hall, package)],
        "extra": [name[lang] for name in package.extra],
        "classes": [item for item in hall.setup.classes if item.at_kiosk],
    }
