"""The page of the issue window: results to take in, hand over and send, and what the windows have to mend."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.web.access import require, running_of
from queue_server.web.pages import lang_of, page
from queue_server.web.texts import clerk_name

from .case_panel import seats
from .office_pages import opened, script_words
from .results import LISTS, make


async def results(request: Request) -> Response:
    """``/h/{hall}/results``, with ``?case=`` open."""
    running = running_of(request)
    actor = await require(request, "clerk", "manager")
    await running.settled()
    lang = lang_of(request)
    hall, scene = running.state, running.scene(lang)
    view = make(hall, None, scene)
    asked = request.query_params.get("show")
    shown = (
        asked
        if asked in LISTS
        else next((name for name in ("take_in", "collect", "send") if view["counts"][name]), "collect")
    )
    return page(
        request, "results.html", view=view, actor=actor, who=clerk_name(hall, actor.id), lists=LISTS, shown=shown,
        seats=seats(hall, actor), opened=await opened(request), api=f"/api/v1/halls/{running.id}",
        feed=f"/api/v1/halls/{running.id}/live/results?format=html&lang={lang}", words=script_words(lang),
    )  # fmt: skip


routes: list[BaseRoute] = [Route("/h/{hall}/results", results)]
