"""The ticket kiosk: a theme, a service, a ticket. Two taps, no sign-in, no script needed, nothing kept of the visitor.

Every act is a POST form. The page gives each form a nonce; the ticket's id is made from nonce and wish, so a double tap, a reload
or a retry after a lost answer meets the ticket that is already there, also after a restart.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Any

import segno
from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.core.catalogue import ServiceId, TicketId
from queue_server.core.context import Actor
from queue_server.core.refusals import Conflict, NotFound, Refused
from queue_server.core.visit_rules import find
from queue_server.core.visits import CancelTicket, TakeTicket, Ticket
from queue_server.running import RunningHall
from queue_server.views import iso
from queue_server.web.access import must_be_same_origin, require, running_of
from queue_server.web.pages import page
from queue_server.web.texts import refusal_text

from . import kiosk_view
from .kiosk_pages import chosen, home_values, hours_text, listing, search_values
from .kiosk_state import (
    COUNT_SECONDS,
    NOPRINT_SECONDS,
    PAGE_SECONDS,
    TICKET_SECONDS,
    Aids,
    aids_of,
    forget,
    remember,
    root_of,
)
from .ticket_facts import is_private, place, title, zones_for_map
from .way import way

VIEW = kiosk_view.VIEW
NEEDS_MAX = 10


async def _kiosk(request: Request) -> tuple[RunningHall, Aids, Actor]:
    """The hall, read to its end, and who stands here."""
    actor = await require(request, "kiosk")
    running = running_of(request)
    await running.settled()
    return running, aids_of(request), actor


def _page(request: Request, template: str, aids: Aids, status: int = 200, **values: Any) -> Response:
    running = running_of(request)
    response = page(
        request, template, status, lang=aids.lang, aids=aids.on, root=root_of(request),
        times={"idle": PAGE_SECONDS * aids.slower, "count": COUNT_SECONDS * aids.slower},
        kiosk_name=values.pop("kiosk_name", ""), live=running.feed.view("kiosk", None, aids.lang), **values,
    )  # fmt: skip
    if "lang" in request.query_params:
        remember(request, response, aids)
    return response


def _name(actor: Actor) -> str:
    return actor.id if actor.role == "kiosk" else ""


# ------------------------------------------------------------------ choosing


async def home(request: Request) -> Response:
    running, aids, actor = await _kiosk(request)
    live = running.feed.view("kiosk", None, aids.lang)
    if not live["taking"]:
        hours = hours_text(aids.lang, running.state.setup.hours)
        return _page(request, "kiosk_closed.html", aids, kiosk_name=_name(actor), hours=hours)
    values = home_values(running.state) | {"nonce": _nonce()}
    return _page(request, "kiosk_home.html", aids, kiosk_name=_name(actor), **values)


async def themes(request: Request) -> Response:
    """All themes, or all departments: two tabs of one list."""
    running, aids, actor = await _kiosk(request)
    tab = "department" if request.url.path.endswith("/departments") else "theme"
    values = listing(running.state, tab, aids.lang, _number(request, "page"))
    return _page(request, "kiosk_all.html", aids, kiosk_name=_name(actor), **values)


async def services(request: Request) -> Response:
    """The services of one theme or department; one of them open."""
    running, aids, actor = await _kiosk(request)
    kind, group = request.path_params["group"], request.path_params["id"]
    values = chosen(running.state, kind, group, request.query_params.get("open"), aids.lang, _number(request, "page"))
    if values is None:
        raise NotFound("not-found")
    values["needs"] = request.query_params.getlist("needs")[:NEEDS_MAX]
    return _page(request, "kiosk_services.html", aids, kiosk_name=_name(actor), nonce=_nonce(), **values)


async def search(request: Request) -> Response:
    """Search by name, pinyin or initials. The keys of the screen's keyboard are submit buttons, so they work without script."""
    running, aids, actor = await _kiosk(request)
    values = search_values(running, request.query_params, aids.lang, _number(request, "page"))
    template = "kiosk_results.html" if request.query_params.get("part") else "kiosk_search.html"
    return _page(request, template, aids, kiosk_name=_name(actor), nonce=_nonce(), **values)


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 4 else 1


# ------------------------------------------------------------------ taking a ticket


def _nonce() -> str:
    return secrets.token_urlsafe(12)


def ticket_id(nonce: str, wish: str) -> TicketId:
    """The id of the ticket that this form makes for this wish: the same for every repetition."""
    digest = hashlib.sha256(f"{nonce}\0{wish}".encode()).digest()
    return TicketId(base64.urlsafe_b64encode(digest[:9]).decode())


async def take(request: Request) -> Response:
    running, aids, actor = await _kiosk(request)
    must_be_same_origin(request)
    form = await request.form(max_files=0, max_fields=20)
    command = _wish(form, aids)
    job = None
    try:
        await running.submit(command, actor)
    except Conflict as refused:
        if refused.code == "hall-closed":
            return RedirectResponse(root_of(request), 303)
        if refused.code != "ticket-exists":
            return _refused(request, aids, refused)
    except Refused as refused:
        return _refused(request, aids, refused)
    else:
        job = running.printer.print(find(running.state, command.ticket), _name(actor) or None)
    return RedirectResponse(_ticket_address(request, command.ticket, job), 303)


def _wish(form: FormData, aids: Aids) -> TakeTicket:
    service, kind = str(form.get("service") or ""), str(form.get("kind") or "")
    nonce = str(form.get("key") or "") or _nonce()
    return TakeTicket(
        ticket=ticket_id(nonce, f"{service}|{kind}"),
        service=ServiceId(service) if service else None,
        kind=kind or None,  # type: ignore[arg-type]  # an unknown kind is refused by the core
        needs=tuple(dict.fromkeys(str(need) for need in form.getlist("needs")))[:NEEDS_MAX],
        channel="kiosk",
        lang=aids.lang,
    )


def _ticket_address(request: Request, ticket: str, job: str | None) -> str:
    address = f"{root_of(request)}/ticket/{ticket}"
    return f"{address}?job={job}" if job else address


def _refused(request: Request, aids: Aids, refused: Refused) -> Response:
    heading, detail = refusal_text(aids.lang, refused)
    return _page(request, "kiosk_refused.html", aids, refused.status, heading=heading, detail=detail, nonce=_nonce())


# ------------------------------------------------------------------ the ticket


async def ticket(request: Request) -> Response:
    running, aids, actor = await _kiosk(request)
    hall = running.state
    try:
        found = find(hall, TicketId(request.path_params["ticket"]))
    except NotFound:
        return RedirectResponse(root_of(request), 303)
    paper = paper_state(running, request.query_params.get("job"))
    seconds = TICKET_SECONDS if paper in ("queued", "printed") else NOPRINT_SECONDS
    return _page(
        request, "kiosk_ticket.html", aids, kiosk_name=_name(actor), paper=paper, seconds=seconds * aids.slower,
        job=request.query_params.get("job", ""), asking=bool(request.query_params.get("give-back")),
        **_ticket_values(running, found, aids.lang),
    )  # fmt: skip


def _ticket_values(running: RunningHall, found: Ticket, lang: str) -> dict[str, Any]:
    hall = running.state
    spot = place(hall, found.queue, found.service)
    return {
        "ticket": found,
        "view": running.feed.view("ticket", found.id, lang),
        "service": title(hall, found)[lang],
        "private": is_private(hall, found),
        "place": spot,
        "zones": zones_for_map(hall),
        "route": way(hall.setup.zones, spot.zone),
        "qr": qr(running.follow_url(found.id)),
        "feed": f"/api/v1/halls/{running.id}/live/ticket/{found.id}?key={running.ticket_key(found.id)}&lang={lang}",
        "taken": iso(found.arrival, hall),
    }


def qr(address: str) -> Markup:
    """A QR code as inline SVG: no picture to fetch, no style attribute to forbid."""
    return Markup(segno.make(address, error="m").svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None))


def paper_state(running: RunningHall, job: str | None) -> str:
    """``queued``, ``printed``, ``failed`` (told apart from a slow printer), or ``none`` without a printer."""
    if running.printer.status()["state"] == "off":
        return "none"
    state = running.printer.job(job)["state"] if job else "none"
    if state == "queued" and running.printer.status()["state"] != "ok":
        return "failed"
    return {"printed": "printed", "queued": "queued", "none": "printed"}.get(state, "failed")


async def paper(request: Request) -> Response:
    """What became of the slip: the page asks until it is out, or the printer has given up."""
    running, _, _ = await _kiosk(request)
    return JSONResponse({"paper": paper_state(running, request.query_params.get("job"))})


async def print_again(request: Request) -> Response:
    running, _, actor = await _kiosk(request)
    must_be_same_origin(request)
    found = find(running.state, TicketId(request.path_params["ticket"]))
    job = running.printer.print(found, _name(actor) or None)
    return RedirectResponse(_ticket_address(request, found.id, job), 303)


async def give_back(request: Request) -> Response:
    running, aids, _ = await _kiosk(request)
    must_be_same_origin(request)
    wanted = TicketId(request.path_params["ticket"])
    try:
        await running.submit(CancelTicket(ticket=wanted), Actor(f"visitor:{wanted}", "visitor"))
    except Refused as refused:
        return _refused(request, aids, refused)
    return RedirectResponse(root_of(request), 303)


# ------------------------------------------------------------------ reading aids, and the reset


async def aid(request: Request) -> Response:
    """Switch one reading aid, or the language, and come back to the same page."""
    _, aids, _ = await _kiosk(request)
    must_be_same_origin(request)
    form = await request.form(max_files=0, max_fields=5)
    back = str(form.get("back") or "")
    root = root_of(request)
    response = RedirectResponse(back if back == root or back.startswith((f"{root}/", f"{root}?")) else root, 303)
    remember(request, response, aids.toggled(str(form.get("aid") or "")))
    return response


async def reset(request: Request) -> Response:
    """The next visitor begins anew: language, aids and choice are gone."""
    await require(request, "kiosk")
    response = RedirectResponse(root_of(request), 303)
    forget(request, response)
    return response


ROOT = "/h/{hall}/kiosk"
routes: list[BaseRoute] = [
    Route(ROOT, home),
    Route(ROOT + "/themes", themes),
    Route(ROOT + "/departments", themes),
    Route(ROOT + "/search", search),
    Route(ROOT + "/reset", reset),
    Route(ROOT + "/aids", aid, methods=["POST"]),
    Route(ROOT + "/tickets", take, methods=["POST"]),
    Route(ROOT + "/ticket/{ticket}", ticket),
    Route(ROOT + "/ticket/{ticket}/paper", paper),
    Route(ROOT + "/ticket/{ticket}/print", print_again, methods=["POST"]),
    Route(ROOT + "/ticket/{ticket}/cancel", give_back, methods=["POST"]),
    Route(ROOT + "/{group}/{id}", services),
]
