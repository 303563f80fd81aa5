"""Coming in: a token becomes a cookie; going out takes it away."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from .access import COOKIE, limit, must_be_same_origin, secure
from .pages import page
from .requests import read_form

LOCAL = re.compile(r"/(?![/\\])[!-~]*")  # two slashes in front are another host, and browsers read a backslash as one


async def enter(request: Request) -> Response:
    """The form; ``/enter#token=...`` fills it in by itself, so that a token never stands in a server's log."""
    return page(request, "enter.html", next=_local(request.query_params.get("next", "")))


async def sign_in(request: Request) -> Response:
    must_be_same_origin(request)
    limit(request)
    form = await read_form(request)
    secret = str(form.get("token", "")).strip()
    token = request.app.state.tokens.find(secret)
    if token is None:
        return page(request, "enter.html", 401, wrong=True, next=_local(str(form.get("next", ""))))
    hall = next(iter(request.app.state.halls))
    home = {
        "clerk": f"/h/{hall}/desk", "manager": f"/h/{hall}/manager", "kiosk": f"/h/{hall}/kiosk",
        "display": f"/h/{hall}/board",
    }  # fmt: skip
    response = RedirectResponse(_local(str(form.get("next", ""))) or home.get(token.role, "/"), 303)
    hours = request.app.state.settings.session_hours
    lasting = None if token.role in ("clerk", "manager", "admin") else 10 * 365 * 24 * 3600  # devices stay enrolled
    response.set_cookie(
        COOKIE, secret, max_age=lasting or hours * 3600, httponly=True, samesite="strict", secure=secure(request)
    )
    return response


async def leave(request: Request) -> Response:
    must_be_same_origin(request)
    response = RedirectResponse("/", 303)
    response.delete_cookie(COOKIE)
    return response


def _local(target: str) -> str:
    """Only a path of this server may be gone on to."""
    return target if LOCAL.fullmatch(target) else ""


routes: list[BaseRoute] = [
    Route("/enter", enter),
    Route("/enter", sign_in, methods=["POST"]),
    Route("/leave", leave, methods=["POST"]),
]
