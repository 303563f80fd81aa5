"""The demo's own control: how fast the hall's clock runs."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.core.refusals import Invalid, NotFound

from .access import must_be_same_origin
from .requests import read_form

SPEEDS = ("0", "1", "10", "60")


async def speed(request: Request) -> Response:
    """Only the demo has it: a real hall's time is the real time."""
    if not request.app.state.demo:
        raise NotFound("not-found")
    must_be_same_origin(request)
    form = await read_form(request)
    wanted = str(form.get("speed", ""))
    if wanted not in SPEEDS:
        raise Invalid("bad-speed", speed=wanted[:10])
    request.app.state.clock.set_speed(float(wanted))
    request.app.state.demo_speed = float(wanted)
    for running in request.app.state.halls.values():
        running.sound.set_enabled(wanted == "1" and request.app.state.settings.voice != "off")
        running.feed.renew()
    return RedirectResponse("/", 303)


routes: list[BaseRoute] = [Route("/demo/speed", speed, methods=["POST"])]
