"""The service guide as values: from the one catalogue that kiosk, desk, paper and API read too. Pure: state in, values out.

It is public, also for services whose name screens and paper keep to themselves: a guide says nothing of who reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from queue_server.core.calendar import Standing, standing
from queue_server.core.catalogue import Hours, Package, Service
from queue_server.core.hall import Hall
from queue_server.core.materials import later_workdays
from queue_server.web.guide_facts import (
    facts,
    found_packages,
    machines,
    material_row,
    package_rows,
    procedures,
    promise_words,
    promised_text,
)
from queue_server.web.hours_text import coming_text, hours_text, next_text, own_hours_text, today_text
from queue_server.web.texts import wait_text
from queue_server.web.words import t

from .kiosk_pages import paged, used
from .kiosk_view import queue_wait
from .ticket_facts import Place, place, promise_line, zones_for_map
from .way import way

Values = dict[str, Any]
LIST_A_PAGE = 20
LISTS_A_PAGE = 30  # services of the public lists of what may come later
QUERY_MAX = 100
GROUPS = ("theme", "department")


# ------------------------------------------------------------------ one service


def service_values(hall: Hall, service: Service, lang: str) -> Values:
    """Everything the guide of one service says that does not change by the minute."""
    return {
        "id": service.id,
        "name": service.name[lang],
        "private": service.private,
        "theme": _named(hall.setup.themes, service.theme, lang),
        "theme_id": service.theme,
        "department": _named(hall.setup.departments, service.department, lang),
        "tags": [t(lang, f"guide.applicant.{service.applicant}"), t(lang, f"guide.handling.{service.handling}")],
        "promise": promised_text(lang, service),
        "line": promise_line(lang, promised_text(lang, service), service),
        "note": service.note[lang] if service.note else "",
        "facts": facts(lang, service),
        "materials": [material_row(lang, material, hall.setup.rules) for material in service.materials],
        "lists": "later" if any(one.later or one.promise for one in service.materials) else "",
        "procedures": procedures(lang, service),
        "packages": [package_link(one, lang) for one in hall.setup.packages if service.id in one.services],
        "machines": machines(hall, service, lang),
        "version": hall.setup.version,
    }


def _named(entries: Iterable[Any], wanted: str, lang: str) -> str:
    return next((str(entry.name[lang]) for entry in entries if entry.id == wanted), "")


# ------------------------------------------------------------------ papers


def lists_values(hall: Hall, lang: str, page: int) -> Values:
    """The public lists (容缺, 告知承诺): of every service what may come later, and what a signed promise replaces."""
    rows = []
    for service in hall.setup.services:
        later = [one for one in service.materials if one.later and not one.held]
        promised = [one for one in service.materials if one.promise and not one.held]
        if later or promised:
            rows.append((service, later, promised))
    shown, pages = paged(rows, page, LISTS_A_PAGE)
    return {
        "rows": [
            {
                "id": service.id,
                "name": service.name[lang],
                "later": [(one.name[lang], later_workdays(one, hall.setup.rules)) for one in later],
                "promised": [one.name[lang] for one in promised],
            }
            for service, later, promised in shown
        ],
        "pager": pages,
        "version": hall.setup.version,
    }


# ------------------------------------------------------------------ packages


def package_link(package: Package, lang: str) -> dict[str, str]:
    return {"id": package.id, "name": package.name[lang]}


def package_values(hall: Hall, package: Package, lang: str) -> Values:
    """One event in life: its services in order, and one list of papers, each once."""
    services = [hall.services[service] for service in package.services]
    return {
        "id": package.id,
        "name": package.name[lang],
        "promise": promise_words(lang, package.promised),
        "services": [
            {"id": one.id, "name": one.name[lang], "place": where_text(lang, place(hall, one.queue, one.id))}
            for one in services
        ],
        "extra": [name[lang] for name in package.extra],
        "materials": package_rows(hall, package, lang),
        "version": hall.setup.version,
    }


def where_text(lang: str, spot: Place) -> str:
    """``B 区，15–22 号窗口``."""
    zone = t(lang, "common.zone", zone=spot.zone)
    return t(lang, "guide.where", zone=zone, windows=spot.windows[lang]) if spot.windows[lang] else zone


# ------------------------------------------------------------------ where, and finding


def where_values(hall: Hall, service: Service, lang: str, now: int) -> Values:
    """The windows, the way there, and when they take this service."""
    spot = place(hall, service.queue, service.id)
    return {
        "place": where_text(lang, spot),
        "way": spot.way[lang],
        "map": {"zones": zones_for_map(hall), "here": spot.zone, "route": way(hall.setup.zones, spot.zone)},
        **hours_values(hall, service.hours, lang, now),
        "own": own_hours_text(lang, service.hours, hall.setup.hours),
    }


def hours_values(hall: Hall, own: Hours | None, lang: str, now: int) -> Values:
    """When it is open: today, all week, and the special days to come."""
    hours = own or hall.setup.hours
    return {
        "today": today_text(lang, hall.setup, now, own),
        "hours": hours_text(lang, hours),
        "coming": coming_text(lang, hall.setup, now, own),
    }


def wait_values(hall: Hall, service: Service, lang: str, now: int, always_open: bool) -> Values:
    """How it stands at the windows of this service: open or not, how many wait, how long it takes."""
    state = stand_of(hall, service.hours, now, always_open)
    waiting, wait = queue_wait(hall, service.queue, now)
    is_open = state.state == "open"
    return {
        "open": is_open,
        "next": next_text(lang, state, now, hall.setup),
        "waiting": waiting,
        "wait": wait_text(lang, wait, waiting) if is_open else "",
    }


def stand_of(hall: Hall, own: Hours | None, now: int, always_open: bool) -> Standing:
    """How a service or a window stands; under ``--always-open`` it is open."""
    found = standing(now, hall.setup, own)
    return msgspec.structs.replace(found, state="open", taking=True) if always_open else found


def find_values(hall: Hall, found: Sequence[str], query: dict[str, str], lang: str, page: int) -> Values:
    """The page of a search, of one theme or department, or with neither of all themes. ``found``: hits of the index."""
    q = query["q"]
    kind = next((kind for kind in GROUPS if query.get(kind)), None)
    group = None
    if q:
        services = [hall.services[one] for one in found]
    elif kind is not None:
        services = [one for one in hall.setup.services if getattr(one, kind) == query[kind]]
        group = next((one.name[lang] for one in used(hall, kind) if one.id == query[kind]), None)
    else:
        services = []
    shown, pages = paged(services, page, LIST_A_PAGE)
    packages = found_packages(hall, q) if q else [] if kind else hall.setup.packages
    return {
        "q": q,
        "group": group,
        "rows": [list_row(one, lang) for one in shown],
        "packages": [package_link(one, lang) for one in packages],
        "themes": [] if q or group else [_tile(hall, one, "theme", lang) for one in used(hall, "theme")],
        "departments": [] if q or group else [_tile(hall, one, "department", lang) for one in used(hall, "department")],
        "pager": pages,
    }


def list_row(service: Service, lang: str) -> dict[str, str]:
    return {"id": service.id, "name": service.name[lang], "line": promise_line(lang, promised_text(lang, service), service)}


def _tile(hall: Hall, group: Any, kind: str, lang: str) -> Values:
    count = sum(getattr(service, kind) == group.id for service in hall.setup.services)
    return {"id": group.id, "name": group.name[lang], "icon": getattr(group, "icon", ""), "count": count}
