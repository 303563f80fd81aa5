"""Cases: an application from the moment its papers are taken to the result in the applicant's hands.

    (nothing) -> received -> accepted -> review -> decided -> ready -> closed   collected
        |          |  ^  \\      |  ^       |          |  \\        \\-> sent -> closed   delivered
        |        told +---+     |  +-------+ returned |   +-> closed   nothing to collect, collected at once
        +----------------------->  accepted at once   +----> sent
    received | told -> closed (rejected); any before the decision -> closed (withdrawn)

:data:`TRANSITIONS` is that picture as data; :func:`move` is the only place that changes a case's state. Open cases stay in
the state of the hall across days; closed ones leave it after ``rules.case_keep_days`` and live in the projections.
Dates are hall days as ISO texts, instants microseconds UTC. What is personal reaches the core as ciphertext.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NewType

import msgspec

from .catalogue import ClerkId, CounterId, Name, ProcedureKind, Service, ServiceId, Term, TicketId
from .context import Actor, Context
from .materials import Line
from .refusals import Conflict, NotAllowed, NotFound
from .visits import Command, Event

if TYPE_CHECKING:
    from .state import Hall

CaseId = NewType("CaseId", str)

CaseState = Literal["received", "told", "accepted", "review", "returned", "decided", "ready", "sent", "closed"]
StopKind = ProcedureKind | Literal["correction"]
Delivery = Literal["window", "courier"]
Decision = Literal["granted", "refused"]
Ending = Literal["collected", "delivered", "no_paper", "rejected", "withdrawn"]
WithdrawCause = Literal["applicant", "overdue_material", "not_completed"]
WatchKind = Literal[
    "answer", "completion", "promised", "statutory", "delivery", "later", "promise", "correction", "site_visit",
    "review", "hearing", "test",
]  # fmt: skip

TRANSITIONS: dict[CaseState, frozenset[CaseState]] = {
    "received": frozenset({"told", "accepted", "closed"}),
    "told": frozenset({"told", "accepted", "closed"}),
    "accepted": frozenset({"accepted", "review", "returned", "decided", "closed"}),
    "review": frozenset({"review", "accepted", "returned", "decided", "closed"}),
    "returned": frozenset({"accepted", "closed"}),
    "decided": frozenset({"ready", "sent", "closed"}),
    "ready": frozenset({"sent", "closed"}),
    "sent": frozenset({"closed"}),
    "closed": frozenset(),
}
RUNNING: frozenset[CaseState] = frozenset({"accepted", "review", "returned"})  # the terms of law and promise run
UNDECIDED: frozenset[CaseState] = RUNNING | {"received", "told"}


class Applicant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who applies; every text is sealed. ``agent``: who came for the applicant."""

    kind: Literal["person", "enterprise"] = "person"
    name: str | None = None
    document: str | None = None  # identity document or credit code
    phone: str | None = None
    address: str | None = None  # where the result is sent
    agent: str | None = None


class Matter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What it is about and how it came in: fixed when the papers are taken.

    ``person``: a keyed hash that tells the same applicant again, made outside the core. ``first_contact`` and
    ``first_clerk``: who received the visitor first (首问负责); shown at every later stage.
    """

    service: ServiceId
    service_name: Name
    version: str
    department: str
    package: str | None = None
    ticket: TicketId | None = None
    number: str | None = None  # of the ticket
    first_contact: CounterId | None = None
    first_clerk: ClerkId | None = None
    lang: str = "zh"
    applicant: Applicant = Applicant()
    person: str | None = None


class Terms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The terms of the catalogue the case was accepted under; units are kept."""

    statutory: Term = Term()
    promised: Term = Term()


class Dues(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last days of the terms. ``None``: no term is known. ``known``: the calendar covers every year that was counted."""

    statutory: str | None = None
    promised: str | None = None
    known: bool = True


class Stop(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The clock stands from ``since`` to ``until`` (days): these days are not counted (行政许可法 45)."""

    kind: StopKind
    since: str
    until: str | None = None
    limit: str | None = None  # the last day of the step itself
    known: bool = True
    materials: tuple[str, ...] = ()
    note: str | None = None  # sealed


class Owed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A paper that follows (容缺), or a promise that is to be verified (告知承诺)."""

    material: str
    name: Name
    kind: Literal["later", "promised"]
    due: str
    known: bool = True
    settled: int | None = None
    how: Literal["brought", "kept", "broken"] | None = None


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """The result on its way. ``number``: of the shipment."""

    company: str
    number: str
    sent: int


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the case's story, for the applicant's phone and the desk: the event's name, when, and by whom."""

    at: int
    what: str
    counter: CounterId | None = None
    clerk: ClerkId | None = None


class Case(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One application. ``stop`` stands beside the state: the clock may stand in any running one."""

    id: CaseId
    matter: Matter
    state: CaseState
    since: int  # of this state
    received: int
    received_day: str
    items: tuple[Line, ...] = ()
    answer_due: str | None = None
    answer_known: bool = True
    told_day: str | None = None
    accepted: int | None = None
    started_day: str | None = None  # the terms run from here
    counter: CounterId | None = None  # that accepted it
    clerk: ClerkId | None = None
    deemed: bool = False
    terms: Terms = Terms()
    dues: Dues = Dues()
    extended: int = 0  # days added to the statutory term
    stops: tuple[Stop, ...] = ()
    owed: tuple[Owed, ...] = ()
    delivery: Delivery = "window"
    officer: ClerkId | None = None
    return_reason: str | None = None  # sealed
    decision: Decision | None = None
    decided: int | None = None
    decision_reason: str | None = None  # sealed
    at_once: bool = False
    in_time: bool | None = None
    delivery_due: str | None = None
    delivery_known: bool = True
    parcel: Parcel | None = None
    ending: Ending | None = None
    closed_day: str | None = None
    warned: tuple[str, ...] = ()
    overdue: tuple[str, ...] = ()
    visits: tuple[TicketId, ...] = ()  # in which papers were taken, it was accepted, or its result is asked for
    steps: list[Step] = []

    @property
    def is_open(self) -> bool:
        return self.state != "closed"

    @property
    def is_moot(self) -> bool:
        """It came to nothing, so no promise of the applicant needs to be verified."""
        return self.ending in ("withdrawn", "rejected") or self.decision == "refused"

    @property
    def stop(self) -> Stop | None:
        """The stop that holds now."""
        return self.stops[-1] if self.stops and self.stops[-1].until is None else None

    @property
    def next_due(self) -> str | None:
        """The last day that comes first: while the clock stands the limit of the step, else of promise and law."""
        days = (self.stop.limit,) if self.stop is not None else (self.dues.promised, self.dues.statutory)
        return min((day for day in days if day is not None), default=None)

    @property
    def unsettled(self) -> list[Owed]:
        return [owed for owed in self.owed if owed.settled is None]


class CaseCommand(Command, frozen=True, kw_only=True):
    """Base of what can be asked of cases."""


class CaseEvent(Event, frozen=True, kw_only=True):
    """Base of what happens to a case. ``counter``: at which window, if at one. ``clerk``: who did it; none: time did."""

    case: CaseId
    counter: CounterId | None = None
    clerk: ClerkId | None = None


# ------------------------------------------------------------------ used by the files of the stages


def find(hall: Hall, case: CaseId, *states: CaseState) -> Case:
    """The case, in one of these states. Raises NotFound ``unknown-case``, Conflict ``case-state``."""
    found = hall.cases.get(case)
    if found is None:
        raise NotFound("unknown-case", case=case)
    if states and found.state not in states:
        raise Conflict("case-state", case=case, state=f"case-{found.state}")
    return found


def service_of(hall: Hall, case: Case) -> Service | None:
    """The catalogue's entry of today; ``None`` when the service has gone since."""
    return hall.services.get(case.matter.service)


def works_for(hall: Hall, actor: Actor, case: Case) -> bool:
    """Does this person act for the department that has the case? Managers act for each."""
    known = hall.clerks.get(ClerkId(actor.id))
    return actor.manages or (known is not None and case.matter.department in known.departments)


def officer(hall: Hall, case: Case, context: Context) -> ClerkId:
    """Who acts for the department. Raises NotAllowed ``not-your-department``."""
    if not works_for(hall, context.actor, case):
        raise NotAllowed("not-your-department", case=case.id)
    return ClerkId(context.actor.id)


def must_run(case: Case) -> None:
    """Raises Conflict ``case-stopped``."""
    if case.stop is not None:
        raise Conflict("case-stopped", case=case.id)


def move(case: Case, to: CaseState, at: int) -> None:
    """Change the state. The only place that does."""
    assert to in TRANSITIONS[case.state], f"{case.id} cannot go from {case.state} to {to}: decide() checks this"
    case.state, case.since = to, at


def link(hall: Hall, ticket_id: TicketId, case: CaseId) -> None:
    """The visit knows its cases, and the case its visits."""
    ticket, found = hall.tickets[ticket_id], hall.cases[case]
    if case not in ticket.cases:
        ticket.cases = (*ticket.cases, case)
        found.visits = (*found.visits, ticket_id)


def close(hall: Hall, case: Case, ending: Ending, at: int) -> None:
    assert hall.day is not None, "nothing happens before the first day"
    move(case, "closed", at)
    case.ending, case.closed_day = ending, hall.day


def backlog(hall: Hall, department: str) -> list[Case]:
    """The back office of a department: what waits for it or is in hand, the nearest last day first."""
    found = [case for case in hall.cases.values() if case.matter.department == department and case.state in RUNNING]
    return sorted(found, key=lambda case: (case.next_due or "9999", case.id))
