"""The ticket kiosk: a theme, a service, a ticket. Two taps, no sign-in, no script needed, nothing kept of the visitor.

Every act is a POST form. The page gives each form a nonce; the ticket's id is made from nonce and wish, so a double tap, a
reload or a retry after a lost answer meets the ticket that is already there, also after a restart.
"""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.core.catalogue import ServiceId
from queue_server.core.refusals import NotFound
from queue_server.core.visits import TakeTicket
from queue_server.web.access import must_be_same_origin, require
from queue_server.web.hours_text import coming_text, hours_text
from queue_server.web.requests import read_form

from . import kiosk_collect, kiosk_guide_pages, kiosk_ticket, kiosk_view
from .kiosk_frame import Visit, kiosk_page, new_nonce, visit_of
from .kiosk_hours import look, open_alone, own_hours
from .kiosk_packages import package_values
from .kiosk_pages import chosen, home_values, listing, number, row, search_values
from .kiosk_state import Aids, forget, remember, root_of
from .kiosk_ticket import give, ticket_id

VIEW = kiosk_view.VIEW
NEEDS_MAX = 10
OPEN_MAX = 5  # services on the first page while the hall itself is closed; the search has them all
OWN_MAX = 4  # lines of other hours there
TABS = {"themes": "theme", "departments": "department", "packages": "package"}  # of the page with all of them


# ------------------------------------------------------------------ choosing


async def home(request: Request) -> Response:
    visit = await visit_of(request)
    if visit.running.feed.view("kiosk", None, visit.aids.lang)["page"] != "home":
        return _closed(request, visit)
    return kiosk_page(request, "kiosk_home.html", visit, nonce=new_nonce(), **home_values(visit.running.state))


def _closed(request: Request, visit: Visit) -> Response:
    """When it opens; and, at times of their own, the services that give tickets now."""
    seen = look(visit.running, visit.aids.lang)
    hall, lang, now = seen.hall, seen.lang, seen.now
    return kiosk_page(
        request, "kiosk_closed.html", visit, nonce=new_nonce(), in_days=kiosk_view.days_to_opening(hall, now),
        hours=hours_text(lang, hall.setup.hours), coming=coming_text(lang, hall.setup, now), own=own_hours(seen)[:OWN_MAX],
        rows=[row(seen, service) for service in open_alone(seen, hall.setup.services)][:OPEN_MAX],
    )  # fmt: skip


async def themes(request: Request) -> Response:
    """All themes, all departments, or all packages: tabs of one list."""
    visit = await visit_of(request)
    tab = TABS[request.url.path.rpartition("/")[2]]
    return kiosk_page(request, "kiosk_all.html", visit, **listing(visit.running.state, tab, number(request, "page")))


async def services(request: Request) -> Response:
    """The services of one theme or department; one of them open."""
    visit = await visit_of(request)
    kind, group = request.path_params["group"], request.path_params["id"]
    opened, page = request.query_params.get("open"), number(request, "page")
    values = chosen(look(visit.running, visit.aids.lang), kind, group, opened, page)
    if values is None:
        raise NotFound("not-found")
    needs = request.query_params.getlist("needs")[:NEEDS_MAX]
    return kiosk_page(request, "kiosk_services.html", visit, nonce=new_nonce(), needs=needs, **values)


async def package(request: Request) -> Response:
    """What belongs together in one event of life: the services, one list of papers, one ticket."""
    visit = await visit_of(request)
    values = package_values(look(visit.running, visit.aids.lang), request.path_params["id"])
    if values is None:
        raise NotFound("not-found")
    back = f"{root_of(request)}/packages"
    return kiosk_page(request, "kiosk_package.html", visit, nonce=new_nonce(), back=back, guided=False, **values)


async def search(request: Request) -> Response:
    """By name, pinyin or initials. The keys of the screen's keyboard are submit buttons, so they work without script."""
    visit = await visit_of(request)
    values = search_values(visit.running, request.query_params, visit.aids.lang, number(request, "page"))
    template = "kiosk_results.html" if request.query_params.get("part") else "kiosk_search.html"
    return kiosk_page(request, template, visit, nonce=new_nonce(), **values)


# ------------------------------------------------------------------ taking a ticket


async def take(request: Request) -> Response:
    visit = await visit_of(request)
    must_be_same_origin(request)
    return await give(request, visit, _wish(await read_form(request), visit.aids))


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
    *kiosk_guide_pages.routes,
    *kiosk_collect.routes,
    *kiosk_ticket.routes,
    Route(ROOT + "/{group}/{id}", services),
]
