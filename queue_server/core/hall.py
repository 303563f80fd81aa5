"""The hall: one state, two functions. ``decide`` turns a command into events, ``evolve`` turns an event into state.

``decide`` never changes anything; ``evolve`` never refuses. What a hall knows is in :mod:`.state`.
"""

from __future__ import annotations

from typing import assert_never

from . import case_hall, catalogue_changes, day, one_time, skills, visit_rules, visit_steps
from . import checklist as k
from . import counters as c
from . import emergency as e
from . import setup as s
from . import visits as v
from .cases import CaseCommand, CaseEvent
from .context import Context
from .state import CALLS_SHOWN, Hall, Ring, empty

__all__ = ["CALLS_SHOWN", "AnyCommand", "AnyEvent", "Hall", "Ring", "decide", "due", "empty", "evolve"]

AnyCommand = (
    v.TakeTicket | v.CancelTicket | v.ReinstateTicket | v.CallNext | v.CallChosen | v.Recall | v.StartService
    | v.FinishService | v.MarkNoShow | v.PutBack | v.HoldTicket | v.ResumeTicket | v.TransferTicket
    | k.MarkMaterials | k.AssignServices | k.RecordDone | one_time.GiveNotice | case_hall.AnyCaseCommand
    | c.OpenCounter | c.TakeOverCounter | c.PauseCounter | c.CloseCounter | c.ChangeCounter | c.GiveFree
    | skills.ChangeClerk
    | e.CallEmergency | e.AnswerEmergency | e.EndEmergency
    | s.ImportSetup | s.PostNotice | s.WithdrawNotice | s.Tick | s.RecordDelivery
    | catalogue_changes.AnyCatalogueCommand
)  # fmt: skip
AnyEvent = (
    v.TicketIssued | v.TicketCalled | v.TicketRecalled | v.ServiceStarted | v.ServiceFinished | v.TicketMissed
    | v.TicketPutBack | v.TicketHeld | v.TicketResumed | v.TicketTransferred | v.TicketCancelled | v.TicketReinstated
    | v.TicketExpired | k.MaterialsMarked | k.ServicesAssigned | k.ServiceDone | one_time.NoticeGiven
    | case_hall.AnyCaseEvent
    | c.ClerkRecorded | c.CounterOpened | c.CounterTakenOver | c.CounterPaused | c.CounterResumed | c.CounterClosed
    | c.CounterChanged | c.FreeGiven | c.LeaseRenewed | c.LeaseLapsed | skills.ClerkChanged
    | e.EmergencyCalled | e.EmergencyAnswered | e.EmergencyEnded
    | s.SetupImported | s.DayOpened | s.DayClosed | s.HallClosed | s.NoticePosted | s.NoticeWithdrawn | s.CallDelivered
    | s.ClockJumped | catalogue_changes.AnyCatalogueEvent
)  # fmt: skip
WORKING = (v.TicketEvent, CaseEvent, one_time.NoticeGiven, c.FreeGiven)  # at a counter: signs of life that renew its lease


def decide(hall: Hall, command: AnyCommand, context: Context) -> list[v.Event]:
    """The events that this command causes now; an empty list when nothing changes.

    Raises :class:`~queue_server.core.refusals.Refused`. Never changes the hall.
    """
    match command:
        case v.TakeTicket():
            return visit_rules.take(hall, command, context)
        case v.CancelTicket():
            return visit_rules.cancel(hall, command, context)
        case v.ReinstateTicket():
            return visit_rules.reinstate(hall, command, context)
        case v.CallNext(counter=counter):
            return visit_rules.call_next(hall, c.staffed(hall, counter, context), context)
        case v.CallChosen(counter=counter):
            return visit_rules.call_chosen(hall, c.staffed(hall, counter, context), command, context)
        case v.Recall(counter=counter):
            return visit_rules.recall(hall, c.staffed(hall, counter, context), command, context)
        case v.StartService(counter=counter):
            return visit_rules.start(hall, c.staffed(hall, counter, context), command)
        case v.FinishService(counter=counter):
            return visit_rules.finish(hall, c.staffed(hall, counter, context), command)
        case v.MarkNoShow(counter=counter):
            return visit_rules.no_show(hall, c.staffed(hall, counter, context), command, context)
        case v.PutBack(counter=counter):
            return visit_rules.put_back(hall, c.staffed(hall, counter, context), command)
        case v.HoldTicket(counter=counter):
            return visit_rules.hold(hall, c.staffed(hall, counter, context), command)
        case v.ResumeTicket(counter=counter):
            return visit_rules.resume(hall, c.staffed(hall, counter, context), command)
        case v.TransferTicket(counter=counter):
            return visit_rules.transfer(hall, c.staffed(hall, counter, context), command)
        case c.OpenCounter():
            return c.open_(hall, command, context)
        case c.TakeOverCounter():
            return c.take_over(hall, command, context)
        case c.PauseCounter():
            return c.pause(hall, command, context)
        case c.CloseCounter():
            return c.close(hall, command, context)
        case c.ChangeCounter():
            return c.change(hall, command, context)
        case c.GiveFree():
            return c.give_free(hall, command, context)
        case skills.ChangeClerk():
            return skills.change(hall, command, context)
        case k.MarkMaterials(counter=counter):
            return k.mark(hall, c.staffed(hall, counter, context), command)
        case k.AssignServices(counter=counter):
            return k.assign(hall, c.staffed(hall, counter, context), command)
        case k.RecordDone(counter=counter):
            return k.record_done(hall, c.staffed(hall, counter, context), command)
        case one_time.GiveNotice():
            return one_time.give(hall, command, context)
        case CaseCommand():
            return case_hall.decide(hall, command, context)
        case e.CallEmergency():
            return e.call(hall, command, context)
        case e.AnswerEmergency():
            return e.answer(hall, command, context)
        case e.EndEmergency():
            return e.end(hall, command, context)
        case s.ImportSetup():
            return day.import_setup(hall, command, context)
        case catalogue_changes.ChangeService():
            return catalogue_changes.change_service(hall, command, context)
        case catalogue_changes.RemoveService():
            return catalogue_changes.remove_service(hall, command, context)
        case catalogue_changes.ChangePackage():
            return catalogue_changes.change_package(hall, command, context)
        case catalogue_changes.RemovePackage():
            return catalogue_changes.remove_package(hall, command, context)
        case s.PostNotice():
            return day.post_notice(hall, command, context)
        case s.WithdrawNotice():
            return day.withdraw_notice(hall, command)
        case s.Tick():
            return day.tick(hall, command, context)
        case s.RecordDelivery():
            return day.record_delivery(command)
    assert_never(command)


def evolve(hall: Hall, event: AnyEvent, at: int) -> None:
    """Take the event into the state. ``at`` is the instant of the event, never before ``hall.at``."""
    hall.seq += 1
    hall.at = at
    match event:
        case v.TicketIssued():
            visit_steps.issued(hall, event, at)
        case v.TicketCalled():
            visit_steps.called(hall, event, at)
        case v.TicketRecalled():
            visit_steps.recalled(hall, event, at)
        case v.ServiceStarted():
            visit_steps.started(hall, event, at)
        case v.ServiceFinished():
            visit_steps.finished(hall, event, at)
        case v.TicketMissed():
            visit_steps.missed(hall, event, at)
        case v.TicketPutBack():
            visit_steps.put_back_(hall, event, at)
        case v.TicketHeld():
            visit_steps.held(hall, event, at)
        case v.TicketResumed():
            visit_steps.resumed(hall, event, at)
        case v.TicketTransferred():
            visit_steps.transferred(hall, event, at)
        case v.TicketCancelled():
            visit_steps.cancelled(hall, event, at)
        case v.TicketReinstated():
            visit_steps.reinstated(hall, event, at)
        case v.TicketExpired():
            visit_steps.expired(hall, event, at)
        case k.MaterialsMarked():
            k.materials_marked(hall, event)
        case k.ServicesAssigned():
            k.services_assigned(hall, event)
        case k.ServiceDone():
            k.service_done(hall, event)
        case one_time.NoticeGiven():
            one_time.given(hall, event, at)
        case CaseEvent():
            case_hall.evolve(hall, event, at)
        case e.EmergencyCalled():
            e.called(hall, event, at)
        case e.EmergencyAnswered():
            e.answered(hall, event)
        case e.EmergencyEnded():
            e.ended(hall, event, at)
        case c.ClerkRecorded():
            c.recorded(hall, event, at)
        case skills.ClerkChanged():
            skills.changed(hall, event)
        case c.CounterOpened():
            c.opened(hall, event, at)
        case c.CounterTakenOver():
            c.taken_over(hall, event, at)
        case c.CounterPaused():
            c.paused(hall, event, at)
        case c.CounterResumed():
            c.resumed(hall, event, at)
        case c.CounterClosed():
            c.closed(hall, event, at)
        case c.CounterChanged():
            c.changed(hall, event, at)
        case c.FreeGiven():
            c.free_given(hall, event)
        case c.LeaseRenewed():
            c.renew(hall, hall.counters[event.counter], at)
        case c.LeaseLapsed():
            c.lapsed(hall, event, at)
        case s.SetupImported():
            day.setup_imported(hall, event, at)
        case catalogue_changes.CatalogueEvent():
            catalogue_changes.evolve(hall, event)
        case s.DayOpened():
            day.day_opened(hall, event)
        case s.DayClosed():
            day.day_closed(hall, event, at)
        case s.HallClosed():
            hall.closed_day = event.day
        case s.NoticePosted():
            day.notice_posted(hall, event, at)
        case s.NoticeWithdrawn():
            day.notice_withdrawn(hall, event)
        case s.CallDelivered():
            pass
        case s.ClockJumped():
            hall.jumped = event
        case _:
            assert_never(event)
    if isinstance(event, WORKING) and (counter := getattr(event, "counter", None)) is not None:
        c.renew(hall, hall.counters[counter], at)


def due(hall: Hall) -> int:
    """The next instant at which a Tick has something to do."""
    return day.due(hall)
