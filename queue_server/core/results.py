"""The result: at the issue window (综合窗口出件), collected with a ticket or a code, or sent by courier (V12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from . import counters, visit_rules
from .cases import CaseCommand, CaseEvent, CaseId, Parcel, close, find, move
from .catalogue import ClerkId, CounterId, TicketId
from .context import Context
from .owed import acting
from .refusals import Conflict, Invalid
from .visits import Event

if TYPE_CHECKING:
    from .state import Hall

TEXT_MAX = 64  # of a courier's name, and of a shipment's number


class ReadyResult(CaseCommand, frozen=True, kw_only=True):
    """The paper has come to the issue window. ``counter``: which window, when one takes it in."""

    case: CaseId
    counter: CounterId | None = None


class HandOverResult(CaseCommand, frozen=True, kw_only=True):
    """The paper is in the applicant's hands. ``by``: the ticket at the counter, or the code of the receipt."""

    counter: CounterId
    case: CaseId
    by: Literal["ticket", "code"] = "code"
    ticket: TicketId | None = None


class SendResult(CaseCommand, frozen=True, kw_only=True):
    """The paper goes by courier, to the address that was given."""

    case: CaseId
    company: str
    number: str
    counter: CounterId | None = None


class ConfirmDelivery(CaseCommand, frozen=True, kw_only=True):
    """The courier has delivered it."""

    case: CaseId


class ResultReady(CaseEvent, frozen=True, kw_only=True, tag="result_ready"):
    pass


class ResultCollected(CaseEvent, frozen=True, kw_only=True, tag="result_collected"):
    by: Literal["ticket", "code"]
    ticket: TicketId | None = None


class ResultSent(CaseEvent, frozen=True, kw_only=True, tag="result_sent"):
    company: str
    number: str


class ResultDelivered(CaseEvent, frozen=True, kw_only=True, tag="result_delivered"):
    pass


# ------------------------------------------------------------------ decide


def ready(hall: Hall, command: ReadyResult, context: Context) -> list[Event]:
    case = find(hall, command.case, "decided")
    return [
        ResultReady(case=case.id, counter=command.counter, clerk=acting(hall, case.id, command.counter, context))
    ]


def hand_over(hall: Hall, command: HandOverResult, context: Context) -> list[Event]:
    counter = counters.staffed(hall, command.counter, context)
    case = find(hall, command.case, "decided", "ready")
    ticket = command.ticket
    if ticket is not None:
        visit_rules.find(hall, ticket)
    if command.by == "ticket":
        ticket = visit_rules.own_ticket(hall, counter, command.ticket, "serving").id
    return [
        ResultCollected(case=case.id, counter=counter.id, clerk=counter.clerk, by=command.by, ticket=ticket)
    ]


def send(hall: Hall, command: SendResult, context: Context) -> list[Event]:
    """Raises Conflict ``no-address`` when the applicant did not ask for it, Invalid ``bad-shipment``."""
    case = find(hall, command.case, "decided", "ready")
    if case.delivery != "courier":
        raise Conflict("no-address", case=case.id)
    company, number = command.company.strip(), command.number.strip()
    if not all(0 < len(text) <= TEXT_MAX and text.isprintable() for text in (company, number)):
        raise Invalid("bad-shipment", length=TEXT_MAX)
    clerk = acting(hall, case.id, command.counter, context)
    return [ResultSent(case=case.id, counter=command.counter, clerk=clerk, company=company, number=number)]


def confirm(hall: Hall, command: ConfirmDelivery, context: Context) -> list[Event]:
    """By whoever reads the courier's word: any clerk, or a program."""
    case = find(hall, command.case, "sent")
    return [ResultDelivered(case=case.id, clerk=ClerkId(context.actor.id))]


# ------------------------------------------------------------------ evolve


def is_ready(hall: Hall, event: ResultReady, at: int) -> None:
    move(hall.cases[event.case], "ready", at)


def collected(hall: Hall, event: ResultCollected, at: int) -> None:
    close(hall, hall.cases[event.case], "collected", at)


def sent(hall: Hall, event: ResultSent, at: int) -> None:
    case = hall.cases[event.case]
    move(case, "sent", at)
    case.parcel = Parcel(company=event.company, number=event.number, sent=at)


def delivered(hall: Hall, event: ResultDelivered, at: int) -> None:
    close(hall, hall.cases[event.case], "delivered", at)
