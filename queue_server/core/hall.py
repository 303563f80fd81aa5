"""The hall: one state, two functions. ``decide`` turns a command into events, ``evolve`` turns an event into state.

``decide`` never changes anything; ``evolve`` never refuses. Everything a hall knows is in :class:`Hall`; what can be
worked out from it (the order of the queues, look-up tables) is rebuilt by :meth:`Hall.index` and never stored.
"""

from __future__ import annotations

from typing import assert_never

import msgspec

from . import case_hall, case_time, catalogue_changes, day, forecast, one_time, visit_rules, visit_steps
from . import checklist as k
from . import counters as c
from . import emergency as e
from . import setup as s
from . import visits as v
from .agenda import Agenda
from .calendar import Standing, standing
from .cases import Case, CaseCommand, CaseEvent, CaseId
from .catalogue import ClerkId, CounterId, Hours, Package, Queue, QueueId, Service, Setup, TicketId, VisitorClass
from .context import Context
from .measures import Measures
from .routing import Lines

AnyCommand = (
    v.TakeTicket | v.CancelTicket | v.ReinstateTicket | v.CallNext | v.CallChosen | v.Recall | v.StartService
    | v.FinishService | v.MarkNoShow | v.PutBack | v.HoldTicket | v.ResumeTicket | v.TransferTicket
    | k.MarkMaterials | k.AssignServices | k.RecordDone | one_time.GiveNotice | case_hall.AnyCaseCommand
    | c.OpenCounter | c.TakeOverCounter | c.PauseCounter | c.CloseCounter | c.ChangeCounter | c.GiveFree
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
    | c.CounterChanged | c.FreeGiven | c.LeaseRenewed | c.LeaseLapsed
    | e.EmergencyCalled | e.EmergencyAnswered | e.EmergencyEnded
    | s.SetupImported | s.DayOpened | s.DayClosed | s.HallClosed | s.NoticePosted | s.NoticeWithdrawn | s.CallDelivered
    | s.ClockJumped | catalogue_changes.AnyCatalogueEvent
)  # fmt: skip
WORKING = (v.TicketEvent, CaseEvent, one_time.NoticeGiven, c.FreeGiven)  # at a counter: signs of life that renew its lease
CALLS_SHOWN = 10  # public contract: the last ten calls of the hall day


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    """One call as the boards show it. A recall is the same ``id`` with ``count`` + 1 and a new ``seq``."""

    id: str
    seq: int
    number: str
    counter: CounterId
    label: str
    zone: str
    ticket: TicketId
    count: int
    at: int


class Hall(msgspec.Struct, kw_only=True, dict=True):
    """The whole state of one hall, as of event ``seq`` at instant ``at``."""

    setup: Setup
    digest: str = ""
    seq: int = 0
    at: int = 0
    day: str | None = None
    tickets: dict[TicketId, v.Ticket] = {}
    counters: dict[CounterId, c.Counter] = {}
    clerks: dict[ClerkId, c.Clerk] = {}
    series: dict[QueueId, int] = {}
    called_by_queue: dict[QueueId, int] = {}
    call_total: int = 0
    order: int = 0
    rings: list[Ring] = []
    zone_rings: dict[str, list[Ring]] = {}
    notices: list[s.Notice] = []
    paces: dict[QueueId, forecast.Pace] = {}
    measures: Measures = msgspec.field(default_factory=Measures)
    jumped: s.ClockJumped | None = None
    cases: dict[CaseId, Case] = {}  # open ones of any day, closed ones of the last days
    case_serial: int = 0  # of this hall day, as the next
    told: dict[str, one_time.Told] = {}  # one-time notices of the last days
    notice_serial: int = 0
    emergencies: list[e.Emergency] = []  # open, and those of today
    emergency_total: int = 0
    closed_day: str | None = None  # the hall day whose closing has ended what waited
    file_versions: tuple[str, ...] = ()  # of the catalogue, that hall files brought
    revised_day: str = ""  # of the last version that the hall gave, and its count on that day
    revisions: int = 0

    # -- what can be worked out

    def index(self) -> Hall:
        """Rebuild everything derived. Called after creation, after reading a checkpoint, and by a new set-up."""
        setup = self.setup
        self.queues: dict[str, Queue] = {queue.id: queue for queue in setup.queues}
        self.services: dict[str, Service] = {service.id: service for service in setup.services}
        self.packages: dict[str, Package] = {package.id: package for package in setup.packages}
        self.classes: dict[str, VisitorClass] = {item.id: item for item in setup.classes}
        self.queue_of: dict[str, QueueId] = {service.id: service.queue for service in setup.services}
        self.queue_of_kind: dict[str, QueueId] = {kind: q.id for q in setup.queues for kind in q.kinds}
        self.pace_cache: dict[QueueId, tuple[int, float, float]] = {}
        self._standing: tuple[int, Standing] | None = None
        self.lines = Lines()
        for ticket in self.tickets.values():
            if ticket.state == "waiting":
                self.lines.add(ticket)
        self.own_hours = frozenset(service.hours for service in setup.services if service.hours is not None)
        self.counter_hours: dict[str, Hours] = {x.id: x.hours for x in setup.counters if x.hours is not None}
        self.agenda = Agenda()
        for case in self.cases.values():
            case_time.schedule(self, case)
        self.forget_staffing()
        return self

    def forget_staffing(self) -> None:
        self._servers: dict[QueueId, list[c.Counter]] = {}
        self._helpers: dict[QueueId, list[c.Counter]] = {}

    def servers(self, queue: QueueId) -> list[c.Counter]:
        """The counters that have this queue, or a service of it, as their own."""
        found = self._servers.get(queue)
        if found is None:
            found = self._servers[queue] = [x for x in self.counters.values() if self._takes(x.serves, queue)]
        return found

    def helpers(self, queue: QueueId) -> list[c.Counter]:
        """The counters that take this queue, or a service of it, beside their own."""
        found = self._helpers.get(queue)
        if found is None:
            found = self._helpers[queue] = [x for x in self.counters.values() if self._takes(x.helps, queue)]
        return found

    def _takes(self, entries: tuple[str, ...], queue: QueueId) -> bool:
        return any(entry == queue or self.queue_of.get(entry) == queue for entry in entries)

    def staffing(self, queue: QueueId) -> tuple[int, int]:
        """How many counters of this queue are working, and how many of these are free; those that help, if none has it."""
        states = [counter.state for counter in self.servers(queue)]
        if all(state in ("closed", "paused") for state in states):
            states = [counter.state for counter in self.helpers(queue)]
        return sum(state not in ("closed", "paused") for state in states), states.count("free")

    def standing(self, now: int) -> Standing:
        """Open, early, in a break or closed. Hours are whole minutes, so one look at the calendar serves a minute."""
        if self._standing is None or self._standing[0] != now // v.MINUTE:
            self._standing = (now // v.MINUTE, standing(now, self.setup))
        return self._standing[1]

    def pace(self, queue: QueueId) -> forecast.Pace:
        found = self.paces.get(queue)
        if found is None:
            found = self.paces[queue] = forecast.Pace()
        return found

    def called_of(self, queue: QueueId) -> int:
        return self.called_by_queue.get(queue, 0)

    def number_for(self, queue: QueueId) -> str:
        return f"{self.queues[queue].letter}{self.series.get(queue, 0) + 1:03d}"

    def case_number(self) -> CaseId:
        """Of the next case: ``20261124-0001``, a series per hall day."""
        return CaseId(f"{self._day_digits()}-{self.case_serial + 1:04d}")

    def notice_number(self) -> str:
        """Of the next one-time notice: ``GZ-20261124-0001``."""
        return f"GZ-{self._day_digits()}-{self.notice_serial + 1:04d}"

    def _day_digits(self) -> str:
        assert self.day is not None, "nothing happens before the first day"
        return self.day.replace("-", "")

    def wait(self, ticket: v.Ticket, now: int) -> tuple[int, v.Wait | None]:
        """People ahead of a ticket and how long it will still take. ``now`` in microseconds."""
        if ticket.state != "waiting":
            return 0, None
        ahead = self.lines.ahead(ticket)
        if ticket.wanted is not None:
            return ahead, None
        return ahead, forecast.estimate(self, ticket.queue, ahead, now)

    # -- used by evolve

    def next_order(self) -> int:
        self.order += 1
        return self.order

    def ring(self, ticket: v.Ticket, at: int) -> None:
        """Put a call, or a recall, at the front of the boards."""
        assert ticket.counter is not None and ticket.call_id is not None
        counter = self.counters[ticket.counter]
        new = Ring(
            id=ticket.call_id, seq=self.seq, number=ticket.number, counter=counter.id, label=counter.label,
            zone=counter.zone, ticket=ticket.id, count=ticket.call_count, at=at,
        )  # fmt: skip
        for rings in (self.rings, self.zone_rings.setdefault(counter.zone, [])):
            rings[:] = [new, *(ring for ring in rings if ring.id != new.id)][:CALLS_SHOWN]

    def release_wanted(self, counter: CounterId) -> None:
        """Tickets sent to a counter that closed wait in their queue again, at their old place."""
        for place in list(self.lines.wanted.get(counter, ())):
            ticket = self.tickets[place.ticket]
            self.lines.remove(ticket)
            ticket.wanted = None
            self.lines.add(ticket)


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


def empty(setup: Setup) -> Hall:
    """A hall before its first event; ``setup`` is replaced by the first :class:`~.setup.SetupImported`."""
    return Hall(setup=setup).index()
