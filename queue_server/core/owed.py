"""What an applicant still owes: deferred papers (容缺) and promises to be verified (告知承诺); and applications that end early.

A deferred paper may be brought to any window. When it does not come in time an alarm is raised; the application is then
withdrawn by a clerk, or at once where ``rules.deferral_overdue`` says so (安阳市政务服务条例 24).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from . import counters
from .case_time import CaseWithdrawn, today
from .cases import UNDECIDED, Case, CaseCommand, CaseEvent, CaseId, Owed, WithdrawCause, find, officer
from .catalogue import ClerkId, CounterId
from .context import Context
from .refusals import Conflict, Invalid, NotFound
from .visits import Event

if TYPE_CHECKING:
    from .state import Hall


class SettleMaterial(CaseCommand, frozen=True, kw_only=True):
    """A deferred paper was ``brought``, to any window or to the department; a promise was found ``kept`` or ``broken``."""

    case: CaseId
    material: str
    how: Literal["brought", "kept", "broken"] = "brought"
    counter: CounterId | None = None


class WithdrawCase(CaseCommand, frozen=True, kw_only=True):
    """The application ends without a decision: the applicant wishes so, or a deferred paper did not come (安阳 24)."""

    case: CaseId
    cause: WithdrawCause = "applicant"
    counter: CounterId | None = None
    note: str | None = None


class MaterialSettled(CaseEvent, frozen=True, kw_only=True, tag="material_settled"):
    material: str
    how: Literal["brought", "kept", "broken"]
    day: str
    late: bool = False


# ------------------------------------------------------------------ decide


def acting(hall: Hall, case_id: CaseId, counter_id: CounterId | None, context: Context) -> ClerkId | None:
    """At a window its clerk, else somebody of the department."""
    if counter_id is not None:
        return counters.staffed(hall, counter_id, context).clerk
    return officer(hall, find(hall, case_id), context)


def settle(hall: Hall, command: SettleMaterial, context: Context) -> list[Event]:
    """Raises NotFound ``nothing-owed``, Invalid ``bad-settlement``, Conflict ``case-state``."""
    case = find(hall, command.case)
    owed = next((one for one in case.unsettled if one.material == command.material), None)
    if owed is None or (case.is_moot and not case.is_open):
        raise NotFound("nothing-owed", case=case.id, material=command.material)
    if (owed.kind == "later") != (command.how == "brought"):
        raise Invalid("bad-settlement", material=owed.name)
    clerk = acting(hall, case.id, command.counter, context)
    day = today(context.now, hall.setup)
    return [
        MaterialSettled(
            case=case.id, counter=command.counter, clerk=clerk, material=owed.material, how=command.how, day=day,
            late=day > owed.due,
        )
    ]  # fmt: skip


def withdraw(hall: Hall, command: WithdrawCase, context: Context) -> list[Event]:
    """Raises Conflict ``nothing-overdue``: a paper, or a correction, that may still come is no reason."""
    case = find(hall, command.case, *UNDECIDED)
    clerk = acting(hall, case.id, command.counter, context)
    day = today(context.now, hall.setup)
    if command.cause == "overdue_material" and not any(_late(one, day) for one in case.unsettled):
        raise Conflict("nothing-overdue", case=case.id)
    if command.cause == "not_completed" and not _is_unanswered(case, day):
        raise Conflict("nothing-overdue", case=case.id)
    return [
        CaseWithdrawn(case=case.id, counter=command.counter, clerk=clerk, cause=command.cause, note=command.note)
    ]


def _late(owed: Owed, day: str) -> bool:
    return owed.kind == "later" and owed.due < day


def _is_unanswered(case: Case, day: str) -> bool:
    """What was asked back did not come. Of what was told before acceptance, time itself makes a withdrawal."""
    stop = case.stop
    return stop is not None and stop.kind == "correction" and stop.limit is not None and stop.limit < day


# ------------------------------------------------------------------ evolve


def settled(hall: Hall, event: MaterialSettled, at: int) -> None:
    case = hall.cases[event.case]
    case.owed = tuple(
        msgspec.structs.replace(one, settled=at, how=event.how)
        if one.material == event.material and one.settled is None
        else one
        for one in case.owed
    )
