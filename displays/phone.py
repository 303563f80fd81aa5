"""The ticket on the visitor's phone: what the code on the paper opens. No sign-in, no app, nothing asked of the visitor."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.core.catalogue import TicketId
from queue_server.core.context import Actor
from queue_server.core.refusals import NotFound, Refused
from queue_server.core.visits import CancelTicket
from queue_server.running import RunningHall
from queue_server.web.access import limit, must_be_same_origin
from queue_server.web.pages import fragment

from . import phone_view
from .past_visit import past_values
from .phone_frame import lang_for, phone_page
from .ticket_facts import zones_for_map
from .way import way

VIEW = phone_view.VIEW


async def _home(request: Request) -> tuple[RunningHall, str, str]:
    """The hall whose ticket this is, the ticket's id and its key. An unknown id and a wrong key are told apart by nobody."""
    ticket, key = request.path_params["ticket"], request.query_params.get("key", "")
    for running in request.app.state.halls.values():
        await running.settled()
        if running.is_key(ticket, key):
            limit(request, ticket)
            return running, ticket, key
    limit(request)
    raise NotFound("wrong-ticket-key")


async def follow(request: Request) -> Response:
    """The page; with ``part=1`` only its live part, for a page that saw the state change."""
    running, ticket, key = await _home(request)
    found = running.state.tickets.get(TicketId(ticket))
    lang = lang_for(request, found.lang if found is not None else None)
    if found is None:
        return phone_page(request, "phone_over.html", running, lang, visit=await past_values(running, ticket, lang))
    view = running.feed.view("ticket", ticket, lang)
    view["map"] = _map(running, view)
    if request.query_params.get("part"):
        return HTMLResponse(fragment("phone_live.html", view, lang), headers={"Cache-Control": "no-store"})
    feed = f"/api/v1/halls/{running.id}/live/ticket/{ticket}?key={key}&lang={lang}"
    return phone_page(request, "phone.html", running, lang, view=view, feed=feed, key=key)


def _map(running: RunningHall, view: dict[str, object]) -> dict[str, object]:
    """Where to go, once called: the map with the window's zone filled."""
    place = view["place"]
    assert isinstance(place, dict)
    zone = place["zone"]
    return {"zones": zones_for_map(running.state), "here": zone, "route": way(running.state.setup.zones, zone)}


async def cancel(request: Request) -> Response:
    """Give the number back. Too late (it is being served) is no error: the page says how it stands."""
    running, ticket, key = await _home(request)
    must_be_same_origin(request)
    try:
        await running.submit(CancelTicket(ticket=TicketId(ticket)), Actor(f"visitor:{ticket}", "visitor"))
    except Refused as refused:
        if refused.status != 409:
            raise
    return RedirectResponse(f"/t/{ticket}?key={key}", 303)


routes: list[BaseRoute] = [
    Route("/t/{ticket}", follow),
    Route("/t/{ticket}/cancel", cancel, methods=["POST"]),
]
