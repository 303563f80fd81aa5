"""All of cases in one place: which command is decided where, and what each event does. Part of :mod:`.hall`."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from . import back_office as b
from . import case_stops as p
from . import case_time as t
from . import intake as i
from . import owed as o
from . import results as r
from .cases import Step
from .context import Context
from .visits import Event

if TYPE_CHECKING:
    from .state import Hall

AnyCaseCommand = (
    i.ReceiveCase | i.AcceptCase | i.RejectCase | b.TakeCase | b.ReturnCase | b.ForwardCase | b.DecideCase
    | p.StopCase | p.ResumeCase | p.ExtendCase | o.SettleMaterial | o.WithdrawCase
    | r.ReadyResult | r.HandOverResult | r.SendResult | r.ConfirmDelivery
)  # fmt: skip
AnyCaseEvent = (
    i.CaseReceived | i.CaseAccepted | i.CaseRejected | b.CaseTaken | b.CaseReturned | b.CaseForwarded | b.CaseDecided
    | p.CaseStopped | p.CaseResumed | p.CaseExtended | o.MaterialSettled
    | r.ResultReady | r.ResultCollected | r.ResultSent | r.ResultDelivered
    | t.CaseWarned | t.CaseOverdue | t.CaseDeemedAccepted | t.CaseWithdrawn | t.CaseDueMoved
)  # fmt: skip


def decide(hall: Hall, command: AnyCaseCommand, context: Context) -> list[Event]:
    match command:
        case i.ReceiveCase():
            return i.receive(hall, command, context)
        case i.AcceptCase():
            return i.accept(hall, command, context)
        case i.RejectCase():
            return i.reject(hall, command, context)
        case b.TakeCase():
            return b.take(hall, command, context)
        case b.ReturnCase():
            return b.return_(hall, command, context)
        case b.ForwardCase():
            return b.forward(hall, command, context)
        case b.DecideCase():
            return b.decide(hall, command, context)
        case p.StopCase():
            return p.stop(hall, command, context)
        case p.ResumeCase():
            return p.resume(hall, command, context)
        case p.ExtendCase():
            return p.extend(hall, command, context)
        case o.SettleMaterial():
            return o.settle(hall, command, context)
        case o.WithdrawCase():
            return o.withdraw(hall, command, context)
        case r.ReadyResult():
            return r.ready(hall, command, context)
        case r.HandOverResult():
            return r.hand_over(hall, command, context)
        case r.SendResult():
            return r.send(hall, command, context)
        case r.ConfirmDelivery():
            return r.confirm(hall, command, context)
    assert_never(command)


def evolve(hall: Hall, event: AnyCaseEvent, at: int) -> None:
    _step(hall, event, at)
    case = hall.cases[event.case]
    kind = type(event).__struct_config__.tag
    assert isinstance(kind, str), "every event has a tag"
    case.steps.append(Step(at=at, what=kind, counter=event.counter, clerk=event.clerk))
    t.schedule(hall, case)


def _step(hall: Hall, event: AnyCaseEvent, at: int) -> None:
    match event:
        case i.CaseReceived():
            i.received(hall, event, at)
        case i.CaseAccepted():
            i.accepted(hall, event, at)
        case i.CaseRejected():
            i.rejected(hall, event, at)
        case b.CaseTaken():
            b.taken(hall, event, at)
        case b.CaseReturned():
            b.returned(hall, event, at)
        case b.CaseForwarded():
            b.forwarded(hall, event, at)
        case b.CaseDecided():
            b.decided(hall, event, at)
        case p.CaseStopped():
            p.stopped(hall, event)
        case p.CaseResumed():
            p.resumed(hall, event)
        case p.CaseExtended():
            p.extended(hall, event)
        case o.MaterialSettled():
            o.settled(hall, event, at)
        case r.ResultReady():
            r.is_ready(hall, event, at)
        case r.ResultCollected():
            r.collected(hall, event, at)
        case r.ResultSent():
            r.sent(hall, event, at)
        case r.ResultDelivered():
            r.delivered(hall, event, at)
        case t.CaseWarned():
            t.warned(hall, event)
        case t.CaseOverdue():
            t.overdue(hall, event)
        case t.CaseDeemedAccepted():
            t.deemed_accepted(hall, event, at)
        case t.CaseWithdrawn():
            t.withdrawn(hall, event, at)
        case t.CaseDueMoved():
            t.due_moved(hall, event)
        case _:
            assert_never(event)
