"""The public API of the counters: what a clerk or a manager does at a window. One table of acts, one handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.core import counters as c
from queue_server.core import visits as v
from queue_server.core.calendar import MINUTE
from queue_server.core.catalogue import CounterId, ServiceId, TicketId
from queue_server.core.hall import AnyCommand, AnyEvent, Hall
from queue_server.core.refusals import Invalid
from queue_server.running import RunningHall

from .access import anybody, check, running_of
from .asked import Asked, ticket_of
from .counter_cases import CASE_ACTS
from .pages import lang_of
from .requests import ask, decode, json_response, plain, read
from .shapes import (
    NOTE_MAX,
    Body,
    CallBody,
    ChangeBody,
    CounterBody,
    EmptyBody,
    FinishBody,
    HoldBody,
    ResumeBody,
    TicketBody,
    TransferBody,
    call_answer,
    counter_answer,
    ticket_answer,
)  # fmt: skip
from .shapes_cases import made


async def _open(asked: Asked, body: CounterBody) -> AnyCommand:
    return c.OpenCounter(counter=asked.counter, clerk=asked.clerk(body))


async def _take_over(asked: Asked, body: CounterBody) -> AnyCommand:
    return c.TakeOverCounter(counter=asked.counter, clerk=asked.clerk(body))


async def _pause(asked: Asked, body: CounterBody) -> AnyCommand:
    if len(body.reason) > NOTE_MAX:
        raise Invalid("note-too-long", limit=NOTE_MAX)
    return c.PauseCounter(counter=asked.counter, reason=plain(body.reason), minutes=body.minutes)


async def _close(asked: Asked, body: CounterBody) -> AnyCommand:
    return c.CloseCounter(counter=asked.counter)


async def _next(asked: Asked, body: EmptyBody) -> AnyCommand:
    return v.CallNext(counter=asked.counter)


async def _call(asked: Asked, body: CallBody) -> AnyCommand:
    if not body.reason.strip():
        raise Invalid("reason-missing")
    reason = await asked.note(body.reason, body.ticket)
    return v.CallChosen(counter=asked.counter, ticket=TicketId(body.ticket), reason=reason or "")


async def _recall(asked: Asked, body: TicketBody) -> AnyCommand:
    return v.Recall(counter=asked.counter, ticket=ticket_of(body.ticket))


async def _start(asked: Asked, body: TicketBody) -> AnyCommand:
    return v.StartService(counter=asked.counter, ticket=ticket_of(body.ticket))


async def _finish(asked: Asked, body: FinishBody) -> AnyCommand:
    done = None
    if body.services is not None:
        done = tuple(
            v.Done(
                service=ServiceId(entry.service) if entry.service is not None else None,
                quantity=entry.quantity, persons=entry.persons,
            )
            for entry in body.services
        )  # fmt: skip
    note = await asked.note(body.note, body.ticket)
    return v.FinishService(
        counter=asked.counter, ticket=ticket_of(body.ticket), done=done, outcome=body.outcome, cause=body.cause, note=note
    )


async def _no_show(asked: Asked, body: TicketBody) -> AnyCommand:
    return v.MarkNoShow(counter=asked.counter, ticket=ticket_of(body.ticket))


async def _put_back(asked: Asked, body: TicketBody) -> AnyCommand:
    return v.PutBack(counter=asked.counter, ticket=ticket_of(body.ticket))


async def _hold(asked: Asked, body: HoldBody) -> AnyCommand:
    note = await asked.note(body.note, body.ticket)
    return v.HoldTicket(counter=asked.counter, kind=body.kind, ticket=ticket_of(body.ticket), note=note)


async def _resume(asked: Asked, body: ResumeBody) -> AnyCommand:
    return v.ResumeTicket(counter=asked.counter, ticket=TicketId(body.ticket), to=body.to)


async def _transfer(asked: Asked, body: TransferBody) -> AnyCommand:
    return v.TransferTicket(
        counter=asked.counter, ticket=ticket_of(body.ticket),
        service=ServiceId(body.service) if body.service is not None else None, kind=body.kind,
        to_counter=CounterId(body.counter) if body.counter is not None else None,
        rest=body.rest, note=await asked.note(body.note, body.ticket),
    )  # fmt: skip


CHANGE_MINUTES_MAX = 24 * 60
Maker = Callable[[Asked, Any], Awaitable[AnyCommand]]
ACTS: dict[str, tuple[type[Body], Maker]] = {
    "open": (CounterBody, _open),
    "take-over": (CounterBody, _take_over),
    "pause": (CounterBody, _pause),
    "close": (CounterBody, _close),
    "next": (EmptyBody, _next),
    "call": (CallBody, _call),
    "recall": (TicketBody, _recall),
    "start": (TicketBody, _start),
    "finish": (FinishBody, _finish),
    "no-show": (TicketBody, _no_show),
    "put-back": (TicketBody, _put_back),
    "hold": (HoldBody, _hold),
    "resume": (ResumeBody, _resume),
    "transfer": (TransferBody, _transfer),
    **CASE_ACTS,
}


def _act(name: str) -> Callable[[Request], Awaitable[Response]]:
    kind, make = ACTS[name]

    async def handler(request: Request) -> Response:
        running = running_of(request)
        actor = check(request, ("clerk", "manager"))
        raw = await read(request)
        counter = CounterId(request.path_params["counter"])
        command = await make(Asked(running, counter, actor), decode(raw, kind))
        lang = lang_of(request)
        return await ask(
            request, running, actor, command, raw,
            lambda hall, events: _answer(running, hall, counter, events, lang, name == "next"),
        )  # fmt: skip

    return handler


def _answer(
    running: RunningHall, hall: Hall, counter: CounterId, events: list[AnyEvent], lang: str, calls_next: bool
) -> Any:
    """The ticket it was about, its call, and the counter; None (204) when nobody was waiting."""
    if calls_next and not any(isinstance(event, v.TicketCalled) for event in events):
        return None
    answer: dict[str, Any] = {"counter": counter_answer(hall, hall.counters[counter], staff=True)}
    about = next((event.ticket for event in events if isinstance(event, v.TicketEvent)), hall.counters[counter].ticket)
    answer["ticket"] = None
    if about is not None:
        ticket = hall.tickets[about]
        answer["ticket"] = ticket_answer(running, hall, ticket, hall.at, staff=True)
        # kept in table ``answers`` for retries, so what the clerk wrote stays sealed: the desk's view tells it
        if ticket.counter is not None and (call := call_answer(hall, ticket, lang, lambda sealed: None)) is not None:
            answer["call"] = call
    return answer | made(running, hall, events, lang)


async def counters(request: Request) -> Response:
    running = running_of(request)
    actor = anybody(request)
    await running.settled()
    hall = running.state
    staff = actor.role in ("admin", "manager", "clerk")
    return json_response({"counters": [counter_answer(hall, x, staff) for x in hall.counters.values()], "next": None})


async def change(request: Request) -> Response:
    running = running_of(request)
    actor = check(request, ("manager",))
    raw = await read(request)
    body = decode(raw, ChangeBody)
    if body.minutes is not None and not 1 <= body.minutes <= CHANGE_MINUTES_MAX:
        raise Invalid("bad-minutes", minutes=body.minutes)
    until = running.now() + body.minutes * MINUTE if body.minutes is not None else None
    command = c.ChangeCounter(
        counter=CounterId(request.path_params["counter"]), serves=body.serves, helps=body.helps, kind=body.kind, until=until
    )
    return await ask(
        request, running, actor, command, raw,
        lambda hall, events: {"counter": counter_answer(hall, hall.counters[command.counter], staff=True)},
    )  # fmt: skip


routes = [
    Route("/counters", counters),
    Route("/counters/{counter}", change, methods=["PATCH"]),
    *(Route(f"/counters/{{counter}}/{name}", _act(name), methods=["POST"]) for name in ACTS),
]
