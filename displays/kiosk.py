"""The ticket kiosk: a theme, a service, a ticket. Two taps, no sign-in, no script needed, nothing kept of the visitor.

Every act is a POST form. The page gives each form a nonce; the ticket's id is made from nonce and wish, so a double tap, a
reload or a retry after a lost answer meets the ticket that is already there, also after a restart.
"""

from __future__ import annotations

import base64
import hashlib

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.core.catalogue import ServiceId, TicketId
from queue_server.core.refusals import Conflict, NotFound, Refused
from queue_server.core.visit_rules import find
from queue_server.core.visits import TakeTicket
from queue_server.web.access import must_be_same_origin, require
from queue_server.web.hours_text import hours_text
from queue_server.web.requests import read_form

from . import kiosk_ticket, kiosk_view
from .kiosk_frame import kiosk_page, new_nonce, refused_page, visit_of
from .kiosk_packages import package_values
from .kiosk_pages import chosen, home_values, listing, search_values
from .kiosk_state import Aids, forget, remember, root_of

VIEW = kiosk_view.VIEW
NEEDS_MAX = 10
TABS = {"themes": "theme", "departments": "department", "packages": "package"}  # of the page with all of them


# ------------------------------------------------------------------ choosing


async def home(request: Request) -> Response:
    visit = await visit_of(request)
    hall = visit.running.state
    if not visit.running.feed.view("kiosk", None, visit.aids.lang)["taking"]:
        in_days = kiosk_view.days_to_opening(hall, visit.running.now())
        hours = hours_text(visit.aids.lang, hall.setup.hours)
        return kiosk_page(request, "kiosk_closed.html", visit, hours=hours, in_days=in_days)
    return kiosk_page(request, "kiosk_home.html", visit, nonce=new_nonce(), **home_values(hall))


async def themes(request: Request) -> Response:
    """All themes, all departments, or all packages: tabs of one list."""
    visit = await visit_of(request)
    tab = TABS[request.url.path.rpartition("/")[2]]
    return kiosk_page(request, "kiosk_all.html", visit, **listing(visit.running.state, tab, _number(request, "page")))


async def services(request: Request) -> Response:
    """The services of one theme or department; one of them open."""
    visit = await visit_of(request)
    kind, group = request.path_params["group"], request.path_params["id"]
    opened, page = request.query_params.get("open"), _number(request, "page")
    values = chosen(visit.running.state, kind, group, opened, visit.aids.lang, page)
    if values is None:
        raise NotFound("not-found")
    needs = request.query_params.getlist("needs")[:NEEDS_MAX]
    return kiosk_page(request, "kiosk_services.html", visit, nonce=new_nonce(), needs=needs, **values)


async def package(request: Request) -> Response:
    """What belongs together in one event of life: the services, one list of papers, one ticket."""
    visit = await visit_of(request)
    values = package_values(visit.running.state, request.path_params["id"], visit.aids.lang)
    if values is None:
        raise NotFound("not-found")
    return kiosk_page(request, "kiosk_package.html", visit, nonce=new_nonce(), **values)


async def search(request: Request) -> Response:
    """By name, pinyin or initials. The keys of the screen's keyboard are submit buttons, so they work without script."""
    visit = await visit_of(request)
    values = search_values(visit.running, request.query_params, visit.aids.lang, _number(request, "page"))
    template = "kiosk_results.html" if request.query_params.get("part") else "kiosk_search.html"
    return kiosk_page(request, template, visit, nonce=new_nonce(), **values)


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 4 else 1


# ------------------------------------------------------------------ taking a ticket


def ticket_id(nonce: str, wish: str) -> TicketId:
    """The id of the ticket that this form makes for this wish: the same for every repetition."""
    digest = hashlib.sha256(f"{nonce}\0{wish}".encode()).digest()
    return TicketId(base64.urlsafe_b64encode(digest[:9]).decode())


async def take(request: Request) -> Response:
    """A ticket, its paper, its page. The one already made for this form counts as made."""
    visit = await visit_of(request)
    must_be_same_origin(request)
    command = _wish(await read_form(request), visit.aids)
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
    return RedirectResponse(kiosk_ticket.ticket_address(request, command.ticket, job), 303)


def _wish(form: FormData, aids: Aids) -> TakeTicket:
    service, kind, package = (str(form.get(name) or "") for name in ("service", "kind", "package"))
    nonce = str(form.get("key") or "") or new_nonce()
    return TakeTicket(
        ticket=ticket_id(nonce, f"{service}|{kind}|{package}"),
        service=ServiceId(service) if service else None,
        package=package or None,
        kind=kind or None,  # type: ignore[arg-type]  # an unknown kind is refused by the core
        needs=tuple(dict.fromkeys(str(need) for need in form.getlist("needs")))[:NEEDS_MAX],
        channel="kiosk",
        lang=aids.lang,
    )


# ------------------------------------------------------------------ reading aids, and the reset


async def aid(request: Request) -> Response:
    """Switch one reading aid, or the language, and come back to the same page."""
    visit = await visit_of(request)
    must_be_same_origin(request)
    form = await read_form(request)
    back, root = str(form.get("back") or ""), root_of(request)
    response = RedirectResponse(back if back == root or back.startswith((f"{root}/", f"{root}?")) else root, 303)
    remember(request, response, visit.aids.toggled(str(form.get("aid") or "")))
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
    Route(ROOT + "/packages", themes),
    Route(ROOT + "/package/{id}", package),
    Route(ROOT + "/search", search),
    Route(ROOT + "/reset", reset),
    Route(ROOT + "/aids", aid, methods=["POST"]),
    Route(ROOT + "/tickets", take, methods=["POST"]),
    *kiosk_ticket.routes,
    Route(ROOT + "/{group}/{id}", services),
]
