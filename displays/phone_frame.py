"""What all of the visitor's own pages share: the language, the size of the type, the frame. Only these two are remembered."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from queue_server.running import RunningHall
from queue_server.web.pages import hall_time, lang_of, page
from queue_server.web.words import LANGS, Lang

SIZES = ("", "large", "xlarge")
SIZE_COOKIE_SECONDS = 365 * 24 * 3600
FRAME = ("lang", "size", "part")  # of the query: how a page looks, not what it shows


def lang_for(request: Request, wished: str | None) -> Lang:
    """Asked for, else the English of the ticket or case, else the phone's."""
    chosen = request.query_params.get("lang") in LANGS or request.cookies.get("lang") in LANGS
    return "en" if wished == "en" and not chosen else lang_of(request)


def address_of(request: Request) -> str:
    """This page as a link begins that changes its frame: the key or the search stays."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in FRAME]
    return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path


def phone_page(request: Request, template: str, running: RunningHall, lang: Lang, **values: Any) -> Response:
    """The page in its frame. Its template extends ``phone_base.html``."""
    size = request.query_params.get("size", request.cookies.get("size", ""))
    size = size if size in SIZES else ""
    response = page(
        request, template, lang=lang, hall=running.state.setup, now=hall_time(running), size=size,
        next_size=SIZES[(SIZES.index(size) + 1) % len(SIZES)], address=address_of(request), **values,
    )  # fmt: skip
    if "size" in request.query_params:
        response.set_cookie("size", size, max_age=SIZE_COOKIE_SECONDS, samesite="lax")
    return response
