"""The values of the kiosk's pages: which tiles, which services on which page, which one open. Pure: state in, values out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from starlette.requests import Request

from queue_server.core.catalogue import Service
from queue_server.core.hall import Hall
from queue_server.running import RunningHall
from queue_server.web.guide_facts import found_packages, promised_text
from queue_server.web.words import t

from .kiosk_hours import Look, hours_facts, look
from .kiosk_packages import package_row
from .kiosk_view import main_queue
from .ticket_facts import bring, place, promise_line

TILES = 12  # of the first page; with more themes the last tile leads to all of them
SERVICES_A_PAGE = {"zh": 5, "en": 4}  # one of them open: what stands on a 1080 x 1920 screen without scrolling
GROUPS_A_PAGE = 18
RESULTS_A_PAGE = {"zh": 4, "en": 3}  # above the keyboard
QUERY_MAX = 40
Values = dict[str, Any]
Item = TypeVar("Item")


def number(request: Request, name: str) -> int:
    """A page's number from the address; anything else is the first."""
    text = request.query_params.get(name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 4 else 1


def paged(items: Sequence[Item], page: int, size: int) -> tuple[list[Item], Values]:
    """One page of the items, and where it stands."""
    pages = max(1, -(-len(items) // size))
    page = min(page, pages)
    return list(items[(page - 1) * size : page * size]), {"page": page, "pages": pages, "total": len(items)}


def home_values(hall: Hall) -> Values:
    themes = used(hall, "theme")
    shown = themes if len(themes) <= TILES else themes[: TILES - 1]
    return {"themes": shown, "theme_total": len(themes), "packages": bool(hall.setup.packages)}


def used(hall: Hall, kind: str) -> list[Any]:
    """Themes or departments that have a service; the others would be dead ends."""
    groups: Sequence[Any] = hall.setup.themes if kind == "theme" else hall.setup.departments
    with_services = {getattr(service, kind) for service in hall.setup.services}
    return [group for group in groups if group.id in with_services]


def listing(hall: Hall, tab: str, page: int) -> Values:
    """All themes, departments or packages. ``counts``: the services of each."""
    if tab == "package":
        packages, pages = paged(hall.setup.packages, page, GROUPS_A_PAGE)
        return {"tab": tab, "groups": packages, "counts": {one.id: len(one.services) for one in packages}, "pager": pages,
                "packages": True}
    groups, pages = paged(used(hall, tab), page, GROUPS_A_PAGE)
    counts = {group.id: sum(getattr(service, tab) == group.id for service in hall.setup.services) for group in groups}
    return {"tab": tab, "groups": groups, "counts": counts, "pager": pages, "packages": bool(hall.setup.packages)}


def chosen(seen: Look, kind: str, group_id: str, wanted: str | None, page: int) -> Values | None:
    """A theme's or department's page; None when there is no such group. The open service decides the page."""
    hall, lang = seen.hall, seen.lang
    if kind not in ("theme", "department"):
        return None
    group = next((group for group in used(hall, kind) if group.id == group_id), None)
    if group is None:
        return None
    services = [service for service in hall.setup.services if getattr(service, kind) == group_id]
    at = next((at for at, service in enumerate(services) if service.id == wanted), None)
    size = SERVICES_A_PAGE["en" if lang == "en" else "zh"]
    shown, pages = paged(services, page if at is None else at // size + 1, size)
    opened = services[at] if at is not None else shown[0]
    queue = main_queue(services)
    return {
        "group": group,
        "group_kind": kind,
        "queue": queue,
        "place": place(hall, queue),
        "rows": [row(seen, service) for service in shown],
        "opened": opened.id,
        "pager": pages,
        "classes": [item for item in hall.setup.classes if item.at_kiosk],
    }


def row(seen: Look, service: Service) -> Values:
    """One service as the kiosk lists it."""
    hall, lang = seen.hall, seen.lang
    return {
        "id": service.id,
        "wish": "service",
        "name": service.name[lang],
        "line": promise_line(lang, promised_text(lang, service), service),
        "bring": bring(lang, service),
        "queue": service.queue,
        "zone": place(hall, service.queue, service.id).zone,
        "href": f"theme/{service.theme}",
        "self": _self_service(hall, service, lang),
        **hours_facts(seen, service),
    }


def _self_service(hall: Hall, service: Service, lang: str) -> str:
    """Where a machine does the same without queueing."""
    if not service.self_service:
        return ""
    machines = (one for one in hall.setup.counters if one.kind == "self_service" and service.id in one.serves)
    counter = next(machines, None)
    return t(lang, "kiosk.self", label=counter.label, zone=counter.zone) if counter else ""


def search_values(running: RunningHall, query: Mapping[str, str], lang: str, page: int) -> Values:
    """``key`` is a key of the screen's keyboard that was pressed without script."""
    seen, text, key = look(running, lang), query.get("q", "")[:QUERY_MAX], query.get("key", "")
    hall = seen.hall
    text = text[:-1] if key == "back" else "" if key == "clear" else (text + key)[:QUERY_MAX]
    found = running.index.find(text, limit=40) if text.strip() else []
    hits = [package_row(seen, package) for package in found_packages(hall, text)]
    hits += [row(seen, hall.services[service]) for service in found]
    size = RESULTS_A_PAGE["en" if lang == "en" else "zh"]
    shown, pages = paged(hits, page, size)
    often = [] if text.strip() else [row(seen, service) for service in asked_often(hall, size)]
    return {"q": text, "rows": shown, "pager": pages, "searched": bool(text.strip()), "often": often}


def asked_often(hall: Hall, count: int) -> list[Service]:
    """What most came for today, shown before anything is typed; on a new day the catalogue's first. Never a private one."""
    taken = Counter(ticket.service for ticket in hall.tickets.values() if ticket.service is not None)
    wanted = dict.fromkeys([service for service, _ in taken.most_common()] + [one.id for one in hall.setup.services])
    open_to_all = (hall.services[one] for one in wanted if one in hall.services and not hall.services[one].private)
    return list(islice(open_to_all, count))
