"""Behind the windows: the departments take cases, return them, decide (后台分类审批, W3).

Who works for a department says the hall file (``clerks.departments``); managers may act everywhere. A clerk with
authority decides at the window (首席事务代表, W7), and so does any clerk of an instant service (即办件).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from . import counters
from .calendar import add_days, hall_day
from .cases import Case, CaseCommand, CaseEvent, CaseId, Decision, close, find, move, must_run, officer, service_of
from .catalogue import ClerkId, CounterId, Term
from .context import Context
from .refusals import Conflict, Invalid, NotAllowed
from .visits import Event

if TYPE_CHECKING:
    from .state import Hall


class TakeCase(CaseCommand, frozen=True, kw_only=True):
    """I am working on it."""

    case: CaseId


class ReturnCase(CaseCommand, frozen=True, kw_only=True):
    """Not mine: to the department's queue, to another department, or to the window that accepted it. Sealed reason."""

    case: CaseId
    to: Literal["queue", "window", "department"]
    reason: str
    department: str | None = None


class ForwardCase(CaseCommand, frozen=True, kw_only=True):
    """The window has mended what the department returned."""

    counter: CounterId
    case: CaseId
    note: str | None = None


class DecideCase(CaseCommand, frozen=True, kw_only=True):
    """``counter``: on the spot, at the window (当场办结). ``paper`` false: there is nothing to hand over."""

    case: CaseId
    decision: Decision
    reason: str | None = None  # sealed
    paper: bool = True
    counter: CounterId | None = None


class CaseTaken(CaseEvent, frozen=True, kw_only=True, tag="case_taken"):
    from_clerk: ClerkId | None = None


class CaseReturned(CaseEvent, frozen=True, kw_only=True, tag="case_returned"):
    to: Literal["queue", "window", "department"]
    department: str
    reason: str


class CaseForwarded(CaseEvent, frozen=True, kw_only=True, tag="case_forwarded"):
    note: str | None = None


class CaseDecided(CaseEvent, frozen=True, kw_only=True, tag="case_decided"):
    """``in_time``: the promise was kept; missing when there was none. ``delivery_due``: for the paper (行政许可法 44)."""

    decision: Decision
    day: str
    reason: str | None = None
    at_once: bool = False
    paper: bool = True
    in_time: bool | None = None
    delivery_due: str | None = None
    known: bool = True


# ------------------------------------------------------------------ decide


def take(hall: Hall, command: TakeCase, context: Context) -> list[Event]:
    """One's own case again changes nothing. Raises Conflict ``case-taken``."""
    case = find(hall, command.case, "accepted", "review")
    clerk = officer(hall, case, context)
    if case.officer == clerk:
        return []
    if case.officer is not None and not context.actor.manages:
        raise Conflict("case-taken", case=case.id, clerk=_name(hall, case.officer))
    return [CaseTaken(case=case.id, clerk=clerk, from_clerk=case.officer)]


def _name(hall: Hall, clerk: ClerkId) -> str:
    known = hall.clerks.get(clerk)
    return known.name if known else clerk


def return_(hall: Hall, command: ReturnCase, context: Context) -> list[Event]:
    """Raises Invalid ``reason-missing`` or ``unknown-department``, Conflict ``case-stopped``."""
    case = find(hall, command.case, "accepted", "review")
    clerk = officer(hall, case, context)
    must_run(case)
    if not command.reason:
        raise Invalid("reason-missing")
    department = case.matter.department
    if command.to == "department":
        department = command.department or ""
        if department not in {one.id for one in hall.setup.departments} - {case.matter.department}:
            raise Invalid("unknown-department", department=department)
    return [
        CaseReturned(case=case.id, clerk=clerk, to=command.to, department=department, reason=command.reason)
    ]


def forward(hall: Hall, command: ForwardCase, context: Context) -> list[Event]:
    counter = counters.staffed(hall, command.counter, context)
    case = find(hall, command.case, "returned")
    return [CaseForwarded(case=case.id, counter=counter.id, clerk=counter.clerk, note=command.note)]


def decide(hall: Hall, command: DecideCase, context: Context) -> list[Event]:
    """Raises Conflict ``case-state``, ``case-stopped``, ``case-taken`` or ``still-owed``, Invalid ``reason-missing``."""
    case = find(hall, command.case, "accepted" if command.counter is not None else "review")
    must_run(case)
    if command.counter is not None:
        clerk = _at_window(hall, case, command.counter, context)
    else:
        clerk = officer(hall, case, context)
        if case.officer != clerk and not context.actor.manages:
            raise Conflict("case-taken", case=case.id, clerk=_name(hall, case.officer or clerk))
    if command.decision == "refused" and not command.reason:
        raise Invalid("reason-missing")
    later = sum(owed.kind == "later" for owed in case.unsettled)
    if command.decision == "granted" and later:
        raise Conflict("still-owed", case=case.id, count=later)
    return [_decided(hall, case, command, clerk, context)]


def _at_window(hall: Hall, case: Case, counter_id: CounterId, context: Context) -> ClerkId:
    """Raises NotAllowed ``no-authority``."""
    counter = counters.staffed(hall, counter_id, context)
    assert counter.clerk is not None, "it is staffed"
    if not (has_authority(hall, case, counter.clerk) or context.actor.manages):
        raise NotAllowed("no-authority", case=case.id)
    return counter.clerk


def has_authority(hall: Hall, case: Case, clerk: ClerkId | None) -> bool:
    """A service that is settled on the spot is decided by whoever sits there, any other by a clerk who may (首席事务代表)."""
    service = service_of(hall, case)
    known = hall.clerks.get(clerk) if clerk is not None else None
    return (service is not None and service.handling == "instant") or (known is not None and known.decides)


def _decided(hall: Hall, case: Case, command: DecideCase, clerk: ClerkId, context: Context) -> CaseDecided:
    day = hall_day(context.now, hall.setup)
    service = service_of(hall, case)
    delivery = add_days(day, service.delivery if service else Term(), hall.setup) if command.paper else None
    promised = case.dues.promised
    return CaseDecided(
        case=case.id, counter=command.counter, clerk=clerk, decision=command.decision, day=day.isoformat(),
        reason=command.reason, at_once=command.counter is not None, paper=command.paper,
        in_time=day.isoformat() <= promised if promised is not None else None,
        delivery_due=delivery.date.isoformat() if delivery else None, known=delivery.known if delivery else True,
    )  # fmt: skip


# ------------------------------------------------------------------ evolve


def taken(hall: Hall, event: CaseTaken, at: int) -> None:
    case = hall.cases[event.case]
    move(case, "review", at)
    case.officer = event.clerk


def returned(hall: Hall, event: CaseReturned, at: int) -> None:
    """The clocks go on: the applicant does not wait for what is between offices."""
    case = hall.cases[event.case]
    move(case, "returned" if event.to == "window" else "accepted", at)
    case.officer, case.return_reason = None, event.reason
    case.matter = msgspec.structs.replace(case.matter, department=event.department)


def forwarded(hall: Hall, event: CaseForwarded, at: int) -> None:
    move(hall.cases[event.case], "accepted", at)


def decided(hall: Hall, event: CaseDecided, at: int) -> None:
    case = hall.cases[event.case]
    move(case, "decided", at)
    case.decision, case.decided, case.decision_reason = event.decision, at, event.reason
    case.at_once, case.in_time = event.at_once, event.in_time
    case.officer = case.officer or event.clerk
    case.delivery_due, case.delivery_known = event.delivery_due, event.known
    if not event.paper:
        close(hall, case, "no_paper", at)
