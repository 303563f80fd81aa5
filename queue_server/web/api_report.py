"""``GET /report``: the figures of some hall days, for programs. The page and the files are made of the same."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .access import check, running_of
from .report import report_of
from .requests import json_response


async def report(request: Request) -> Response:
    running = running_of(request)
    check(request, ("manager",))
    asked = request.query_params
    return json_response(await report_of(running, asked.get("from"), asked.get("to")))


routes = [Route("/report", report)]
