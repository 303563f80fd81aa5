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
        of_api = scope["path"].startswith("/api/")

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-content-type-options"] = "nosniff"
                if of_api:
                    headers.setdefault("cache-control", "no-store")
                else:
                    headers["content-security-policy"] = POLICY
                    headers["referrer-policy"] = "same-origin"
            await send(message)

        await self.app(scope, receive, send_safely)


class Static(StaticFiles):
    """Files under a path that changes with their content."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code in (200, 304):
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response
