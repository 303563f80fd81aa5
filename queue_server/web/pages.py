"""Pages and fragments: one Jinja environment, one context, one way to say where a static file is.

First paint and live update come from the same template (``page`` includes what ``fragment`` renders for the feed).
Every page knows its language, its hall, the hall's time and whether this is the demo. Nothing here knows a screen.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse

from queue_server.labels import window_number as window_number
from queue_server.views import iso

from . import texts
from .qr import qr
from .words import LANGS, Lang, lang_or_default, strong, t

if TYPE_CHECKING:
    from queue_server.running import RunningHall

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = (Path(__file__).parent / "templates", ROOT / "displays" / "templates", ROOT / "counters" / "templates")
LANG_COOKIE_SECONDS = 30 * 24 * 3600


# ------------------------------------------------------------------ static files and icons


@cache
def release() -> str:
    """A short hash of everything in ``static/``: part of its path, so that files may be cached for ever."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(STATIC)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def static(path: str) -> str:
    """The address of a file below ``static/``."""
    assert (STATIC / path).is_file(), f"static/{path} does not exist"
    return f"/static/{release()}/{path}"


@cache
def _symbols() -> dict[str, str]:
    text = (STATIC / "icons.svg").read_text("utf-8")
    return dict(re.findall(r'<symbol id="i-([a-z]+)" viewBox="0 0 24 24">(.*?)</symbol>', text))


@cache
def icon(name: str) -> Markup:
    """An icon of ``static/icons.svg``, drawn in place: no request, and nothing for a live fragment to miss."""
    attributes = 'class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"'
    return Markup(f"<svg {attributes}>{_symbols()[name]}</svg>")


# ------------------------------------------------------------------ filters


def _moment(value: str | datetime.datetime) -> datetime.datetime:
    return datetime.datetime.fromisoformat(value) if isinstance(value, str) else value


def clock(value: str | datetime.datetime | None) -> str:
    """An instant as ``10:26``; views hold ISO text in the hall's zone."""
    return _moment(value).strftime("%H:%M") if value else ""


def clock_seconds(value: str | datetime.datetime | None) -> str:
    return _moment(value).strftime("%H:%M:%S") if value else ""


@pass_context
def date(context: Context, value: str | datetime.datetime | None, lang: str | None = None) -> str:
    """``11月24日 星期二`` or ``Tue 24 Nov``, in the page's language unless one is named."""
    return texts.date_text(lang or context["lang"], _moment(value)) if value else ""


# ------------------------------------------------------------------ the environment


@cache
def environment() -> Environment:
    loader = FileSystemLoader(TEMPLATES)
    env = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env.tests["window_number"] = window_number
    env.filters |= {"clock": clock, "clock_seconds": clock_seconds, "date": date}
    env.globals |= {"static": static, "icon": icon, "qr": qr, "zh": partial(t, "zh"), "en": partial(t, "en")}
    return env


def _speaking(lang: Lang) -> dict[str, Any]:
    """What a template needs to speak one language. ``strong``: as ``t``, with the values in bold."""
    return {
        "lang": lang,
        "t": partial(t, lang),
        "strong": partial(strong, lang),
        "window_text": partial(texts.window_text, lang),
        "wait_text": partial(texts.wait_text, lang),
        "wait_figure": partial(texts.wait_figure, lang),
        "wait_state": texts.wait_state,
    }


def fragment(template: str, view: Mapping[str, Any], lang: str) -> str:
    """A live region as HTML, for the feed (``?format=html``). Its template gets ``view`` and the language, no more."""
    return environment().get_template(template).render(view=view, **_speaking(lang_or_default(lang)))


def lang_of(request: HTTPConnection) -> Lang:
    """``?lang=``, then the cookie, then the browser's first language that is ours, then Chinese."""
    for asked in (request.query_params.get("lang"), request.cookies.get("lang")):
        if asked in LANGS:
            return lang_or_default(asked)
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh"
        if tag.startswith("en"):
            return "en"
    return "zh"


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page. ``lang``, ``hall``, ``now`` and ``demo`` may be given; else they come from the request."""
    lang: Lang = values.pop("lang", None) or lang_of(request)
    context = _surroundings(request) | _speaking(lang) | {"request": request} | values
    response = HTMLResponse(environment().get_template(template).render(context), status, {"Cache-Control": "no-store"})
    if request.query_params.get("lang") == lang:
        response.set_cookie("lang", lang, max_age=LANG_COOKIE_SECONDS, samesite="lax")
    return response


def _surroundings(request: Request) -> dict[str, Any]:
    """The hall of this request: the one in its path, else the only one there is; errors may have none."""
    halls = getattr(request.app.state, "halls", {})
    running = halls.get(request.scope.get("path_params", {}).get("hall", ""))
    if running is None and len(halls) == 1:
        running = next(iter(halls.values()))
    if running is None:
        return {"hall": None, "now": None, "demo": getattr(request.app.state, "demo", False)}
    return {"hall": running.state.setup, "now": hall_time(running), "demo": request.app.state.demo}


def hall_time(running: RunningHall) -> datetime.datetime:
    """Now, on the hall's wall clock."""
    moment = iso(running.now(), running.state)
    assert moment is not None
    return datetime.datetime.fromisoformat(moment)
