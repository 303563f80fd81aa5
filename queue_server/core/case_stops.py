"""The clock of a case stands and goes on: asking back, special procedures, and the extension of a term (V5).

While it stands, no day counts, and the step itself has a limit that is watched (行政许可法 45). Asking back names all that
is missing at once. No step is added to those of the catalogue (国发〔2022〕5号).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from . import counters
from .calendar import Deadline, add_days, count_on, hall_day
from .case_time import dues_of, today
from .cases import Case, CaseCommand, CaseEvent, CaseId, Dues, Stop, StopKind, find, must_run, officer, service_of
from .catalogue import ClerkId, CounterId
from .context import Context
from .refusals import Conflict, Invalid, NotAllowed
from .visits import Event

if TYPE_CHECKING:
    from .state import Hall

EXTENSION_DAYS_MAX = 30  # the Licensing Law knows 10 and 15 (行政许可法 42); other laws longer ones
STEP_WORKDAYS_MAX = 60


class StopCase(CaseCommand, frozen=True, kw_only=True):
    """The clock stands: the applicant is asked back (``correction``), or a special procedure of the catalogue begins.

    ``materials``: what is asked for, complete. ``workdays``: for a correction, instead of ``rules.correction_workdays``.
    """

    case: CaseId
    kind: StopKind
    materials: tuple[str, ...] = ()
    workdays: int | None = None
    note: str | None = None


class ResumeCase(CaseCommand, frozen=True, kw_only=True):
    """The clock goes on. A correction may be brought to any window: ``counter``."""

    case: CaseId
    counter: CounterId | None = None


class ExtendCase(CaseCommand, frozen=True, kw_only=True):
    """The head of the authority lengthens the term of the law, once; the applicant is told why (行政许可法 42)."""

    case: CaseId
    days: int
    reason: str  # sealed


class CaseStopped(CaseEvent, frozen=True, kw_only=True, tag="case_stopped"):
    stop: Stop


class CaseResumed(CaseEvent, frozen=True, kw_only=True, tag="case_resumed"):
    kind: StopKind
    day: str
    dues: Dues


class CaseExtended(CaseEvent, frozen=True, kw_only=True, tag="case_extended"):
    days: int
    reason: str
    dues: Dues


# ------------------------------------------------------------------ decide


def stop(hall: Hall, command: StopCase, context: Context) -> list[Event]:
    """Raises Conflict ``case-stopped`` or ``procedure-not-listed``, Invalid ``bad-workdays`` or ``unknown-material``.

    Papers that nobody looked at when they were taken are not on the case's list, but may well be what is missing.
    """
    case = find(hall, command.case, "accepted", "review")
    clerk = officer(hall, case, context)
    must_run(case)
    service = service_of(hall, case)
    known = {line.material for line in case.items} | {one.id for one in (service.materials if service else ())}
    for material in command.materials:
        if material not in known:
            raise Invalid("unknown-material", material=material)
    limit = _limit(hall, case, command, context)
    found = Stop(
        kind=command.kind, since=today(context.now, hall.setup), limit=limit.date.isoformat() if limit else None,
        known=limit.known if limit else True, materials=command.materials, note=command.note,
    )  # fmt: skip
    return [CaseStopped(case=case.id, clerk=clerk, stop=found)]


def _limit(hall: Hall, case: Case, command: StopCase, context: Context) -> Deadline | None:
    """The last day of the step itself."""
    day = hall_day(context.now, hall.setup)
    if command.kind == "correction":
        workdays = hall.setup.rules.correction_workdays if command.workdays is None else command.workdays
        if not 1 <= workdays <= STEP_WORKDAYS_MAX:
            raise Invalid("bad-workdays", workdays=workdays)
        return count_on(day, workdays, "workday", hall.setup)
    service = service_of(hall, case)
    procedure = next((one for one in (service.procedures if service else ()) if one.kind == command.kind), None)
    if procedure is None:
        raise Conflict("procedure-not-listed", service=case.matter.service_name)
    return add_days(day, procedure.limit, hall.setup)


def resume(hall: Hall, command: ResumeCase, context: Context) -> list[Event]:
    """Raises Conflict ``case-not-stopped``; at a window only corrections are taken."""
    case = find(hall, command.case, "accepted", "review")
    if (held := case.stop) is None:
        raise Conflict("case-not-stopped", case=case.id)
    counter = counters.staffed(hall, command.counter, context) if command.counter is not None else None
    if counter is None or held.kind != "correction":
        clerk: ClerkId | None = officer(hall, case, context)
    else:
        clerk = counter.clerk
    day = today(context.now, hall.setup)
    stops = (*case.stops[:-1], msgspec.structs.replace(held, until=day))
    assert case.started_day is not None, "only an accepted case is stopped"
    dues = dues_of(case.terms, case.started_day, stops, case.extended, hall.setup)
    return [
        CaseResumed(
            case=case.id, counter=counter.id if counter else None, clerk=clerk, kind=held.kind, day=day, dues=dues
        )
    ]  # fmt: skip


def extend(hall: Hall, command: ExtendCase, context: Context) -> list[Event]:
    """Raises NotAllowed ``needs-manager``, Conflict ``already-extended`` or ``term-over``, Invalid ``bad-workdays`` or
    ``reason-missing``. A term that is over is overdue: nothing makes it longer.
    """
    case = find(hall, command.case, "accepted", "review", "returned")
    if not context.actor.manages:
        raise NotAllowed("needs-manager")
    if case.extended:
        raise Conflict("already-extended", case=case.id)
    if not 1 <= command.days <= EXTENSION_DAYS_MAX:
        raise Invalid("bad-workdays", workdays=command.days)
    if not command.reason:
        raise Invalid("reason-missing")
    if case.dues.statutory is not None and case.dues.statutory < today(context.now, hall.setup):
        raise Conflict("term-over", case=case.id)
    assert case.started_day is not None, "only an accepted case is extended"
    dues = dues_of(case.terms, case.started_day, case.stops, command.days, hall.setup)
    return [
        CaseExtended(
            case=case.id, clerk=ClerkId(context.actor.id), days=command.days, reason=command.reason, dues=dues
        )
    ]  # fmt: skip


# ------------------------------------------------------------------ evolve


def stopped(hall: Hall, event: CaseStopped) -> None:
    case = hall.cases[event.case]
    case.stops = (*case.stops, event.stop)
    case.dues = Dues()


def resumed(hall: Hall, event: CaseResumed) -> None:
    case = hall.cases[event.case]
    case.stops = (*case.stops[:-1], msgspec.structs.replace(case.stops[-1], until=event.day))
    case.dues = event.dues


def extended(hall: Hall, event: CaseExtended) -> None:
    case = hall.cases[event.case]
    case.extended = event.days
    if case.stop is None:
        case.dues = event.dues
