"""Every refusal as ``application/problem+json`` (RFC 9457), in the caller's language; for pages as a page.

``type`` and ``code`` are stable; ``title`` and ``detail`` are sentences from the word catalogues.
"""

from __future__ import annotations

import logging
from urllib.parse import quote

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from queue_server.core.refusals import NotFound, Refused

from .access import NotSignedIn
from .pages import lang_of, page
from .texts import refusal_text

log = logging.getLogger(__name__)

HTTP_CODES = {400: "bad-request", 404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}


class Plain(Refused):
    """A refusal made from a bare HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(HTTP_CODES.get(status, "server-error"))
        self.status = status


def problem(refused: Refused, lang: str) -> Response:
    """The answer to a program."""
    title, detail = refusal_text(lang, refused)
    body = {
        "type": f"/docs/api#{refused.code}",
        "title": title,
        "status": refused.status,
        "code": refused.code,
        "detail": detail,
        "values": refused.values,
    }
    headers = {"content-language": "zh-CN" if lang == "zh" else "en"}
    if refused.status == 401:
        headers["www-authenticate"] = "Bearer"
    if refused.status in (429, 503):
        headers["retry-after"] = "5"
    return Response(msgspec.json.encode(body), refused.status, headers, "application/problem+json")


def answer(request: Request, refused: Refused) -> Response:
    """Problem JSON for the API, a page for people."""
    path = request.url.path
    if path.startswith(("/api/", "/healthz", "/readyz", "/metrics", "/openapi")):
        return problem(refused, lang_of(request))
    if isinstance(refused, NotSignedIn) and request.method == "GET":
        return RedirectResponse(f"/enter?next={quote(request.scope['path'])}", 303)
    lang = lang_of(request)
    title, detail = refusal_text(lang, refused)
    return page(request, "error.html", status=refused.status, title=title, detail=detail, code=refused.code)


async def on_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer(request, error)


async def on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refused = NotFound("not-found") if error.status_code == 404 else Plain(error.status_code)
    response = answer(request, refused)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def on_error(request: Request, error: Exception) -> Response:
    log.exception("%s %s failed", request.method, request.url.path, exc_info=error)
    return answer(request, Plain(500))
