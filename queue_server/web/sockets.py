"""The WebSocket side of the API: one view per socket, from the feed; acks come back."""

from __future__ import annotations

import re
import secrets
from typing import Literal

import msgspec
from starlette.routing import BaseRoute, Mount, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from queue_server.core.context import Actor
from queue_server.core.refusals import NotAllowed, NotFound, Refused
from queue_server.feed import Channel, Screen
from queue_server.push import write_of
from queue_server.running import RunningHall

from .access import UNLIMITED, NotSignedIn, TooMany, actor_of, case_holder, holder, must_be_same_origin, running_of
from .errors import problem
from .pages import lang_of
from .requests import plain

PUBLIC = ("board", "counter", "counter-guide", "start")  # boards and signs hang where everybody sees them
ROLES: dict[str, tuple[str, ...]] = {
    "desk": ("clerk", "manager"), "load": ("manager",), "kiosk": ("kiosk", "manager"), "office": ("clerk", "manager"),
    "results": ("clerk", "manager"),
}  # fmt: skip
VIEW = re.compile(r"[A-Za-z0-9_-]{1,64}(/[A-Za-z0-9_-]{1,64}(\.[1-9][0-9]?)?)?")
PLACED = ("counter", "counter-guide", "desk", "ticket", "case", "office")  # of one thing
WHOLE = ("load", "kiosk", "start", "results")  # of the whole hall
NAME_MAX = 40
MESSAGES_MAX = 20_000  # acks from one socket in its life; a board sends two a call


class Ack(msgspec.Struct, frozen=True):
    """What a screen may say: that it showed or spoke a ring, or whether its sound works."""

    ack: str | None = None
    count: int = 1
    how: Literal["shown", "spoken"] = "shown"
    sound: Literal["on", "ok", "blocked"] | None = None


_ack = msgspec.json.Decoder(Ack)


async def live(socket: WebSocket) -> None:
    """Follow one view until the screen goes."""
    try:
        running, actor, name, arg = _admit(socket)
        _take_place(socket, actor)
    except Refused as refused:
        await socket.send_denial_response(problem(refused, lang_of(socket)))
        return
    try:
        await _follow(socket, running, actor, name, arg)
    finally:
        _leave_place(socket, actor)


def _admit(socket: WebSocket) -> tuple[RunningHall, Actor, str, str | None]:
    """Raises Refused when this caller may not see this view."""
    running = running_of(socket)
    path = socket.path_params["view"]
    if VIEW.fullmatch(path) is None:
        raise NotFound("unknown-view", view=path[:64])
    name, _, arg = path.partition("/")
    # an argument that says nothing would make a view of its own, as often as somebody makes one up
    if running.feed.kinds.get(name) is None or name in (WHOLE if arg else PLACED):
        raise NotFound("unknown-view", view=path[:64])
    must_be_same_origin(socket)
    if name == "ticket":
        return running, holder(socket, running, arg, "clerk", "manager", "kiosk"), name, arg
    if name == "case":
        return running, case_holder(socket, running, arg, "clerk", "manager"), name, arg
    actor = actor_of(socket)
    if name not in PUBLIC:
        if actor is None:
            raise NotSignedIn("not-signed-in")
        if actor.role != "admin" and actor.role not in ROLES[name]:
            raise NotAllowed("wrong-role", role=actor.role)
    return running, actor or Actor("anybody", "visitor"), name, arg or None


def _take_place(socket: WebSocket, actor: Actor) -> None:
    """Count the connection. Raises TooMany ``too-many-sockets``."""
    state = socket.app.state
    settings = state.settings
    address = socket.client.host if socket.client else ""
    if actor.role not in UNLIMITED:
        if len(state.sockets) >= settings.sockets_max:
            raise TooMany("too-many-sockets", limit=settings.sockets_max)
        if state.addresses.get(address, 0) >= settings.sockets_per_address_max:
            raise TooMany("too-many-sockets", limit=settings.sockets_per_address_max)
    state.sockets.add(socket)
    state.addresses[address] = state.addresses.get(address, 0) + 1


def _leave_place(socket: WebSocket, actor: Actor) -> None:
    state = socket.app.state
    address = socket.client.host if socket.client else ""
    state.sockets.discard(socket)
    state.addresses[address] = state.addresses.get(address, 1) - 1
    if state.addresses[address] <= 0:
        del state.addresses[address]


async def _follow(socket: WebSocket, running: RunningHall, actor: Actor, name: str, arg: str | None) -> None:
    sound = socket.query_params.get("sound") == "1" and actor.role in ("display", "manager", "admin")
    screen = Screen(socket.send, f"{label_of(socket, actor)}-{secrets.token_hex(2)}", write_of(socket.scope))
    channel: Channel | None = None
    await socket.accept()
    try:
        if sound and running.sound is not None and name == "board":
            running.sound.enrol(screen.name, arg)
        html = socket.query_params.get("format") == "html"
        channel = await running.feed.join(screen, name, arg, lang_of(socket), html)
        if name == "desk" and arg is not None:
            running.desks.setdefault(arg, {})[screen.name] = actor
        await _listen(socket, running, screen, channel, sound)
    except Refused as refused:
        await socket.close(4404 if refused.status == 404 else 4400, refused.code)
    except (WebSocketDisconnect, RuntimeError):
        pass
    finally:
        if sound and running.sound is not None:
            running.sound.leave(screen.name)
        running.desks.get(arg or "", {}).pop(screen.name, None)
        if channel is not None:
            running.feed.leave(screen, channel)


def label_of(socket: WebSocket, actor: Actor) -> str:
    """What the log calls a screen: devices of the hall may say their name, a stranger must not pass for one of them."""
    named = socket.query_params.get("name", "")[:NAME_MAX] if actor.role in UNLIMITED else ""
    return plain(named).strip() or actor.id


async def _listen(socket: WebSocket, running: RunningHall, screen: Screen, channel: Channel, sound: bool) -> None:
    """Take acks until the screen goes. What is no ack is passed over: a screen must not fall over a stray word.

    ``sound``: this is a loudspeaker of the hall; nobody else can say what was spoken.
    """
    for _ in range(MESSAGES_MAX):
        message = await socket.receive()
        if message["type"] != "websocket.receive":
            return
        try:
            ack = _ack.decode(message.get("text") or message.get("bytes") or b"{}")
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
        if ack.sound is not None and sound and running.sound is not None:
            running.sound.report(screen.name, ack.sound)
        if ack.ack is not None and (sound or ack.how != "spoken"):
            take_ack(running, screen.name, channel.kind.name, channel.arg, ack)


def take_ack(running: RunningHall, device: str, name: str, arg: str | None, ack: Ack) -> None:
    """Note the proof, tell the desk of it, and let the announcer go on."""
    assert ack.ack is not None
    if name == "ticket":
        running.delivery.phone(arg or "", ack.ack)
        return
    if name != "board":
        return
    ticket = running.delivery.ack(device, ack.ack, ack.count, ack.how)
    if ack.how == "spoken" and running.sound is not None:
        running.sound.ack(device, ack.ack, ack.count)
    if ticket is not None and (found := running.state.tickets.get(ticket)) is not None and found.counter is not None:  # type: ignore[call-overload]
        running.feed.touch_view("desk", found.counter)


routes: list[BaseRoute] = [
    Mount("/api/v1/halls/{hall}/live", routes=[WebSocketRoute("/{view:path}", live)]),
]
