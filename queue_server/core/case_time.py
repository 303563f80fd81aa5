"""The clocks of a case: last days, stops, warnings before and alarms after, and what an unanswered application becomes.

Counting: the day on which a term begins is not counted; while the clock stands, the days after the day it stopped up to
and with the day it goes on are not counted (行政许可法 42, 45, 82; 民法典 201). So a due day never comes nearer by a
stop, and a stop that ends on its own day changes nothing. Warnings come at the turn of the day on which
``rules.case_warn_workdays`` working days are left, alarms at the turn after the last day; each once for each last day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, get_args

import msgspec

from .calendar import Deadline, add_days, count_on, day_start, hall_day, working_days_before, working_days_between
from .cases import (
    RUNNING,
    Case,
    CaseEvent,
    CaseId,
    Dues,
    Stop,
    Terms,
    WatchKind,
    WithdrawCause,
    close,
    move,
)
from .catalogue import ProcedureKind, Setup, Term
from .visits import Event

if TYPE_CHECKING:
    from .state import Hall

_DAY = dt.timedelta(days=1)
ANSWER_WARN_WORKDAYS = 1  # an answer has 5 working days at most: the usual 3 would warn half of the time


class Watch(NamedTuple):
    """A last day that somebody must keep. ``since``: the day the waiting for it began."""

    what: WatchKind
    due: dt.date
    since: dt.date
    material: str | None = None

    @property
    def key(self) -> str:
        """Names this last day: when it moves, it is another one."""
        return f"{self.what}:{self.material or ''}:{self.due.isoformat()}"


class CaseWarned(CaseEvent, frozen=True, kw_only=True, tag="case_warned"):
    """``left``: working days up to and with the last day, today not counted."""

    what: WatchKind
    due: str
    left: int
    material: str | None = None


class CaseOverdue(CaseEvent, frozen=True, kw_only=True, tag="case_overdue"):
    what: WatchKind
    due: str
    material: str | None = None


class CaseDeemedAccepted(CaseEvent, frozen=True, kw_only=True, tag="case_deemed_accepted"):
    """Neither accepted nor told in writing what is missing: accepted by law from the day it came in (行政许可法 32)."""

    day: str  # from which the terms run
    terms: Terms
    dues: Dues
    answer_due: str


class CaseWithdrawn(CaseEvent, frozen=True, kw_only=True, tag="case_withdrawn"):
    cause: WithdrawCause
    note: str | None = None


class CaseDueMoved(CaseEvent, frozen=True, kw_only=True, tag="case_due_moved"):
    """A new calendar counts otherwise: mostly a year that was not known before."""

    dues: Dues


# ------------------------------------------------------------------ counting


def day_of(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def today(now: int, setup: Setup) -> str:
    """The hall day as it stands in events."""
    return hall_day(now, setup).isoformat()


def last_day(term: Term, started: str, stops: Sequence[Stop], setup: Setup) -> Deadline | None:
    """The last day of a term that began on ``started``, with these stops. ``None``: no term is known, or the clock stands."""
    deadline = add_days(day_of(started), term, setup)
    if deadline is None or term.value is None:
        return None
    left, begin, known = term.value, day_of(started), True
    for stop in stops:
        since = day_of(stop.since)
        if deadline.date < since:
            break
        if stop.until is None:
            return None
        used = working_days_between(begin, since, setup)
        left -= used.days if term.unit == "workday" else (since - begin).days
        begin, known = day_of(stop.until), known and used.known
        deadline = count_on(begin, left, term.unit, setup)
    return Deadline(deadline.date, known and deadline.known)


def dues_of(terms: Terms, started: str, stops: Sequence[Stop], extended: int, setup: Setup) -> Dues:
    """The last days of both terms. An extension lengthens the one of the law alone: the promise was not kept."""
    statutory = terms.statutory
    if statutory.value is not None:
        statutory = msgspec.structs.replace(statutory, value=statutory.value + extended)
    found = [last_day(term, started, stops, setup) for term in (statutory, terms.promised)]
    return Dues(
        statutory=found[0].date.isoformat() if found[0] else None,
        promised=found[1].date.isoformat() if found[1] else None,
        known=all(one.known for one in found if one is not None),
    )


def dues_now(case: Case, setup: Setup) -> Dues:
    """As the calendar of this set-up counts them."""
    assert case.started_day is not None, "the terms run only after acceptance"
    return dues_of(case.terms, case.started_day, case.stops, case.extended, setup)


# ------------------------------------------------------------------ watching


def watches(case: Case, setup: Setup) -> list[Watch]:
    """Every last day that somebody must keep as the case stands."""
    found: list[Watch] = []
    if case.state == "received" and case.answer_due is not None:
        found.append(Watch("answer", day_of(case.answer_due), day_of(case.received_day)))
    if case.state == "told" and case.told_day is not None:
        told = day_of(case.told_day)
        found.append(Watch("completion", told + setup.rules.notice_keep_days * _DAY, told))
    if case.state in RUNNING:
        found += _running(case)
    if case.state == "decided" and case.delivery_due is not None and case.decided is not None:
        found.append(Watch("delivery", day_of(case.delivery_due), hall_day(case.decided, setup)))
    if case.started_day is not None:
        since = day_of(case.started_day)
        for owed in case.unsettled:
            what: WatchKind = "later" if owed.kind == "later" else "promise"
            if case.state in RUNNING or (what == "promise" and not case.is_moot):
                found.append(Watch(what, day_of(owed.due), since, owed.material))
    return found


def _running(case: Case) -> list[Watch]:
    """The step that stops the clock, or else the terms."""
    if (stop := case.stop) is not None:
        return [Watch(stop.kind, day_of(stop.limit), day_of(stop.since))] if stop.limit is not None else []
    last = case.stops[-1].until if case.stops else case.started_day
    assert last is not None, "the terms run only after acceptance"
    since = day_of(last)
    dues: list[tuple[WatchKind, str | None]] = [("promised", case.dues.promised), ("statutory", case.dues.statutory)]
    return [Watch(what, day_of(due), since) for what, due in dues if due is not None]


def _warn_day(watch: Watch, setup: Setup) -> dt.date | None:
    """The day to warn on: never the day it began; a term of a day or two is warned of on its last day."""
    workdays = ANSWER_WARN_WORKDAYS if watch.what == "answer" else setup.rules.case_warn_workdays
    day = working_days_before(watch.due, workdays, setup)
    if day > watch.since:
        return day
    return watch.due if watch.due > watch.since else None


def attention(case: Case, setup: Setup) -> int | None:
    """The next instant at which time alone does something to this case."""
    instants: list[int] = []
    for watch in watches(case, setup):
        if watch.key in case.overdue:
            continue
        warn = _warn_day(watch, setup)
        if warn is not None and watch.key not in case.warned:
            instants.append(day_start(warn, setup))
        instants.append(day_start(watch.due + _DAY, setup))
    return min(instants, default=None)


def schedule(hall: Hall, case: Case) -> None:
    """Called after every change of a case."""
    hall.agenda.put(case.id, attention(case, hall.setup))


# ------------------------------------------------------------------ decide


def tick(hall: Hall, now: int) -> list[Event]:
    """Warnings, alarms and effects of the cases whose instant has come."""
    events: list[Event] = []
    for key in hall.agenda.due(now):
        events += _case_due(hall, hall.cases[CaseId(key)], now)
    return events


def _case_due(hall: Hall, case: Case, now: int) -> list[Event]:
    """What is over is not warned of any more; what ends the case comes last and alone."""
    events: list[Event] = []
    for watch in watches(case, hall.setup):
        if watch.key in case.overdue:
            continue
        if now >= day_start(watch.due + _DAY, hall.setup):
            effect = _effect(hall, case, watch)
            if effect is not None:
                return [*events, effect]
            events.append(
                CaseOverdue(case=case.id, what=watch.what, due=watch.due.isoformat(), material=watch.material)
            )
            if watch.what == "later" and hall.setup.rules.deferral_overdue == "withdraw":
                return [*events, CaseWithdrawn(case=case.id, cause="overdue_material")]
            continue
        warn = _warn_day(watch, hall.setup)
        if warn is not None and watch.key not in case.warned and now >= day_start(warn, hall.setup):
            left = working_days_between(hall_day(now, hall.setup), watch.due, hall.setup).days
            events.append(
                CaseWarned(
                    case=case.id, what=watch.what, due=watch.due.isoformat(), left=left, material=watch.material
                )
            )  # fmt: skip
    return events


def _effect(hall: Hall, case: Case, watch: Watch) -> Event | None:
    """What the law or the rule makes of a last day that nobody kept, beyond an alarm."""
    if watch.what == "completion":
        return CaseWithdrawn(case=case.id, cause="not_completed")
    if watch.what != "answer":
        return None
    service = hall.services.get(case.matter.service)
    terms = Terms(statutory=service.statutory, promised=service.promised) if service else Terms()
    return CaseDeemedAccepted(
        case=case.id, day=case.received_day, terms=terms, answer_due=watch.due.isoformat(),
        dues=dues_of(terms, case.received_day, (), 0, hall.setup),
    )  # fmt: skip


def moved(hall: Hall, new: Setup) -> list[Event]:
    """The cases whose last days a new calendar moves. Those whose clock stands are counted when it goes on."""
    events: list[Event] = []
    for case in hall.cases.values():
        if case.state in RUNNING and case.stop is None and case.started_day is not None:
            dues = dues_now(case, new)
            if dues != case.dues:
                events.append(CaseDueMoved(case=case.id, dues=dues))
    return events


# ------------------------------------------------------------------ evolve


def warned(hall: Hall, event: CaseWarned) -> None:
    case = hall.cases[event.case]
    case.warned = (*case.warned, Watch(event.what, day_of(event.due), day_of(event.due), event.material).key)


def overdue(hall: Hall, event: CaseOverdue) -> None:
    case = hall.cases[event.case]
    case.overdue = (*case.overdue, Watch(event.what, day_of(event.due), day_of(event.due), event.material).key)


def deemed_accepted(hall: Hall, event: CaseDeemedAccepted, at: int) -> None:
    case = hall.cases[event.case]
    move(case, "accepted", at)
    case.deemed, case.accepted, case.started_day = True, at, event.day
    case.terms, case.dues = event.terms, event.dues


def withdrawn(hall: Hall, event: CaseWithdrawn, at: int) -> None:
    close(hall, hall.cases[event.case], "withdrawn", at)


def due_moved(hall: Hall, event: CaseDueMoved) -> None:
    hall.cases[event.case].dues = event.dues


def forget_closed(hall: Hall, day: str) -> None:
    """At the day's turn: closed cases of some days ago leave the state, unless a promise is still to be verified."""
    before = (day_of(day) - hall.setup.rules.case_keep_days * _DAY).isoformat()
    for case in list(hall.cases.values()):
        if case.closed_day is not None and case.closed_day < before and not _still_watched(case):
            del hall.cases[case.id]
            hall.agenda.put(case.id, None)


def _still_watched(case: Case) -> bool:
    return not case.is_moot and any(owed.kind == "promised" for owed in case.unsettled)


assert set(get_args(ProcedureKind)) < set(get_args(WatchKind)), "each procedure has a limit that is watched"
