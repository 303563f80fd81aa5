"""The public API of staff calls for help: calling, coming, ending."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.core import emergency as e
from queue_server.core.catalogue import CounterId
from queue_server.core.hall import AnyCommand, AnyEvent, Hall

from .access import check, running_of
from .asked import sealed
from .requests import ask, decode, plain, read
from .shapes import EmptyBody
from .shapes_cases import EmergencyBody, EndEmergencyBody, emergency_answer


async def call(request: Request) -> Response:
    """201; 200 with the first one when this only repeats it."""
    running = running_of(request)
    actor = check(request, ("clerk", "manager"))
    raw = await read(request)
    body = decode(raw, EmergencyBody)
    command = e.CallEmergency(
        kind=body.kind, counter=CounterId(body.counter) if body.counter is not None else None, zone=body.zone,
        place=plain(body.place) if body.place is not None else None,
    )  # fmt: skip

    def render(hall: Hall, events: list[AnyEvent]) -> Any:
        if events:
            return 201, {"emergency": emergency_answer(hall, hall.emergencies[-1])}
        known = e.called_before(hall, command, actor.id)
        assert known is not None, "there is no event because there is a call"
        return {"emergency": emergency_answer(hall, known)}

    return await ask(request, running, actor, command, raw, render)


async def answer(request: Request) -> Response:
    raw = await read(request)
    decode(raw, EmptyBody)
    return await _on(request, raw, e.AnswerEmergency(emergency=request.path_params["emergency"]))


async def end(request: Request) -> Response:
    """The note is sealed under a key of the call's own: it may tell of somebody's health."""
    running, wanted = running_of(request), request.path_params["emergency"]
    check(request, ("clerk", "manager"))
    raw = await read(request)
    note = decode(raw, EndEmergencyBody).note
    known = any(one.id == wanted for one in running.state.emergencies)
    note = await sealed(running, f"emergency-{wanted}" if known else None, note)
    return await _on(request, raw, e.EndEmergency(emergency=wanted, note=note))


async def _on(request: Request, raw: bytes, command: AnyCommand) -> Response:
    running = running_of(request)
    actor = check(request, ("clerk", "manager"))
    wanted = request.path_params["emergency"]

    def render(hall: Hall, events: list[AnyEvent]) -> Any:
        return {"emergency": emergency_answer(hall, next(one for one in hall.emergencies if one.id == wanted))}

    return await ask(request, running, actor, command, raw, render)


routes = [
    Route("/emergencies", call, methods=["POST"]),
    Route("/emergencies/{emergency}/answer", answer, methods=["POST"]),
    Route("/emergencies/{emergency}/end", end, methods=["POST"]),
]
