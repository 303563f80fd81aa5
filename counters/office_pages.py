"""The pages of the back office: choosing a department, and its work with one case open beside it."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core.refusals import NotFound
from queue_server.web.access import require, running_of
from queue_server.web.pages import lang_of, page
from queue_server.web.texts import clerk_name
from queue_server.web.words import catalogue, lang_or_default

from . import case_panel
from .office import departments_of, make

FILTERS = ("all", "take", "mine", "others", "stopped", "returned")
SCRIPT_WORDS = ("office.do.", "office.said.", "office.none.", "panel.")


async def choose(request: Request) -> Response:
    """``/h/{hall}/office``: all departments, one's own first."""
    running = running_of(request)
    actor = await require(request, "clerk", "manager")
    await running.settled()
    hall, scene = running.state, running.scene(lang_of(request))
    return page(
        request, "office_choose.html", actor=actor, who=clerk_name(hall, actor.id),
        departments=departments_of(hall, scene, actor.id), warn=hall.setup.rules.case_warn_workdays,
    )  # fmt: skip


async def office(request: Request) -> Response:
    """``/h/{hall}/office/{department}``, with ``?case=`` open. Raises NotFound ``unknown-department``."""
    running = running_of(request)
    actor = await require(request, "clerk", "manager")
    await running.settled()
    lang = lang_of(request)
    hall, scene = running.state, running.scene(lang)
    department = request.path_params["department"]
    view = make(hall, department, scene)
    return page(
        request, "office.html", view=view, actor=actor, who=clerk_name(hall, actor.id), filters=FILTERS,
        departments=[one for one in hall.setup.departments if one.id != department], opened=await opened(request),
        feed=f"/api/v1/halls/{running.id}/live/office/{department}?format=html&lang={lang}", rules=hall.setup.rules,
        api=f"/api/v1/halls/{running.id}", words=script_words(lang), shown=request.query_params.get("show", "all"),
    )  # fmt: skip


async def opened(request: Request) -> dict[str, Any] | None:
    """The case that the address names; None when there is none, so that an old link still opens the list."""
    running, case = running_of(request), request.query_params.get("case")
    actor = await require(request, "clerk", "manager")
    if not case:
        return None
    try:
        return await case_panel.panel_view(running, case, actor, running.scene(lang_of(request)))
    except NotFound:
        return None


def script_words(lang: str) -> dict[str, str]:
    """What the scripts of both pages say."""
    return {key: text for key, text in catalogue(lang_or_default(lang)).items() if key.startswith(SCRIPT_WORDS)}


routes: list[BaseRoute] = [
    Route("/h/{hall}/office", choose),
    *case_panel.routes,
    Route("/h/{hall}/office/{department}", office),
]
