"""The service guide on any phone or screen: what the codes on posters, windows and tickets open. Public, no sign-in."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core.refusals import NotFound
from queue_server.running import RunningHall
from queue_server.web.access import anybody, running_of
from queue_server.web.pages import lang_of
from queue_server.web.qr import qr
from queue_server.web.words import Lang, t

from . import guide_values as values
from .phone_frame import phone_page

ROOT = "/h/{hall}/guide"
FOUND_MAX = 200  # hits of a search that are paged through; whoever wants more names it better


async def _opened(request: Request) -> tuple[RunningHall, Lang, str]:
    """The hall, the language, and the address that links of the guide begin with."""
    running = running_of(request)
    anybody(request)
    await running.settled()
    return running, lang_of(request), f"/h/{running.id}/guide"


def _page_number(request: Request) -> int:
    text = request.query_params.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and text.isascii() and len(text) < 5 else 1


async def find(request: Request) -> Response:
    """``/h/{hall}/guide``: by name, pinyin or initials; by theme; by department."""
    running, lang, root = await _opened(request)
    query = {name: request.query_params.get(name, "")[: values.QUERY_MAX].strip() for name in ("q", *values.GROUPS)}
    found = running.index.find(query["q"], FOUND_MAX) if query["q"] else []
    shown = values.find_values(running.state, found, query, lang, _page_number(request))
    return phone_page(request, "guide_find.html", running, lang, root=root, query=query, **shown)


async def lists(request: Request) -> Response:
    """``/h/{hall}/guide/deferrals``: the public lists of papers that may come later and of promises (容缺, 告知承诺)."""
    running, lang, root = await _opened(request)
    shown = values.lists_values(running.state, lang, _page_number(request))
    return phone_page(request, "guide_lists.html", running, lang, root=root, **shown)


async def package(request: Request) -> Response:
    """``/h/{hall}/guide/package/{id}``"""
    running, lang, root = await _opened(request)
    found = running.state.packages.get(request.path_params["id"])
    if found is None:
        raise NotFound("not-found")
    shown = values.package_values(running.state, found, lang)
    code = _code(running, f"{root}/package/{found.id}", shown["name"], lang)
    return phone_page(request, "guide_package.html", running, lang, root=root, package=shown, code=code)


async def service(request: Request) -> Response:
    """``/h/{hall}/guide/{service}``"""
    running, lang, root = await _opened(request)
    hall, now = running.state, running.now()
    found = hall.services.get(request.path_params["service"])
    if found is None:
        raise NotFound("not-found")
    shown = values.service_values(hall, found, lang)
    return phone_page(
        request, "guide.html", running, lang, root=root, service=shown,
        code=_code(running, f"{root}/{found.id}", shown["name"], lang),
        where=values.where_values(hall, found, lang, now),
        wait=values.wait_values(hall, found, lang, now, running.runner.always_open),
    )  # fmt: skip


def _code(running: RunningHall, path: str, name: str, lang: Lang) -> str:
    """The page's own code, to be taken along from a screen that is not one's own."""
    return qr(running.public_url + path, t(lang, "guide.code", name=name))


routes: list[BaseRoute] = [
    Route(ROOT, find),
    Route(ROOT + "/deferrals", lists),
    Route(ROOT + "/package/{id}", package),
    Route(ROOT + "/{service}", service),
]
