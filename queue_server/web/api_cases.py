"""The public API of applications: looking at them, and what the departments and the issue window do. One table of acts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.core import back_office as b
from queue_server.core import case_stops as p
from queue_server.core import owed as o
from queue_server.core import results as r
from queue_server.core.cases import Case, CaseId, CaseState, works_for
from queue_server.core.catalogue import ClerkId, CounterId
from queue_server.core.context import Actor
from queue_server.core.hall import AnyCommand, AnyEvent, Hall
from queue_server.core.one_time import GiveNotice
from queue_server.core.refusals import Invalid, NotFound
from queue_server.running import RunningHall

from .access import case_holder, check, notice_holder, running_of
from .asked import marks_of, sealed, ticket_of
from .case_facts import for_holder, notice_facts
from .pages import lang_of
from .past_cases import find_case, find_notice
from .requests import ask, decode, json_response, number, plain, read
from .shapes import Body, EmptyBody
from .shapes_cases import (
    CaseBody,
    CaseNoticeBody,
    DecideBody,
    ExtendBody,
    ForwardBody,
    HandOverBody,
    ReturnBody,
    SendBody,
    SettleBody,
    StopBody,
    WithdrawCaseBody,
    case_answer,
    made,
)

LIMIT, LIMIT_MAX, Q_MAX = 50, 200, 64
STATES = (*get_args(CaseState), "open")


class About:
    """One request about one case, as the makers of commands need it."""

    def __init__(self, running: RunningHall, case: CaseId) -> None:
        self.running, self.case = running, case

    async def text(self, text: str | None) -> str | None:
        """Sealed under the key of the visit the case came in with; a case that is not there is refused by the core."""
        found = self.running.state.cases.get(self.case)
        return await sealed(self.running, found.matter.ticket if found is not None else None, text)


def _at(counter: str | None) -> CounterId | None:
    return CounterId(counter) if counter is not None else None


# ------------------------------------------------------------------ the acts


async def _take(about: About, body: EmptyBody) -> AnyCommand:
    return b.TakeCase(case=about.case)


async def _return(about: About, body: ReturnBody) -> AnyCommand:
    reason = await about.text(body.reason) or ""
    return b.ReturnCase(case=about.case, to=body.to, reason=reason, department=body.department)


async def _forward(about: About, body: ForwardBody) -> AnyCommand:
    return b.ForwardCase(counter=CounterId(body.counter), case=about.case, note=await about.text(body.note))


async def _decide(about: About, body: DecideBody) -> AnyCommand:
    return b.DecideCase(
        case=about.case, decision=body.decision, reason=await about.text(body.reason), paper=body.paper,
        counter=_at(body.counter),
    )  # fmt: skip


async def _stop(about: About, body: StopBody) -> AnyCommand:
    note = await about.text(body.note)
    return p.StopCase(case=about.case, kind=body.kind, materials=body.materials, workdays=body.workdays, note=note)


async def _resume(about: About, body: CaseBody) -> AnyCommand:
    return p.ResumeCase(case=about.case, counter=_at(body.counter))


async def _extend(about: About, body: ExtendBody) -> AnyCommand:
    return p.ExtendCase(case=about.case, days=body.days, reason=await about.text(body.reason) or "")


async def _settle(about: About, body: SettleBody) -> AnyCommand:
    return o.SettleMaterial(case=about.case, material=body.material, how=body.how, counter=_at(body.counter))


async def _withdraw(about: About, body: WithdrawCaseBody) -> AnyCommand:
    note = await about.text(body.note)
    return o.WithdrawCase(case=about.case, cause=body.cause, counter=_at(body.counter), note=note)


async def _ready(about: About, body: CaseBody) -> AnyCommand:
    return r.ReadyResult(case=about.case, counter=_at(body.counter))


async def _hand_over(about: About, body: HandOverBody) -> AnyCommand:
    return r.HandOverResult(counter=CounterId(body.counter), case=about.case, by=body.by, ticket=ticket_of(body.ticket))


async def _send(about: About, body: SendBody) -> AnyCommand:
    company, shipment = plain(body.company), plain(body.number)
    return r.SendResult(case=about.case, company=company, number=shipment, counter=_at(body.counter))


async def _deliver(about: About, body: EmptyBody) -> AnyCommand:
    return r.ConfirmDelivery(case=about.case)


async def _notice(about: About, body: CaseNoticeBody) -> AnyCommand:
    note = await about.text(body.note)
    return GiveNotice(case=about.case, counter=_at(body.counter), marks=marks_of(body.marks), note=note)


ACTS: dict[str, tuple[type[Body], Callable[[About, Any], Awaitable[AnyCommand]]]] = {
    "take": (EmptyBody, _take),
    "return": (ReturnBody, _return),
    "forward": (ForwardBody, _forward),
    "decide": (DecideBody, _decide),
    "stop": (StopBody, _stop),
    "resume": (CaseBody, _resume),
    "extend": (ExtendBody, _extend),
    "settle": (SettleBody, _settle),
    "withdraw": (WithdrawCaseBody, _withdraw),
    "ready": (CaseBody, _ready),
    "hand-over": (HandOverBody, _hand_over),
    "send": (SendBody, _send),
    "deliver": (EmptyBody, _deliver),
    "one-time-notice": (CaseNoticeBody, _notice),
}


def _act(name: str) -> Callable[[Request], Awaitable[Response]]:
    kind, make = ACTS[name]

    async def handler(request: Request) -> Response:
        running = running_of(request)
        actor = check(request, ("clerk", "manager"))
        raw = await read(request)
        about = About(running, CaseId(request.path_params["case"]))
        command = await make(about, decode(raw, kind))
        lang = lang_of(request)

        def render(hall: Hall, events: list[AnyEvent]) -> Any:
            """Kept for retries: no personal text in it."""
            return {"case": case_answer(running, hall, hall.cases[about.case], lang)} | made(running, hall, events, lang)

        return await ask(request, running, actor, command, raw, render)

    return handler


# ------------------------------------------------------------------ looking


async def case(request: Request) -> Response:
    """Whole for who acts for it, masked for other staff and for the holder of the receipt."""
    running = running_of(request)
    wanted = request.path_params["case"]
    actor = case_holder(request, running, wanted, "clerk", "manager")
    await running.settled()
    found = await find_case(running, wanted)
    if found is None:
        raise NotFound("unknown-case", case=wanted[:64])
    hall = running.state
    facts = case_answer(running, hall, found, lang_of(request), running.unseal, full=acts_for(hall, actor, found))
    return json_response({"case": for_holder(facts) if actor.role == "visitor" else facts})


def acts_for(hall: Hall, actor: Actor, case: Case) -> bool:
    """Who sees the applicant unmasked: managers, the department, who accepted it, and who serves its visitor now."""
    if actor.role == "visitor":
        return False
    if works_for(hall, actor, case) or actor.id == case.clerk:
        return True
    clerk = hall.clerks.get(ClerkId(actor.id))
    counter = hall.counters.get(clerk.counter) if clerk is not None and clerk.counter is not None else None
    return counter is not None and counter.ticket in case.visits


async def cases(request: Request) -> Response:
    """Of the state: open ones, and those that were closed these days; the newest first. A whole number finds any."""
    running = running_of(request)
    check(request, ("clerk", "manager"))
    limit = max(1, number(request, "limit", LIMIT, LIMIT_MAX))
    offset = number(request, "offset", 0, 10**9)
    query = request.query_params
    state, department, q = query.get("state"), query.get("department"), query.get("q", "").strip()[:Q_MAX]
    if state is not None and state not in STATES:
        raise Invalid("unknown-state", state=state[:64])
    await running.settled()
    wanted = [
        one
        for one in sorted(running.state.cases.values(), key=lambda one: one.id, reverse=True)
        if (state is None or one.state == state or (state == "open" and one.is_open))
        and (department is None or one.matter.department == department)
    ]
    if q:
        wanted = await _matching(running, wanted, q)
    lang, hall = lang_of(request), running.state
    shown = [case_answer(running, hall, one, lang, running.unseal) for one in wanted[offset : offset + limit]]
    return json_response({"cases": shown, "next": offset + limit if len(wanted) > offset + limit else None})


async def _matching(running: RunningHall, found: list[Case], q: str) -> list[Case]:
    """By number of the case or the ticket, by document, by the applicant's or the service's name; also one of long ago."""
    person = running.person_of(q) or ""  # nobody's, when there is no document in it
    by_number = [one for one in found if q in one.id or q.upper() == one.matter.number or one.matter.person == person]
    if by_number:
        return by_number
    old = await running.store.case(q) if running.state.cases.get(CaseId(q)) is None else None
    if old is not None and (past := await find_case(running, q)) is not None:
        return [past]
    return await asyncio.to_thread(lambda: list(_named(running, found, q)))


def _named(running: RunningHall, found: Iterable[Case], q: str) -> Iterable[Case]:
    """Reading sealed names takes a moment for each, so it is done beside the server's loop."""
    for one in found:
        name = running.unseal(one.matter.applicant.name) or ""
        if q in name or q.lower() in f"{one.matter.service_name.zh} {one.matter.service_name.en}".lower():
            yield one


async def one_time_notice(request: Request) -> Response:
    running = running_of(request)
    wanted = request.path_params["notice"]
    notice_holder(request, running, wanted, "clerk", "manager")
    await running.settled()
    found = await find_notice(running, wanted)
    if found is None:
        raise NotFound("unknown-one-time-notice", notice=wanted[:64])
    facts = notice_facts(running.state, found, lang_of(request), running.now())
    return json_response({"notice": facts | {"follow_url": running.notice_url(wanted)}})


routes = [
    Route("/cases", cases),
    Route("/cases/{case}", case),
    *(Route(f"/cases/{{case}}/{name}", _act(name), methods=["POST"]) for name in ACTS),
    Route("/one-time-notices/{notice}", one_time_notice),
]
