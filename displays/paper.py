"""Office paper: the receipt, the one-time notice, posters. Pages in millimetres that a browser prints.

The forms open to staff, and to whoever holds their key: the code on the paper carries it. Posters are public.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from queue_server.core.calendar import hall_day
from queue_server.core.catalogue import CounterId, Name, ServiceId, TicketId
from queue_server.core.hall import Hall
from queue_server.core.materials import check_list
from queue_server.core.one_time import Told
from queue_server.core.refusals import Conflict, NotFound
from queue_server.core.visits import TakeTicket
from queue_server.labels import label_runs, window_number
from queue_server.running import RunningHall
from queue_server.views import must_know
from queue_server.web.access import anybody, case_holder, must_be_same_origin, notice_holder, running_of
from queue_server.web.case_facts import case_facts
from queue_server.web.guide_facts import promised_text
from queue_server.web.hours_text import hours_text
from queue_server.web.notice_facts import notice_facts
from queue_server.web.pages import lang_of, page
from queue_server.web.past_cases import find_case, find_notice
from queue_server.web.qr import qr
from queue_server.web.words import LANGS, t

from .ticket_facts import place

RETURNING = "returning"  # the class of those who come back with corrected papers, where the hall has it
RETURNS_MAX = 3  # numbers of one notice in a day, one after the other
POSTER_PAPERS = 10  # more do not fit beside the code


def _chosen_lang(request: Request, own: str) -> str:
    """Asked for in the address, else the language of the applicant: paper is made once and read by them."""
    asked = request.query_params.get("lang")
    return asked if asked in LANGS else own


def _sheet(request: Request, template: str, lang: str, **values: Any) -> Response:
    keep = "".join(f"{name}={value}&" for name, value in request.query_params.items() if name == "key")
    dates: dict[str, Any] = {"paper_date": partial(paper_date, lang), "paper_moment": partial(paper_moment, lang)}
    return page(request, template, lang=lang, keep=keep, **dates, **values)


def paper_date(lang: str, day: str) -> str:
    """``2026年12月8日``, ``8 December 2026``: on paper the year is said."""
    found = datetime.date.fromisoformat(day[:10])
    month: int | str = found.strftime("%B") if lang == "en" else found.month
    return t(lang, "paper.date", year=found.year, month=month, day=found.day)


def paper_moment(lang: str, instant: str) -> str:
    return f"{paper_date(lang, instant)} {datetime.datetime.fromisoformat(instant):%H:%M}"


# ------------------------------------------------------------------ forms


async def receipt(request: Request) -> Response:
    """``/h/{hall}/receipt/{case}``. Raises NotFound ``unknown-case``."""
    running = running_of(request)
    wanted = request.path_params["case"]
    case_holder(request, running, wanted, "clerk", "manager")
    await running.settled()
    case = await find_case(running, wanted)
    if case is None:
        raise NotFound("unknown-case", case=wanted[:64])
    hall, lang = running.state, _chosen_lang(request, case.matter.lang)
    service = hall.services.get(case.matter.service)
    return _sheet(
        request, "receipt.html", lang, case=case_facts(hall, case, lang, running.now(), running.unseal),
        code=qr(running.case_url(wanted), t(lang, "paper.code.case")), windows=windows_of_kind(hall, "issue", lang),
        result=service.result[lang] if service is not None and service.result else "",
        withdraws=hall.setup.rules.deferral_overdue == "withdraw",
    )  # fmt: skip


async def notice(request: Request) -> Response:
    """``/h/{hall}/one-time-notice/{id}``: staff print a copy for each side, its holder sees one and may take a number."""
    running = running_of(request)
    wanted = request.path_params["notice"]
    actor = notice_holder(request, running, wanted, "clerk", "manager")
    await running.settled()
    found = await find_notice(running, wanted)
    if found is None:
        raise NotFound("unknown-one-time-notice", notice=wanted[:64])
    hall = running.state
    lang = _chosen_lang(request, hall_lang(hall, found))
    facts = notice_facts(hall, found, lang, running.now())
    terms = [t(lang, f"paper.term.{kind}", term=term) for kind, term in facts["terms"].items() if term]
    return _sheet(
        request, "one_time_notice.html", lang, notice=facts,
        code=qr(running.notice_url(wanted), t(lang, "paper.code.notice")),
        copies=("visitor",) if actor.role == "visitor" else ("visitor", "hall"),
        terms=t(lang, "paper.notice.terms", terms=t(lang, "common.comma").join(terms)) if terms else "",
        fallback=windows_of_kind(hall, "fallback", lang),
        takes=may_return(running, facts["service"]["id"]) and actor.role == "visitor",
    )  # fmt: skip


def hall_lang(hall: Hall, found: Told | Mapping[str, Any]) -> str:
    """The language the visitor was spoken to in."""
    if not isinstance(found, Told):
        return str(found["lang"])
    ticket = hall.tickets.get(found.ticket) if found.ticket is not None else None
    return ticket.lang if ticket is not None else "zh"


def windows_of_kind(hall: Hall, kind: str, lang: str) -> str:
    """The windows of a kind, ``41、42``; empty when the hall has none."""
    return label_runs([one.label for one in hall.setup.counters if one.kind == kind], t(lang, "common.comma"))


# ------------------------------------------------------------------ coming back with what was missing


def may_return(running: RunningHall, service: str) -> bool:
    hall = running.state
    taking = running.runner.always_open or running.standing().taking
    return taking and service in hall.services and RETURNING in hall.classes


async def come_back(request: Request) -> Response:
    """A number for the same service, with the head start of those who were sent for papers.

    One at a time, so that a notice is worth one place in the queue: while its number is open, that is the answer.
    """
    running = running_of(request)
    wanted = request.path_params["notice"]
    actor = notice_holder(request, running, wanted)
    must_be_same_origin(request)
    await running.settled()
    found = await find_notice(running, wanted)
    service = found.service if isinstance(found, Told) else found["service"] if found is not None else ""
    if not may_return(running, service):
        return RedirectResponse(running.notice_url(wanted).removeprefix(running.public_url), 303)
    ticket, is_new = number_of(running, wanted)
    if is_new:
        command = TakeTicket(
            ticket=ticket, service=ServiceId(service), needs=(RETURNING,), channel="phone", lang=lang_of(request)
        )
        try:
            await running.submit(command, actor)
        except Conflict as refused:
            if refused.code != "ticket-exists":  # pressed twice at once
                raise
    return RedirectResponse(running.follow_url(ticket).removeprefix(running.public_url), 303)


def number_of(running: RunningHall, notice: str) -> tuple[TicketId, bool]:
    """The ticket of today that this notice stands for, and whether it is still to be taken. When the last one is over, a new
    one; of ``RETURNS_MAX`` the last."""
    hall = running.state
    day = hall_day(running.now(), hall.setup)
    for count in range(RETURNS_MAX):
        ticket = TicketId(hashlib.sha256(f"{notice} {day} {count}".encode()).hexdigest()[:16])
        if (known := hall.tickets.get(ticket)) is None or known.is_open:
            break
    return ticket, known is None


# ------------------------------------------------------------------ posters


async def service_poster(request: Request) -> Response:
    """``/h/{hall}/poster/{service}``: the code of its guide, and what the guide says first."""
    running = running_of(request)
    anybody(request)
    await running.settled()
    hall, lang = running.state, lang_of(request)
    service = hall.services.get(ServiceId(request.path_params["service"]))
    must_know(service, "unknown-service", service=request.path_params["service"][:64])
    assert service is not None, "must_know raised"
    spot = place(hall, service.queue, service.id)
    facts = {
        "term": promised_text(lang, service),
        "fee": service.fee[lang] if service.fee else "",
        "where": f"{t(lang, 'common.zone', zone=spot.zone)} {spot.windows[lang]}",
        "opens": t(lang, "paper.semicolon").join(hours_text(lang, service.hours or hall.setup.hours)),
    }
    address = running.guide_url(service.id)
    items = (item.material for item in check_list((service,), {}))
    return _poster(
        request, lang, address, title=service.name, window="", lines=("guide", "wait", "free"), facts=_named(lang, facts),
        bring=[one for one in items if not one.held][:POSTER_PAPERS],
    )  # fmt: skip


async def window_poster(request: Request) -> Response:
    """``/h/{hall}/poster/window/{counter}``: the card that hangs at a window."""
    running = running_of(request)
    anybody(request)
    await running.settled()
    hall, lang = running.state, lang_of(request)
    wanted = request.path_params["counter"]
    counter = next((one for one in hall.setup.counters if one.id == CounterId(wanted)), None)
    must_know(counter, "unknown-counter", counter=wanted[:64])
    assert counter is not None, "must_know raised"
    kind = Name(**{one: t(one, f"common.kind.{counter.kind}") for one in LANGS})
    named = Name(zh=counter.label, en=counter.label)
    facts = {"opens": t(lang, "paper.semicolon").join(hours_text(lang, counter.hours or hall.setup.hours))}
    address = f"{running.public_url}/h/{running.id}/window/{counter.id}"
    return _poster(
        request, lang, address, title=kind if window_number(counter.label) else named, window=counter.label,
        lines=("window", "wait", "hours", "free"), facts=_named(lang, facts), bring=[],
    )  # fmt: skip


def _named(lang: str, facts: dict[str, str]) -> list[tuple[str, str]]:
    return [(t(lang, f"paper.poster.{name}"), text) for name, text in facts.items() if text.strip()]


def _poster(request: Request, lang: str, address: str, **values: Any) -> Response:
    code = qr(address, t(lang, "paper.code.guide"))
    return _sheet(request, "poster.html", lang, code=code, address=address, **values)


routes: list[BaseRoute] = [
    Route("/h/{hall}/receipt/{case}", receipt),
    Route("/h/{hall}/one-time-notice/{notice}", notice),
    Route("/h/{hall}/one-time-notice/{notice}/ticket", come_back, methods=["POST"]),
    Route("/h/{hall}/poster/window/{counter}", window_poster),
    Route("/h/{hall}/poster/{service}", service_poster),
]
