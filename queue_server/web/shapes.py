"""The bodies of the API: what is asked (typed, checked by msgspec) and what is answered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from queue_server.core.catalogue import Name, Service, WindowKind
from queue_server.core.counters import Clerk, Counter
from queue_server.core.hall import Hall
from queue_server.core.visits import HoldKind, Ticket, UnservedCause
from queue_server.running import RunningHall
from queue_server.views import iso

from .texts import why_text

NOTE_MAX = 1000
DONE_MAX = 50  # entries of one visit: they stand in the log for ever


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all request bodies. Unknown fields are passed over: the contract only grows."""


class TakeBody(Body, frozen=True, kw_only=True):
    service: str | None = None
    package: str | None = None
    kind: WindowKind | None = None
    case: str | None = None
    case_key: str | None = None
    needs: tuple[str, ...] = ()
    channel: Literal["kiosk", "phone", "counter", "api"] = "kiosk"
    lang: Literal["zh", "zh-CN", "en"] = "zh"


class CounterBody(Body, frozen=True, kw_only=True):
    clerk: str | None = None
    reason: str = ""
    minutes: int | None = None


class TicketBody(Body, frozen=True, kw_only=True):
    ticket: str | None = None


class DoneBody(Body, frozen=True, kw_only=True):
    service: str | None = None
    quantity: int = 1
    persons: int = 1


class FinishBody(TicketBody, frozen=True, kw_only=True):
    services: Annotated[tuple[DoneBody, ...], msgspec.Meta(max_length=DONE_MAX)] | None = None
    outcome: Literal["done", "unserved"] = "done"
    cause: UnservedCause | None = None
    note: str | None = None


class HoldBody(TicketBody, frozen=True, kw_only=True):
    kind: HoldKind
    note: str | None = None


class ResumeBody(Body, frozen=True, kw_only=True):
    ticket: str
    to: Literal["waiting", "serving"] = "waiting"


class TransferBody(TicketBody, frozen=True, kw_only=True):
    service: str | None = None
    kind: WindowKind | None = None
    counter: str | None = None
    rest: bool = False
    note: str | None = None


class CallBody(Body, frozen=True, kw_only=True):
    ticket: str
    reason: str = ""


class ChangeBody(Body, frozen=True, kw_only=True):
    serves: tuple[str, ...] | None = None
    helps: tuple[str, ...] | None = None
    kind: WindowKind | None = None
    minutes: int | None = None


class ClerkBody(Body, frozen=True, kw_only=True):
    skills: tuple[str, ...]


class NoticeBody(Body, frozen=True, kw_only=True):
    text: Name | str
    level: Literal["info", "safety"] = "info"
    zone: str | None = None
    minutes: int | None = None


class EmptyBody(Body, frozen=True, kw_only=True):
    """Nothing is needed."""


# ------------------------------------------------------------------ answers


def ticket_answer(
    running: RunningHall, hall: Hall, ticket: Ticket, now: int, holder: bool = False, staff: bool = False
) -> dict[str, Any]:  # fmt: skip
    """One ticket. ``holder``: with the key and the address that only its visitor may have; ``staff``: with what is done in it.

    A case may be linked by a number that somebody typed at a kiosk, so only staff are told of cases.
    """
    ahead, wait = hall.wait(ticket, now)
    answer: dict[str, Any] = {
        "id": ticket.id,
        "number": ticket.number,
        "state": ticket.state,
        "service": ticket.service,
        "kind": ticket.kind,
        "package": ticket.package,
        "queue": ticket.queue,
        "zone": hall.queues[ticket.queue].zone,
        "ahead": ahead,
        "wait": wait,
        "arrival": iso(ticket.arrival, hall),
        "counter": ticket.counter,
        "lang": ticket.lang,
        "needs": ticket.needs,
        "calls": ticket.call_count,
        "hold": ticket.hold,
        "ended": iso(ticket.ended, hall),
    }
    if holder:
        answer["follow_url"] = running.follow_url(ticket.id)
        answer["key"] = answer["follow_url"].rpartition("=")[2]  # the address ends with it: one MAC less
    if staff:
        answer["services"] = ticket.services
        answer["finished"] = ticket.finished
        answer["marks"] = list(ticket.marks.values())
        answer["notices"] = ticket.notices
        answer["cases"] = ticket.cases
    return answer


def past_ticket_answer(hall: Hall, visit: dict[str, Any]) -> dict[str, Any]:
    """A ticket of an earlier day, as its projection has it: the same names, nothing that only a living ticket has."""
    queue = hall.queues.get(visit["queue"])
    same = ("number", "state", "service", "kind", "package", "queue", "counter", "lang", "needs", "calls")
    times = {"arrival": iso(visit["arrival"], hall), "ended": iso(visit["ended"], hall)}
    answer = {"id": visit["ticket"], **{name: visit[name] for name in same}, **times}
    return answer | {"zone": queue.zone if queue else None, "ahead": 0, "wait": None, "hold": None}


def call_answer(hall: Hall, ticket: Ticket, lang: str, unseal: Any) -> dict[str, Any] | None:
    """The call a ticket is under: its id, how often it was called, and why it was next, in words."""
    if ticket.call_id is None or ticket.why is None:
        return None
    reason = unseal(ticket.why.reason) if ticket.why.reason else None
    why = why_text(lang, ticket.why, hall, reason)
    return {
        "id": ticket.call_id,
        "count": ticket.call_count,
        "counter": ticket.counter,
        "at": iso(ticket.call_at, hall),
        "rule": ticket.why.rule,
        "why": why,
    }


def counter_answer(hall: Hall, counter: Counter, staff: bool = False) -> dict[str, Any]:
    """One window. ``staff``: with the clerk and the ticket, which the public does not see here."""
    answer: dict[str, Any] = {
        "id": counter.id,
        "label": counter.label,
        "kind": counter.kind,
        "zone": counter.zone,
        "state": counter.state,
        "since": iso(counter.since, hall) if counter.since else None,
        "serves": counter.serves,
        "helps": counter.helps,
    }
    if staff:
        answer["clerk"] = counter.clerk
        answer["ticket"] = counter.ticket
        answer["reason"] = counter.reason
        answer["until"] = iso(counter.until, hall)
        answer["lapsed"] = counter.lapsed
        tide = counter.tide
        answer["tide"] = None if tide is None else {"until": iso(tide.until, hall), "rule": tide.rule}
    return answer


def clerk_answer(hall: Hall, clerk: Clerk) -> dict[str, Any]:
    """One clerk, for managers. ``takes``: what is called where the clerk sits now."""
    counter = hall.counters.get(clerk.counter) if clerk.counter is not None else None
    takes = hall.work(counter) if counter is not None else None
    return {
        "id": clerk.id, "name": clerk.name, "skills": clerk.skills, "counter": clerk.counter,
        "takes": {"serves": takes.serves, "helps": takes.helps} if takes is not None else None,
    }  # fmt: skip


def service_answer(service: Service) -> dict[str, Any]:
    """One service, as in the catalogue."""
    answer: dict[str, Any] = msgspec.to_builtins(service)
    for name in ("theme", "department", "queue"):
        answer.setdefault(name, getattr(service, name))
    answer.setdefault("handling", service.handling)
    return answer
