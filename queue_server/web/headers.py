"""Headers that keep pages safe, and static files that are cached for ever under their release path."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .pages import STATIC

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; "
    "connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; form-action 'self'; base-uri 'none'"
)
NOSNIFF, NO_STORE = (b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")


class SafeHeaders:
    """A strict content policy and no referrer (a ticket's address holds its key) on every page.

    What the API answers is data, often somebody's own: no proxy and no browser keeps it, and none takes it for a page.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def page(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-content-type-options"] = "nosniff"
                headers["content-security-policy"] = POLICY
                headers["referrer-policy"] = "same-origin"
            await send(message)

        async def data(message: Message) -> None:
            if message["type"] == "http.response.start":  # a busy hall's every ticket comes this way: no wrapping
                headers = message["headers"]
                headers.append(NOSNIFF)
                if not any(name == NO_STORE[0] for name, _ in headers):
                    headers.append(NO_STORE)
            await send(message)

        await self.app(scope, receive, data if scope["path"].startswith("/api/") else page)


class Static(StaticFiles):
    """Files under a path that changes with their content."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code in (200, 304):
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response
