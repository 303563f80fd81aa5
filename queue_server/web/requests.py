"""Reading requests: bodies with a limit, types checked, idempotency keys; and the one way a command is asked for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from queue_server.core.context import Actor
from queue_server.core.hall import AnyCommand, AnyEvent, Hall
from queue_server.core.refusals import Invalid, Refused
from queue_server.runner import Reply, Retry
from queue_server.running import RunningHall

T = TypeVar("T")
KEY_MAX = 200
UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
FORM_BYTES_MAX, FORM_FIELDS_MAX = 16_384, 40  # the largest form of ours is a wish with ten needs
_decoders: dict[type, msgspec.json.Decoder[Any]] = {}


class BadRequest(Refused):
    """The body is no JSON."""

    status = 400


class TooLarge(Refused):
    """The body is over the limit."""

    status = 413


async def read(request: Request, limit: int | None = None) -> bytes:
    """The body, at most ``body_bytes_max``. Raises TooLarge ``body-too-large``, BadRequest when the caller is gone."""
    limit = limit or request.app.state.settings.body_bytes_max
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise TooLarge("body-too-large", limit=limit)
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise TooLarge("body-too-large", limit=limit)
    except ClientDisconnect:
        raise BadRequest("bad-request") from None
    return body


async def read_form(request: Request) -> FormData:
    """The fields of a page's form. Read to the end before it is taken apart, so that nobody keeps us busy with one that
    never ends. Raises TooLarge and BadRequest."""
    raw = await read(request, FORM_BYTES_MAX)
    try:
        fields = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX)
    except ValueError:
        raise BadRequest("bad-request") from None
    return FormData([*fields])


def decode(raw: bytes, kind: type[T]) -> T:
    """An empty body is ``{}``. Raises BadRequest ``bad-json`` and Invalid ``bad-body`` with the place and the reason."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        found: T = decoder.decode(raw or b"{}")
        return found
    except msgspec.ValidationError as error:
        raise Invalid("bad-body", problem=str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest("bad-json", problem=str(error)) from None


def plain(text: str) -> str:
    """What somebody wrote, without signs that nobody sees: they steer a terminal, or turn a line around."""
    return UNSEEN.sub(" ", text)


def number(request: Request, name: str, default: int, most: int) -> int:
    """A whole number from the query. Raises Invalid ``bad-limit``."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise Invalid("bad-limit", name=name, most=most)
    return min(int(text), most)


def retry_of(request: Request, raw: bytes) -> Retry | None:
    """The caller's idempotency key, bound to this very request. Raises Invalid ``bad-key``."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 0 < len(key) <= KEY_MAX or not key.isprintable():
        raise Invalid("bad-key", limit=KEY_MAX)
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + raw).hexdigest()
    return Retry(key, digest)


def json_response(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def reply_response(reply: Reply) -> Response:
    if reply.status == 204:
        return Response(status_code=204)
    return Response(reply.body, reply.status, media_type="application/json")


async def ask(
    request: Request, running: RunningHall, actor: Actor, command: AnyCommand, raw: bytes,
    render: Callable[[Hall, list[AnyEvent]], Any],
) -> Response:  # fmt: skip
    """Run one command. ``render`` makes the answer on the state right after it: a value, ``(status, value)`` or None for 204."""

    def to_reply(hall: Hall, events: list[AnyEvent]) -> Reply:
        value = render(hall, events)
        if value is None:
            return Reply(204, b"")
        status, value = value if isinstance(value, tuple) else (200, value)
        return Reply(status, msgspec.json.encode(value))

    reply: Reply = await running.ask(command, actor, to_reply, retry_of(request, raw))
    return reply_response(reply)
