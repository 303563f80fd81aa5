"""What a hall knows: the state that events make, and what can be worked out from it.

:class:`Hall` holds everything; the order of the queues and the look-up tables are rebuilt by :meth:`Hall.index` and never stored.
"""

from __future__ import annotations

import msgspec

from . import case_time, emergency, forecast, one_time, skills
from . import counters as c
from . import setup as s
from . import visits as v
from .agenda import Agenda
from .calendar import Standing, standing
from .cases import Case, CaseId
from .catalogue import ClerkId, CounterId, Hours, Package, Queue, QueueId, Service, Setup, TicketId, VisitorClass
from .measures import Measures
from .routing import Lines

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
    emergencies: list[emergency.Emergency] = []  # open, and those of today
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
        self._teams: dict[QueueId, tuple[list[c.Counter], list[c.Counter]]] = {}
        self._work: dict[CounterId, skills.Work] = {}

    def work(self, counter: c.Counter) -> skills.Work:
        """What this counter takes with the clerk who sits there now."""
        found = self._work.get(counter.id)
        if found is None:
            found = self._work[counter.id] = skills.work_of(self, counter)
        return found

    def servers(self, queue: QueueId) -> list[c.Counter]:
        """The counters that have this queue, or a service of it, as their own."""
        found = self._servers.get(queue)
        if found is None:
            found = self._servers[queue] = [x for x in self.counters.values() if self._takes(x.serves, queue)]
        return found

    def _takes(self, entries: tuple[str, ...], queue: QueueId) -> bool:
        return any(entry == queue or self.queue_of.get(entry) == queue for entry in entries)

    def _team(self, queue: QueueId) -> tuple[list[c.Counter], list[c.Counter]]:
        """The counters whose clerk takes this queue as their own work, and those that help with it."""
        found = self._teams.get(queue)
        if found is None:
            work = [(x, self.work(x)) for x in self.counters.values()]
            own = [x for x, takes in work if self._takes(takes.serves, queue)]
            found = self._teams[queue] = own, [x for x, takes in work if self._takes(takes.helps, queue)]
        return found

    def staffing(self, queue: QueueId) -> tuple[int, int]:
        """How many counters of this queue are working, and how many of these are free; those that help, if none has it."""
        own, helping = self._team(queue)
        states = [counter.state for counter in own]
        if all(state in ("closed", "paused") for state in states):
            states = [counter.state for counter in helping]
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


def empty(setup: Setup) -> Hall:
    """A hall before its first event; ``setup`` is replaced by the first :class:`~.setup.SetupImported`."""
    return Hall(setup=setup).index()
