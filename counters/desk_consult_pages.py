"""Pieces of the desk that are asked for when they are wanted: hits of a search, a guide, the story of a ticket. HTML for staff.

The page puts them where they belong; nothing is drawn in the browser. With ``format=json`` the search gives plain data.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.core.catalogue import CounterId, TicketId
from queue_server.core.refusals import NotFound
from queue_server.running import RunningHall
from queue_server.views import must_know
from queue_server.web.access import require, running_of
from queue_server.web.pages import fragment, lang_of
from queue_server.web.ticket_story import is_hidden, visit_of

from .desk import row_of
from .desk_case import visitor_facts
from .desk_consult import Look, find_values, package_guide, service_guide, targets

NEVER_KEPT = {"Cache-Control": "no-store"}


async def _looked(request: Request) -> tuple[RunningHall, Look]:
    """The hall as this desk sees it now. Raises NotFound ``unknown-counter``."""
    running = running_of(request)
    await require(request, "clerk", "manager")
    await running.settled()
    hall = running.state
    counter = hall.counters.get(CounterId(request.path_params["counter"]))
    must_know(counter, "unknown-counter", counter=request.path_params["counter"])
    assert counter is not None, "must_know raised"
    ticket = hall.tickets.get(counter.ticket) if counter.ticket else None
    return running, Look(hall, lang_of(request), running.now(), ticket, running.runner.always_open)


def _piece(template: str, view: dict[str, Any], lang: str) -> Response:
    return HTMLResponse(fragment(template, view, lang), headers=NEVER_KEPT)


async def find(request: Request) -> Response:
    running, seen = await _looked(request)
    asked = request.query_params
    values = find_values(seen, running.index.find, asked.get("q", ""), asked.get("theme", ""))
    if asked.get("format") == "json":
        return JSONResponse({"rows": values["rows"]}, headers=NEVER_KEPT)
    return _piece("desk_find.html", values, seen.lang)


async def guide(request: Request) -> Response:
    _, seen = await _looked(request)
    asked = request.query_params
    if "package" in asked:
        package = seen.hall.packages.get(asked["package"])
        must_know(package, "unknown-package", package=asked["package"])
        assert package is not None, "must_know raised"
        return _piece("desk_guide.html", package_guide(seen, package), seen.lang)
    service = seen.hall.services.get(asked.get("service", ""))
    must_know(service, "unknown-service", service=asked.get("service", ""))
    assert service is not None, "must_know raised"
    return _piece("desk_guide.html", service_guide(seen, service), seen.lang)


async def where_to(request: Request) -> Response:
    _, seen = await _looked(request)
    return JSONResponse(targets(seen, list(seen.hall.counters.values())), headers=NEVER_KEPT)


async def look(request: Request) -> Response:
    """A ticket's story without calling it. A blind hall shows nothing of it before its first call."""
    running, seen = await _looked(request)
    wanted = TicketId(request.path_params["ticket"])
    ticket = seen.hall.tickets.get(wanted)
    if ticket is None:
        raise NotFound("unknown-ticket", ticket=wanted[:64])
    scene = running.scene(seen.lang)
    view = {**row_of(seen.hall, ticket, scene), "visit": visit_of(seen.hall, ticket, scene)}
    if not is_hidden(seen.hall, ticket):
        view |= visitor_facts(seen.hall, ticket, scene)
    return _piece("desk_look.html", view, seen.lang)


ROOT = "/h/{hall}/desk/{counter}"
routes: list[BaseRoute] = [
    Route(f"{ROOT}/find", find),
    Route(f"{ROOT}/guide", guide),
    Route(f"{ROOT}/where", where_to),
    Route(f"{ROOT}/look/{{ticket}}", look),
]
