"""Collecting a result at the kiosk (领取结果): scan the receipt, type its number, or simply take a number for that window.

A number alone proves nothing: whoever types one gets a ticket and is told nothing, neither whether there is such a case nor
how it stands. The code on the receipt carries its key; with it the kiosk may say that the result is not ready yet.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core.cases import CaseId
from queue_server.core.visits import TakeTicket
from queue_server.running import RunningHall
from queue_server.web.access import must_be_same_origin
from queue_server.web.requests import read_form

from .kiosk_frame import Visit, kiosk_page, new_nonce, visit_of
from .kiosk_ticket import give, ticket_id

NUMBER = re.compile(r"(?<!\d)(\d{8})-?(\d{4,6})(?!\d)")  # 20261124-0001, with or without the dash
TEXT_MAX = 300  # what a scanner types: an address with its key
DIGITS_MAX = 12  # of a number typed on the screen


class Receipt(NamedTuple):
    """What was scanned or typed: a number, and the key if there was one."""

    number: str
    key: str = ""


def read_receipt(text: str) -> Receipt | None:
    """``20261124-0001`` or the address behind the receipt's code; None for anything else."""
    found = NUMBER.search(text[:TEXT_MAX])
    if found is None:
        return None
    keys = parse_qs(urlsplit(text[:TEXT_MAX].strip()).query).get("key", [""])
    return Receipt(f"{found[1]}-{found[2]}", keys[0])


def typed(text: str, key: str) -> str:
    """The field after a key of the screen's keypad was pressed, without script. The dash stands on no key; and never is
    a scanned key repeated in an address."""
    digits = re.sub(r"\D", "", text)[:DIGITS_MAX]
    digits = digits[:-1] if key == "back" else "" if key == "clear" else digits + re.sub(r"\D", "", key)[:1]
    return digits if len(digits) <= 8 else f"{digits[:8]}-{digits[8:DIGITS_MAX]}"


async def collect(request: Request) -> Response:
    """The page; a key of the keypad is a submit button, so it works without script."""
    visit = await visit_of(request)
    asked = request.query_params
    return _page(request, visit, text=typed(asked.get("receipt", ""), asked.get("press", "")))


def _page(request: Request, visit: Visit, status: int = 200, text: str = "", problem: str = "") -> Response:
    """``problem``: ``format`` when it is no number, ``early`` when the result is not ready."""
    return kiosk_page(
        request, "kiosk_collect.html", visit, status, nonce=new_nonce(), text=text, problem=problem, text_max=TEXT_MAX
    )


async def take(request: Request) -> Response:
    """The ticket for the issue window; it carries the case, if there is an open one, so that the result lies ready."""
    visit = await visit_of(request)
    must_be_same_origin(request)
    form = await read_form(request)
    text = str(form.get("receipt") or "")
    receipt = read_receipt(text)
    if receipt is None:
        return _page(request, visit, 422, typed(text, ""), "format")
    if too_early(visit.running, receipt):
        return _page(request, visit, 409, problem="early")
    nonce = str(form.get("key") or "") or new_nonce()
    command = TakeTicket(
        ticket=ticket_id(nonce, f"collect|{receipt.number}"), kind="issue", case=case_of(visit.running, receipt),
        channel="kiosk", lang=visit.aids.lang,
    )  # fmt: skip
    return await give(request, visit, command)


def case_of(running: RunningHall, receipt: Receipt) -> str | None:
    case = running.state.cases.get(CaseId(receipt.number))
    return case.id if case is not None and case.is_open else None


def too_early(running: RunningHall, receipt: Receipt) -> bool:
    """Said only to whoever holds the receipt itself."""
    case = running.state.cases.get(CaseId(receipt.number))
    if case is None or not case.is_open or not running.is_case_key(case.id, receipt.key):
        return False
    return case.state != "ready"


ROOT = "/h/{hall}/kiosk/collect"
routes: list[BaseRoute] = [Route(ROOT, collect), Route(ROOT, take, methods=["POST"])]
