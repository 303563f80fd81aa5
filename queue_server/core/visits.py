"""Tickets: what a visitor holds from arrival to departure, and every step it may take.

    issued -> waiting -> called -> serving -> done
                 ^ ^        | |       |
                 | |        | |       +-> waiting   transferred (arrival kept)
                 | +--------+ |       +-> held      papers back, papers kept, waiting for a step
                 | put back,  +-> no_show -> waiting   reinstated
                 | transferred    +-> held, cancelled
                 +-- held -> waiting | serving | cancelled
    at the day's turn whatever is open becomes expired

:data:`TRANSITIONS` is that picture as data; :func:`move` is the only place that changes a ticket's state.
Instants are integer microseconds UTC.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from .catalogue import ClerkId, CounterId, Name, QueueId, ServiceId, TicketId, WindowKind
from .materials import Mark

State = Literal["waiting", "called", "serving", "held", "done", "no_show", "cancelled", "expired"]
HoldKind = Literal["papers_back", "papers_kept", "step"]
# Why somebody could not be served: papers, another place answers for it, the conditions of the law, a system that was down.
UnservedCause = Literal["papers", "elsewhere", "conditions", "system", "left", "other"]

TRANSITIONS: dict[State, frozenset[State]] = {
    "waiting": frozenset({"called", "cancelled", "expired"}),
    "called": frozenset({"serving", "waiting", "held", "no_show", "cancelled", "expired"}),
    "serving": frozenset({"done", "waiting", "held", "expired"}),
    "held": frozenset({"waiting", "serving", "cancelled", "expired"}),
    "no_show": frozenset({"waiting"}),
    "done": frozenset(),
    "cancelled": frozenset(),
    "expired": frozenset(),
}
OPEN: frozenset[State] = frozenset({"waiting", "called", "serving", "held"})
SECOND = 1_000_000
MINUTE = 60 * SECOND


class Wait(msgspec.Struct, frozen=True):
    """A range for the time to call, in seconds: 80 % of tickets shall fall between low and high."""

    low: int
    likely: int
    high: int


class Why(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why this ticket was called: the rule that applied and the figures its sentence needs."""

    rule: Literal["longest", "head_start", "returned", "wanted", "helping", "overdue", "chosen"]
    waited_seconds: int = 0
    minutes: int = 0
    visitor_class: str | None = None
    queue: QueueId | None = None
    reason: str | None = None  # sealed


class Done(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A service that was dealt with at the counter."""

    service: ServiceId | None
    quantity: int = 1
    persons: int = 1


class Leg(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One stop of the visit: from joining a queue to leaving the counter."""

    queue: QueueId
    service: ServiceId | None
    since: int
    counter: CounterId | None = None
    clerk: ClerkId | None = None
    called: int | None = None
    calls: int = 0
    started: int | None = None
    ended: int | None = None
    outcome: str | None = None
    note: str | None = None  # sealed
    done: tuple[Done, ...] = ()


class Ticket(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One visitor's place. ``rank`` orders the waiting: arrival minus head start, lowest first."""

    id: TicketId
    number: str
    queue: QueueId
    service: ServiceId | None
    service_name: Name | None
    version: str  # of the catalogue it was taken under
    package: str | None
    services: tuple[ServiceId, ...]
    kind: WindowKind | None
    channel: str
    lang: str
    needs: tuple[str, ...]
    arrival: int
    head_start: int
    rank: int
    order: int  # of joining the queue; breaks ties of rank
    promised: Wait | None = None
    ahead_promised: int = 0
    state: State = "waiting"
    counter: CounterId | None = None  # where it is called or served
    wanted: CounterId | None = None  # the one counter it was transferred to
    call_id: str | None = None
    call_count: int = 0
    call_at: int = 0
    why: Why | None = None
    first_called: int | None = None
    started: int | None = None
    hold: HoldKind | None = None
    changed: int = 0
    ended: int | None = None
    reason: str | None = None
    returned: bool = False
    by_choice: bool = False  # ever held, transferred, reinstated or chosen: outside the fairness bound
    first_contact: CounterId | None = None
    first_clerk: ClerkId | None = None
    missed_at: int = 0  # calls of its queue so far when it was missed
    legs: list[Leg] = []
    finished: tuple[ServiceId, ...] = ()  # services of the visit that are done
    marks: dict[str, Mark] = {}  # by material, for all services of the visit
    notices: tuple[str, ...] = ()  # one-time notices given in this visit
    cases: tuple[str, ...] = ()  # cases opened, accepted or to be collected in this visit

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def move(ticket: Ticket, to: State, at: int) -> None:
    """Change the state. The only place that does."""
    assert to in TRANSITIONS[ticket.state], (
        f"{ticket.number} cannot go from {ticket.state} to {to}: decide() checks this"
    )
    ticket.state = to
    ticket.changed = at
    if to in ("done", "cancelled", "expired", "no_show"):
        ticket.ended = at
    elif ticket.ended is not None:
        ticket.ended = None


# ------------------------------------------------------------------ commands


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Base of everything that can be asked of a hall."""


class TakeTicket(Command, frozen=True, kw_only=True):
    """``case``: the visitor comes for the result of this case, with ``kind`` issue."""

    ticket: TicketId
    service: ServiceId | None = None
    package: str | None = None
    kind: WindowKind | None = None
    needs: tuple[str, ...] = ()
    channel: str = "kiosk"
    lang: str = "zh"
    case: str | None = None


class CancelTicket(Command, frozen=True, kw_only=True):
    ticket: TicketId


class ReinstateTicket(Command, frozen=True, kw_only=True):
    ticket: TicketId


# Commands of a counter. ``ticket`` names the counter's own ticket when given, and is checked.


class CallNext(Command, frozen=True, kw_only=True):
    counter: CounterId


class CallChosen(Command, frozen=True, kw_only=True):
    counter: CounterId
    ticket: TicketId
    reason: str  # sealed


class Recall(Command, frozen=True, kw_only=True):
    counter: CounterId
    ticket: TicketId | None = None


class StartService(Command, frozen=True, kw_only=True):
    counter: CounterId
    ticket: TicketId | None = None


class FinishService(Command, frozen=True, kw_only=True):
    counter: CounterId
    ticket: TicketId | None = None
    done: tuple[Done, ...] | None = None
    outcome: Literal["done", "unserved"] = "done"
    note: str | None = None
    cause: UnservedCause | None = None


class MarkNoShow(Command, frozen=True, kw_only=True):
    counter: CounterId
    ticket: TicketId | None = None


class PutBack(Command, frozen=True, kw_only=True):
    counter: CounterId
    ticket: TicketId | None = None


class HoldTicket(Command, frozen=True, kw_only=True):
    counter: CounterId
    kind: HoldKind
    ticket: TicketId | None = None
    note: str | None = None


class ResumeTicket(Command, frozen=True, kw_only=True):
    counter: CounterId
    ticket: TicketId
    to: Literal["waiting", "serving"] = "waiting"


class TransferTicket(Command, frozen=True, kw_only=True):
    counter: CounterId
    ticket: TicketId | None = None
    service: ServiceId | None = None
    kind: WindowKind | None = None
    to_counter: CounterId | None = None
    note: str | None = None
    rest: bool = False  # to where the next service of the visit that is not done is served


# ------------------------------------------------------------------ events


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind_", omit_defaults=True):
    """Base of everything that happened. ``kind_`` in JSON is the event's name in the log."""


class TicketEvent(Event, frozen=True, kw_only=True):
    ticket: TicketId


class TicketIssued(TicketEvent, frozen=True, kw_only=True, tag="ticket_issued"):
    number: str
    queue: QueueId
    service: ServiceId | None = None
    service_name: Name | None = None
    version: str = ""
    package: str | None = None
    services: tuple[ServiceId, ...] = ()
    kind: WindowKind | None = None
    channel: str = "kiosk"
    lang: str = "zh"
    needs: tuple[str, ...] = ()
    head_start: int = 0  # microseconds
    ahead: int = 0
    promised: Wait | None = None
    case: str | None = None  # whose result the visitor comes for


class TicketCalled(TicketEvent, frozen=True, kw_only=True, tag="ticket_called"):
    call: str
    counter: CounterId
    clerk: ClerkId
    why: Why


class TicketRecalled(TicketEvent, frozen=True, kw_only=True, tag="ticket_recalled"):
    call: str
    counter: CounterId
    count: int


class ServiceStarted(TicketEvent, frozen=True, kw_only=True, tag="service_started"):
    counter: CounterId
    clerk: ClerkId


class ServiceFinished(TicketEvent, frozen=True, kw_only=True, tag="service_finished"):
    counter: CounterId
    done: tuple[Done, ...] = ()
    outcome: Literal["done", "unserved"] = "done"
    note: str | None = None
    cause: UnservedCause | None = None
    untold: tuple[ServiceId, ...] = ()  # papers were missing and no notice was given in writing


class TicketExpired(TicketEvent, frozen=True, kw_only=True, tag="ticket_expired"):
    """Left unserved before the day's turn: the hall has closed and its rule ends what still waits."""

    reason: Literal["closing"]


class TicketMissed(TicketEvent, frozen=True, kw_only=True, tag="ticket_missed"):
    counter: CounterId
    early: bool = False  # a manager ended the waiting before the last call


class TicketPutBack(TicketEvent, frozen=True, kw_only=True, tag="ticket_put_back"):
    counter: CounterId


class TicketHeld(TicketEvent, frozen=True, kw_only=True, tag="ticket_held"):
    counter: CounterId
    kind: HoldKind
    note: str | None = None


class TicketResumed(TicketEvent, frozen=True, kw_only=True, tag="ticket_resumed"):
    counter: CounterId
    to: Literal["waiting", "serving"]
    clerk: ClerkId | None = None


class TicketTransferred(TicketEvent, frozen=True, kw_only=True, tag="ticket_transferred"):
    counter: CounterId
    queue: QueueId
    service: ServiceId | None = None
    service_name: Name | None = None
    kind: WindowKind | None = None
    to_counter: CounterId | None = None
    note: str | None = None


class TicketCancelled(TicketEvent, frozen=True, kw_only=True, tag="ticket_cancelled"):
    by: Literal["visitor", "staff"]


class TicketReinstated(TicketEvent, frozen=True, kw_only=True, tag="ticket_reinstated"):
    rank: int
    in_time: bool
