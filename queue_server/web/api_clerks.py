"""The public API of clerks: what they have learnt."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.core.catalogue import ClerkId
from queue_server.core.skills import ChangeClerk

from .access import check, running_of
from .requests import ask, decode, read
from .shapes import ClerkBody, clerk_answer


async def change(request: Request) -> Response:
    running = running_of(request)
    actor = check(request, ("manager",))
    raw = await read(request)
    body = decode(raw, ClerkBody)
    command = ChangeClerk(clerk=ClerkId(request.path_params["clerk"]), skills=body.skills)
    return await ask(
        request, running, actor, command, raw,
        lambda hall, events: {"clerk": clerk_answer(hall, hall.clerks[command.clerk])},
    )  # fmt: skip


routes = [Route("/clerks/{clerk}", change, methods=["PATCH"])]
