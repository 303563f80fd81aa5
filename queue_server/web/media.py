"""Sound clips, and tickets on paper: preview as PNG and PDF, printing, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PIL.Image import Image
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.core.catalogue import TicketId
from queue_server.core.refusals import Invalid, NotFound, Unavailable
from queue_server.core.visits import Ticket
from queue_server.printing.escpos_raster import encode
from queue_server.printing.fonts import FontMissing
from queue_server.printing.hall_printer import slip_of
from queue_server.printing.paper import PAPER_WIDTHS_DOTS
from queue_server.printing.ticket_image import draw_ticket, to_pdf, to_png
from queue_server.running import RunningHall

from .access import check, holder, running_of
from .requests import json_response

FORMATS: dict[str, tuple[Callable[[Image], bytes], str]] = {
    "png": (to_png, "image/png"), "pdf": (to_pdf, "application/pdf"), "escpos": (encode, "application/octet-stream"),
}  # fmt: skip
CLIP_AGE = "public, max-age=86400, immutable"  # a clip is named by the digest of all that went into it


async def clip(request: Request) -> Response:
    """A spoken call. Public, as the call itself is."""
    running = running_of(request)
    path = await running.sound.clips.find(request.path_params["clip"])
    if path is None:
        raise NotFound("not-found")
    return FileResponse(path, media_type="audio/wav", headers={"cache-control": CLIP_AGE})


async def _ticket(request: Request) -> tuple[RunningHall, Ticket]:
    running = running_of(request)
    wanted = TicketId(request.path_params["ticket"])
    holder(request, running, wanted, "clerk", "manager", "kiosk")
    await running.settled()
    found = running.state.tickets.get(wanted)
    if found is None:
        raise NotFound("unknown-ticket", ticket=wanted[:64])
    return running, found


async def slip(request: Request) -> Response:
    """The ticket as it is printed: ``slip.png``, ``slip.pdf`` or ``slip.escpos``; ``?paper=58``, ``58-wide`` or ``80``."""
    running, ticket = await _ticket(request)
    if request.path_params["kind"] not in FORMATS:
        raise NotFound("not-found")
    paper = request.query_params.get("paper", "80")
    if paper not in PAPER_WIDTHS_DOTS:
        raise Invalid("bad-paper", paper=paper[:20])
    try:
        image = await asyncio.to_thread(draw_ticket, slip_of(running, ticket), PAPER_WIDTHS_DOTS[paper])
    except FontMissing:
        raise Unavailable("font-missing") from None
    make, media = FORMATS[request.path_params["kind"]]
    return Response(make(image), media_type=media)


async def print_ticket(request: Request) -> Response:
    """Put the ticket into the printer's queue; gives the job, which is asked for below."""
    check(request, ("kiosk", "clerk", "manager"))  # a visitor far away must not use up the hall's paper
    running, ticket = await _ticket(request)
    job = running.printer.print(ticket)
    return json_response({"job": job, **running.printer.job(job or "")}, 202)


async def print_job(request: Request) -> Response:
    running, _ = await _ticket(request)
    return json_response({"job": request.path_params["job"], **running.printer.job(request.path_params["job"])})


routes: list[BaseRoute] = [Route("/voice/{hall}/{clip}.wav", clip)]
ticket_routes: list[BaseRoute] = [
    Route("/tickets/{ticket}/slip.{kind}", slip),
    Route("/tickets/{ticket}/print", print_ticket, methods=["POST"]),
    Route("/tickets/{ticket}/print/{job}", print_job),
]
