"""The kiosk's last page: the number, where to wait, the way there, and what became of the paper."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.core.catalogue import TicketId
from queue_server.core.context import Actor
from queue_server.core.refusals import Conflict, NotFound, Refused
from queue_server.core.visit_rules import find
from queue_server.core.visits import CancelTicket, TakeTicket, Ticket
from queue_server.running import RunningHall
from queue_server.web.access import must_be_same_origin
from queue_server.web.qr import qr

from .kiosk_frame import Visit, kiosk_page, refused_page, visit_of
from .kiosk_hours import look, ticket_note
from .kiosk_state import NOPRINT_SECONDS, TICKET_SECONDS, root_of
from .ticket_facts import place, title, zones_for_map
from .way import way


def ticket_id(nonce: str, wish: str) -> TicketId:
    """The id of the ticket that this form makes for this wish: the same for every repetition."""
    digest = hashlib.sha256(f"{nonce}\0{wish}".encode()).digest()
    return TicketId(base64.urlsafe_b64encode(digest[:9]).decode())


async def give(request: Request, visit: Visit, command: TakeTicket) -> Response:
    """A ticket, its paper, its page. The one already made for this form counts as made."""
    job = None
    try:
        await visit.running.submit(command, visit.actor)
    except Conflict as refused:
        if refused.code == "hall-closed":
            return RedirectResponse(root_of(request), 303)
        if refused.code != "ticket-exists":
            return refused_page(request, visit, refused)
    except Refused as refused:
        return refused_page(request, visit, refused)
    else:
        job = visit.running.printer.print(find(visit.running.state, command.ticket), visit.name or None)
    return RedirectResponse(ticket_address(request, command.ticket, job), 303)


async def ticket(request: Request) -> Response:
    visit = await visit_of(request)
    try:
        found = find(visit.running.state, TicketId(request.path_params["ticket"]))
    except NotFound:
        return RedirectResponse(root_of(request), 303)
    job = request.query_params.get("job", "")
    paper = paper_state(visit.running, job)
    seconds = TICKET_SECONDS if paper in ("queued", "printed") else NOPRINT_SECONDS
    return kiosk_page(
        request, "kiosk_ticket.html", visit, paper=paper, seconds=seconds * visit.aids.slower, job=job,
        asking=bool(request.query_params.get("give-back")), **_values(visit.running, found, visit.aids.lang),
    )  # fmt: skip


def _values(running: RunningHall, found: Ticket, lang: str) -> dict[str, Any]:
    hall = running.state
    spot = place(hall, found.queue, found.service)
    return {
        "ticket": found,
        "view": running.feed.view("ticket", found.id, lang),
        "service": title(hall, found)[lang],
        "place": spot,
        "zones": zones_for_map(hall),
        "route": way(hall.setup.zones, spot.zone),
        "qr": qr(running.follow_url(found.id)),
        "hours_note": ticket_note(look(running, lang), hall.services.get(found.service or "")),
        "feed": f"/api/v1/halls/{running.id}/live/ticket/{found.id}?key={running.ticket_key(found.id)}&lang={lang}",
    }


def ticket_address(request: Request, ticket: str, job: str | None) -> str:
    address = f"{root_of(request)}/ticket/{ticket}"
    return f"{address}?job={job}" if job else address


def paper_state(running: RunningHall, job: str | None) -> str:
    """``queued``, ``printed``, ``failed`` (also while it waits for paper), or ``none`` without a printer."""
    printer = running.printer.status()["state"]
    if printer == "off":
        return "none"
    state = running.printer.job(job)["state"] if job else "none"
    if state == "queued":
        return "queued" if printer == "ok" else "failed"
    return "printed" if state in ("printed", "none") else "failed"


async def paper(request: Request) -> Response:
    """What became of the slip: the page asks until it is out, or the printer has given up."""
    visit = await visit_of(request)
    return JSONResponse({"paper": paper_state(visit.running, request.query_params.get("job"))})


async def print_again(request: Request) -> Response:
    visit = await visit_of(request)
    must_be_same_origin(request)
    found = find(visit.running.state, TicketId(request.path_params["ticket"]))
    job = visit.running.printer.print(found, visit.name or None)
    return RedirectResponse(ticket_address(request, found.id, job), 303)


async def give_back(request: Request) -> Response:
    visit = await visit_of(request)
    must_be_same_origin(request)
    wanted = TicketId(request.path_params["ticket"])
    try:
        await visit.running.submit(CancelTicket(ticket=wanted), Actor(f"visitor:{wanted}", "visitor"))
    except Refused as refused:
        return refused_page(request, visit, refused)
    return RedirectResponse(root_of(request), 303)


ROOT = "/h/{hall}/kiosk/ticket/{ticket}"
routes: list[BaseRoute] = [
    Route(ROOT, ticket),
    Route(ROOT + "/paper", paper),
    Route(ROOT + "/print", print_again, methods=["POST"]),
    Route(ROOT + "/cancel", give_back, methods=["POST"]),
]
