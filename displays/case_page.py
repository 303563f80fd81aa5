"""The page of one case: what the code on the receipt opens. No sign-in; whoever holds the receipt holds the key."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.core.cases import Case, CaseId
from queue_server.core.context import Actor
from queue_server.core.refusals import Conflict, NotFound
from queue_server.core.visits import TakeTicket, Ticket
from queue_server.running import RunningHall
from queue_server.web.access import limit, must_be_same_origin
from queue_server.web.past_cases import find_case

from . import case_view
from .case_view import path_of
from .kiosk_ticket import ticket_id
from .phone_frame import lang_for, phone_page

VIEW = case_view.VIEW
COLLECTS_MAX = 5  # numbers for one case in a day, one after the other


async def _home(request: Request) -> tuple[RunningHall, str, str]:
    """The hall whose case this is, its number and its key. An unknown number and a wrong key are told apart by nobody."""
    case, key = request.path_params["case"], request.query_params.get("key", "")
    for running in request.app.state.halls.values():
        await running.settled()
        if running.is_case_key(case, key):
            limit(request, f"case {case}")
            return running, case, key
    limit(request)
    raise NotFound("wrong-case-key")


async def follow(request: Request) -> Response:
    """``/c/{case}?key=``. A case of long ago is read from the tables; nothing about it changes any more."""
    running, wanted, key = await _home(request)
    case = await find_case(running, wanted)
    if case is None:
        raise NotFound("wrong-case-key")
    hall, lang = running.state, lang_for(request, case.matter.lang)
    scene = running.scene(lang)
    live = CaseId(wanted) in hall.cases
    feed = f"/api/v1/halls/{running.id}/live/case/{wanted}?key={key}&lang={lang}&format=html" if live else ""
    return phone_page(
        request, "case.html", running, lang, view=case_view.view_of(hall, case, scene), feed=feed,
        guided=case.matter.service in hall.services,
    )  # fmt: skip


async def collect(request: Request) -> Response:
    """A number for the issue window, before or in the hall. Twice for one case is the same number."""
    running, wanted, key = await _home(request)
    must_be_same_origin(request)
    case = running.state.cases.get(CaseId(wanted))
    if case is None or case.state != "ready":  # it is over, or not there yet: the page says how it stands
        return RedirectResponse(f"/c/{wanted}?key={key}", 303)
    taken = _taken(running, case)
    if taken is None:
        command = TakeTicket(
            ticket=ticket_id(key, f"collect|{wanted}|{len(case.visits)}"), kind="issue", case=wanted, channel="phone",
            lang=lang_for(request, case.matter.lang),
        )  # fmt: skip
        try:
            await running.submit(command, Actor(f"visitor:{wanted}", "visitor"))
        except Conflict as refused:
            if refused.code != "ticket-exists":
                raise
        ticket = command.ticket
    else:
        ticket = taken.id
    return RedirectResponse(path_of(running.follow_url(ticket)), 303)


def _taken(running: RunningHall, case: Case) -> Ticket | None:
    """The open number that was taken here for this case: by the key, so it is the holder's own. When today's are used up, the
    last: nobody takes and returns numbers for ever."""
    known = (running.state.tickets.get(wanted) for wanted in case.visits)
    found = [ticket for ticket in known if ticket is not None and ticket.kind == "issue" and ticket.channel == "phone"]
    last = found[-1] if len(found) >= COLLECTS_MAX else None
    return next((ticket for ticket in found if ticket.is_open), last)


routes: list[BaseRoute] = [
    Route("/c/{case}", follow),
    Route("/c/{case}/collect", collect, methods=["POST"]),
]
