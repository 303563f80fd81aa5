"""Who asks: bearer tokens, session cookies, the key of a ticket; roles, origins and limits.

A browser signs in at ``/enter`` and then carries its token in a cookie (HttpOnly, SameSite=Strict); programs send
``Authorization: Bearer``. In demo mode everybody may do everything, and every page says so.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request

from queue_server.clock import monotonic
from queue_server.core.context import Actor, Role
from queue_server.core.refusals import NotAllowed, NotFound, Refused
from queue_server.running import RunningHall

COOKIE = "youxu"
UNLIMITED: frozenset[Role] = frozenset({"admin", "manager", "clerk", "display", "kiosk"})
DEMO = Actor("demo", "admin")
ANYBODY = Actor("anybody", "visitor")


class NotSignedIn(Refused):
    """No token, or one that is not valid (any more)."""

    status = 401


class TooMany(Refused):
    """Over a limit of this server."""

    status = 429


def running_of(connection: HTTPConnection) -> RunningHall:
    """The hall named in the path. Raises NotFound ``unknown-hall``."""
    halls: dict[str, RunningHall] = connection.app.state.halls
    found = halls.get(connection.path_params["hall"])
    if found is None:
        raise NotFound("unknown-hall", hall=connection.path_params["hall"][:64])
    return found


def actor_of(connection: HTTPConnection) -> Actor | None:
    """Who asks, or None without a token. Raises NotSignedIn ``bad-token`` for a token that is not valid."""
    header = connection.headers.get("authorization")
    if header is not None:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer" or (found := _find(connection, secret.strip())) is None:
            limit(connection)  # each guess asks the disk
            raise NotSignedIn("bad-token")
        return found
    session = connection.cookies.get(COOKIE) if "cookie" in connection.headers else None
    commands = connection.scope["type"] == "websocket" or connection.scope["method"] not in ("GET", "HEAD")
    if session and (found := _find(connection, session)) is not None:
        if commands:
            must_be_same_origin(connection, required=True)
        return found
    if not connection.app.state.demo:
        return None
    if commands:  # everybody in the hall's network may play, not every page that somebody has open
        must_be_same_origin(connection)
    return DEMO


def _find(connection: HTTPConnection, secret: str) -> Actor | None:
    token = connection.app.state.tokens.find(secret)
    return None if token is None else Actor(token.name or token.id, token.role)


async def require(connection: HTTPConnection, *roles: Role) -> Actor:
    """The actor, when it has one of these roles; ``admin`` has every role.

    Raises NotSignedIn ``not-signed-in`` or ``bad-token``, and NotAllowed ``wrong-role``.
    """
    return check(connection, roles)


def check(connection: HTTPConnection, roles: tuple[Role, ...]) -> Actor:
    actor = actor_of(connection)
    if actor is None:
        raise NotSignedIn("not-signed-in")
    if actor.role != "admin" and actor.role not in roles:
        raise NotAllowed("wrong-role", role=actor.role)
    if actor.role not in UNLIMITED:
        limit(connection)
    return actor


def anybody(connection: HTTPConnection) -> Actor:
    """The actor, or the public: for what everybody may see, within the limits."""
    actor = actor_of(connection) or ANYBODY
    if actor.role not in UNLIMITED:
        limit(connection)
    return actor


def holder(connection: HTTPConnection, running: RunningHall, ticket: str, *roles: Role) -> Actor:
    """The holder of this ticket's key, or staff in one of these roles. Raises NotAllowed ``wrong-ticket-key``."""
    if (key := connection.query_params.get("key")) is None:
        return check(connection, roles)
    right = running.is_key(ticket, key)
    limit(connection, ticket if right else None)
    if not right:
        raise NotAllowed("wrong-ticket-key")
    return Actor(f"visitor:{ticket}", "visitor")


def case_holder(connection: HTTPConnection, running: RunningHall, case: str, *roles: Role) -> Actor:
    """As :func:`holder`, for the key on a receipt. Raises NotAllowed ``wrong-case-key``."""
    return _paper_holder(connection, case, running.is_case_key, roles)


def notice_holder(connection: HTTPConnection, running: RunningHall, notice: str, *roles: Role) -> Actor:
    """As :func:`case_holder`, for the key on a one-time notice."""
    return _paper_holder(connection, notice, running.is_notice_key, roles)


def _paper_holder(
    connection: HTTPConnection, number: str, is_key: Callable[[str, str], bool], roles: tuple[Role, ...]
) -> Actor:
    if (key := connection.query_params.get("key")) is None:
        return check(connection, roles)
    right = is_key(number, key)
    limit(connection, number if right else None)
    if not right:
        raise NotAllowed("wrong-case-key")
    return Actor(f"visitor:{number[:64]}", "visitor")


def must_be_same_origin(connection: HTTPConnection, required: bool = False) -> None:
    """A page of another site may neither send commands nor listen. Raises NotAllowed ``wrong-origin``."""
    origin = connection.headers.get("origin")
    if origin is None:
        if required and connection.headers.get("sec-fetch-site") != "same-origin":
            raise NotAllowed("wrong-origin")
        return
    if not (own := connection.headers.get("host", "").lower()) or _site(origin) != own:
        raise NotAllowed("wrong-origin")


def _site(origin: str) -> str:
    """Host and port; empty for ``null`` and for what is no origin."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


class Limiter:
    """Requests per address in the running minute. Memory is bounded: the table is emptied every minute."""

    def __init__(self, per_minute_max: int) -> None:
        self.per_minute_max = per_minute_max
        self._minute = 0
        self._counts: dict[str, int] = {}

    def count(self, address: str) -> None:
        """Raises TooMany ``too-many-requests``."""
        minute = int(monotonic() // 60)
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        self._counts[address] = seen = self._counts.get(address, 0) + 1
        if seen > self.per_minute_max:
            raise TooMany("too-many-requests", limit=self.per_minute_max)


def limit(connection: HTTPConnection, ticket: str | None = None) -> None:
    """Count one request against the address it came from. The holder of a ticket counts against the ticket: all visitors
    of a hall may come from one address, that of its wireless network."""
    if not connection.app.state.demo:
        limiter: Limiter = connection.app.state.limiter
        limiter.count(f"ticket {ticket}" if ticket else connection.client.host if connection.client else "")


def secure(request: Request) -> bool:
    """Whether the cookie may be marked Secure."""
    return request.url.scheme == "https"
