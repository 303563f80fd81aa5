"""The bodies of the API for applications, check-lists and calls for help, and how cases are answered.

Lengths are bounded here: what is personal is sealed by the handler and stands in the log for ever.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from queue_server.core.cases import Case, CaseEvent, Decision, Delivery, StopKind, WithdrawCause
from queue_server.core.emergency import Emergency, EmergencyKind
from queue_server.core.hall import AnyEvent, Hall
from queue_server.core.intake import RejectReason
from queue_server.core.materials import FreeReason, MarkKind
from queue_server.core.one_time import NoticeGiven
from queue_server.running import RunningHall
from queue_server.views import iso

from .case_facts import Unseal, case_facts, notice_facts
from .shapes import Body, TicketBody

Id = Annotated[str, msgspec.Meta(max_length=64)]
Short = Annotated[str, msgspec.Meta(max_length=64)]  # a name
Number = Annotated[str, msgspec.Meta(max_length=32)]  # of a document, a telephone
Address = Annotated[str, msgspec.Meta(max_length=200)]
LIST_MAX = 100  # marks of one list, papers asked for at once


class MarkBody(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one material; ``reason`` with mark free."""

    material: Id
    mark: MarkKind
    reason: FreeReason | None = None


Marks = Annotated[tuple[MarkBody, ...], msgspec.Meta(max_length=LIST_MAX)]


class ApplicantBody(msgspec.Struct, frozen=True, kw_only=True):
    """Who applies, in plain text; kept sealed."""

    kind: Literal["person", "enterprise"] = "person"
    name: Short | None = None
    document: Number | None = None
    phone: Number | None = None
    address: Address | None = None
    agent: Short | None = None


# ------------------------------------------------------------------ at a counter


class MarksBody(TicketBody, frozen=True, kw_only=True):
    marks: Marks


class ServicesBody(TicketBody, frozen=True, kw_only=True):
    services: Annotated[tuple[Id, ...], msgspec.Meta(max_length=LIST_MAX)] = ()
    package: Id | None = None
    note: str | None = None


class DoneOneBody(TicketBody, frozen=True, kw_only=True):
    service: Id | None = None
    quantity: int = 1
    persons: int = 1


class ReceiveBody(TicketBody, frozen=True, kw_only=True):
    service: Id | None = None
    marks: Marks = ()
    applicant: ApplicantBody | None = None


class AcceptBody(TicketBody, frozen=True, kw_only=True):
    case: Id | None = None
    service: Id | None = None
    marks: Marks = ()
    applicant: ApplicantBody | None = None
    promise: bool = False
    delivery: Delivery = "window"


class RejectBody(TicketBody, frozen=True, kw_only=True):
    reason: RejectReason
    case: Id | None = None
    service: Id | None = None
    applicant: ApplicantBody | None = None
    note: str | None = None


class OneTimeNoticeBody(TicketBody, frozen=True, kw_only=True):
    case: Id | None = None
    service: Id | None = None
    marks: Marks = ()
    document: Number | None = None
    previous: Id | None = None
    note: str | None = None


class FreeBody(TicketBody, frozen=True, kw_only=True):
    item: Id
    quantity: int = 1


# ------------------------------------------------------------------ about a case


class CaseBody(Body, frozen=True, kw_only=True):
    """``counter``: at which window, when it is done at one."""

    counter: Id | None = None


class ReturnBody(Body, frozen=True, kw_only=True):
    to: Literal["queue", "window", "department"]
    reason: str = ""
    department: Id | None = None


class ForwardBody(Body, frozen=True, kw_only=True):
    counter: Id
    note: str | None = None


class DecideBody(CaseBody, frozen=True, kw_only=True):
    decision: Decision
    reason: str | None = None
    paper: bool = True


class StopBody(Body, frozen=True, kw_only=True):
    kind: StopKind
    materials: Annotated[tuple[Id, ...], msgspec.Meta(max_length=LIST_MAX)] = ()
    workdays: int | None = None
    note: str | None = None


class ExtendBody(Body, frozen=True, kw_only=True):
    days: int
    reason: str = ""


class SettleBody(CaseBody, frozen=True, kw_only=True):
    material: Id
    how: Literal["brought", "kept", "broken"] = "brought"


class WithdrawCaseBody(CaseBody, frozen=True, kw_only=True):
    cause: WithdrawCause = "applicant"
    note: str | None = None


class HandOverBody(Body, frozen=True, kw_only=True):
    counter: Id
    by: Literal["ticket", "code"] = "code"
    ticket: str | None = None


class SendBody(CaseBody, frozen=True, kw_only=True):
    company: str
    number: str


class CaseNoticeBody(CaseBody, frozen=True, kw_only=True):
    marks: Marks = ()
    note: str | None = None


# ------------------------------------------------------------------ calls for help


class EmergencyBody(Body, frozen=True, kw_only=True):
    kind: EmergencyKind = "help"
    counter: Id | None = None
    zone: Id | None = None
    place: str | None = None


class EndEmergencyBody(Body, frozen=True, kw_only=True):
    note: str | None = None


# ------------------------------------------------------------------ answers


def case_answer(
    running: RunningHall, hall: Hall, case: Case, lang: str, unseal: Unseal | None = None, full: bool = False
) -> dict[str, Any]:  # fmt: skip
    """One case with the address of its receipt's QR code. Without ``unseal`` it holds no personal text and may be kept."""
    now = max(running.now(), hall.at)
    return case_facts(hall, case, lang, now, unseal, full) | {"follow_url": running.case_url(case.id)}


def made(running: RunningHall, hall: Hall, events: list[AnyEvent], lang: str) -> dict[str, Any]:
    """The case and the one-time notice that these events are about, if any. Kept for retries: no personal text in it."""
    found: dict[str, Any] = {}
    for event in events:
        if isinstance(event, CaseEvent | NoticeGiven) and event.case is not None:
            found["case"] = case_answer(running, hall, hall.cases[event.case], lang)
        if isinstance(event, NoticeGiven):
            notice = notice_facts(hall, hall.told[event.notice], lang, hall.at)
            found["notice"] = notice | {"follow_url": running.notice_url(event.notice)}
    return found


def emergency_answer(hall: Hall, emergency: Emergency) -> dict[str, Any]:
    """One call for help."""
    return {
        "id": emergency.id,
        "kind": emergency.kind,
        "by": emergency.by,
        "at": iso(emergency.at, hall),
        "counter": emergency.counter,
        "zone": emergency.zone,
        "place": emergency.place,
        "coming": emergency.coming,
        "ended": iso(emergency.ended, hall),
        "ended_by": emergency.ended_by,
    }
