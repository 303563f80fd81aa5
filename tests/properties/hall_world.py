"""A hall as the runner keeps it, without a disk: time goes first, every event is kept, and the laws are asked of it."""

from __future__ import annotations

import datetime
from collections import Counter
from typing import Any

from factory import TEN, TEXT, encoded, importing

from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.calendar import day_start
from queue_server.core.context import SYSTEM, Actor, Context
from queue_server.core.hall import CALLS_SHOWN, Hall, decide, due, evolve
from queue_server.core.refusals import Refused
from queue_server.core.routing import part_of
from queue_server.core.skills import work_of
from queue_server.store.codec import Texts, decode, encode
from queue_server.store.replay import blank

SECOND = 1_000_000
MINUTE = 60 * SECOND
HEAD_START_MAX = 10 * MINUTE  # of the classes of the small hall


class World:
    """``hall`` is moved by commands; ``shadow`` by what the store would read back of their events."""

    def __init__(self, text: str = TEXT) -> None:
        self.now = TEN
        self.hall: Hall = blank()
        self.shadow: Hall = blank()
        self.log: list[tuple[int, Any]] = []
        self.texts: dict[str, str] = {}
        self.books = Texts(self.texts.get)
        self.taken = 0
        self.inside = 0  # tickets that are open, by the events alone
        self.area = 0  # under inside, in ticket-microseconds of this day
        self.since = TEN
        self.rings: list[tuple[str, int]] = []
        self.called: set[str] = set()
        self.closes = False  # does time follow the opening hours?
        self.ask(importing(text))
        self.ask(s.Tick())

    # -- asking

    def ask(self, command: Any, by: Actor = SYSTEM) -> list[Any] | Refused:
        """One command, as the runner decides it: what time brings about comes first."""
        if self.hall.day is not None and not isinstance(command, s.Tick) and self.now >= due(self.hall):
            self.tick()
        if isinstance(command, s.ImportSetup):
            self.texts[command.digest] = command.text
        before = encoded(self.hall)
        try:
            always_open = not (self.closes and isinstance(command, s.Tick))
            events: list[Any] = decide(self.hall, command, Context(self.now, by, always_open))
        except Refused as refusal:
            assert encoded(self.hall) == before, "a refused command changed the hall"
            return refusal
        assert encoded(self.hall) == before, "deciding changed the hall"
        for event in events:
            self._happens(event)
        return events

    def tick(self, jumped_seconds: int = 0) -> None:
        """A new day takes one tick for itself, notices and leases another, and what these bring about for cases a third."""
        desks = frozenset({"2", "4"})
        self.ask(s.Tick(present=desks, jumped_seconds=jumped_seconds))
        self.ask(s.Tick(present=desks))
        if due(self.hall) <= self.now:
            self.ask(s.Tick(present=desks))
        assert due(self.hall) > self.now, "time has nothing left to do"

    def wait(self, microseconds: int) -> None:
        self.now += microseconds

    def turn(self) -> int:
        """When the next hall day begins."""
        assert self.hall.day is not None
        return day_start(datetime.date.fromisoformat(self.hall.day) + datetime.timedelta(days=1), self.hall.setup)

    def _happens(self, event: Any) -> None:
        self._fair(event)
        self._count(event)
        assert self.now >= self.hall.at, "time never runs back"
        evolve(self.hall, event, self.now)
        read = self.books.fill(decode(*encode(event)))
        assert read == event, "what is read back is what was written"
        evolve(self.shadow, read, self.now)
        self.log.append((self.now, event))
        if isinstance(event, s.DayClosed):
            self._finished_day()

    # -- kept by the events alone

    def _count(self, event: Any) -> None:
        self.area += self.inside * (self.now - self.since)
        self.since = self.now
        match event:
            case v.TicketIssued() | v.TicketReinstated():
                self.inside += 1
            case v.ServiceFinished() | v.TicketMissed() | v.TicketCancelled() | v.TicketExpired():
                self.inside -= 1
            case s.DayClosed():
                self.inside -= len(event.expired)
                assert self.inside == 0
            case s.DayOpened():
                self.area, self.rings = 0, []
            case v.TicketCalled():
                assert event.call not in self.called, "the id of a call is never used again"
                self.called.add(event.call)
                self.rings.insert(0, (event.call, 1))
            case v.TicketRecalled():
                self._recalled(event)

    def _recalled(self, event: v.TicketRecalled) -> None:
        ticket = self.hall.tickets[event.ticket]
        assert event.count == ticket.call_count + 1 <= self.hall.setup.rules.call_max
        assert self.now - ticket.call_at >= self.hall.setup.rules.recall_gap_seconds * SECOND
        self.rings = [(event.call, event.count), *(ring for ring in self.rings if ring[0] != event.call)]

    def _fair(self, event: Any) -> None:
        """The bound on being passed over, asked at every call of everybody who is passed over."""
        if not isinstance(event, v.TicketCalled) or event.why.rule == "chosen":
            return
        u, counter = self.hall.tickets[event.ticket], self.hall.counters[event.counter]
        for t in self.hall.tickets.values():
            if t.state != "waiting" or t.id == u.id or t.by_choice or u.by_choice or t.wanted is not None:
                continue
            if t.queue == u.queue and t.arrival < u.arrival and self._alike(counter, t.queue):
                assert u.arrival - t.arrival <= u.head_start - t.head_start, f"{u.number} unfairly before {t.number}"
            if t.queue in work_of(self.hall, counter).helps and self._alike(counter, t.queue):
                limit = self.hall.setup.rules.help_after_minutes * MINUTE + HEAD_START_MAX
                assert self.now - t.arrival < limit or u.rank <= t.rank, f"{t.number} was not helped"

    def _alike(self, counter: c.Counter, queue: str) -> bool:
        """The counter with its clerk takes whoever is first of this queue: all of it, or all of it to help out."""
        serves, helps = work_of(self.hall, counter)
        if queue in serves:
            return True
        own = {self.hall.queue_of.get(entry) for entry in serves} | {self.hall.queue_of_kind.get(counter.kind)}
        return queue in helps and queue not in own

    def _finished_day(self) -> None:
        """Little's law, exact on a finished day: the area under N(t) is the sum of the times in the hall."""
        sojourn = 0
        for ticket in self.hall.tickets.values():
            assert not ticket.is_open
            assert ticket.ended is not None
            sojourn += ticket.ended - ticket.arrival
            for leg, following in zip(ticket.legs, ticket.legs[1:], strict=False):
                if leg.outcome == "no_show":  # away until reinstated
                    assert leg.ended is not None
                    sojourn -= following.since - leg.ended
        assert self.area == sojourn

    # -- the laws, after every step

    def check(self) -> None:
        assert encoded(self.shadow) == encoded(self.hall), "replaying the log gives the same hall"
        self._each_in_one_place()
        self._counts_add_up()
        self._counters_and_tickets_agree()
        self._lines_in_order()
        self._boards()
        numbers = [ticket.number for ticket in self.hall.tickets.values()]
        assert len(numbers) == len(set(numbers)), "a number was given twice in a day"

    def _each_in_one_place(self) -> None:
        lines = self.hall.lines
        places = [place.ticket for line in lines.queues.values() for place in line.all]
        places += [place.ticket for wanted in lines.wanted.values() for place in wanted]
        waiting = sorted(x.id for x in self.hall.tickets.values() if x.state == "waiting")
        assert sorted(places) == waiting, "exactly the waiting stand in a line, each once"
        at_counters = [x.ticket for x in self.hall.counters.values() if x.ticket is not None]
        busy = sorted(x.id for x in self.hall.tickets.values() if x.state in ("called", "serving"))
        assert sorted(at_counters) == busy, "exactly the called and served are at a counter, each at one"

    def _counts_add_up(self) -> None:
        states = Counter(ticket.state for ticket in self.hall.tickets.values())
        assert sum(states.values()) == len(self.hall.tickets)
        assert self.inside == sum(states[state] for state in v.OPEN)
        days = self.hall.measures.queues.values()
        assert sum(day.arrived for day in days) == len(self.hall.tickets)
        assert sum(day.done for day in days) == states["done"]
        assert sum(day.no_show for day in days) == states["no_show"]
        assert sum(day.cancelled for day in days) == states["cancelled"]
        assert sum(len(day.waits) for day in days) == sum(
            x.first_called is not None for x in self.hall.tickets.values()
        )

    def _counters_and_tickets_agree(self) -> None:
        for counter in self.hall.counters.values():
            assert (counter.clerk is None) == (counter.state == "closed")
            assert (counter.ticket is not None) == (counter.state in ("called", "serving"))
            if counter.ticket is not None:
                ticket = self.hall.tickets[counter.ticket]
                assert (ticket.counter, ticket.state) == (counter.id, counter.state)
            if counter.clerk is not None:
                assert self.hall.clerks[counter.clerk].counter == counter.id
        for clerk in self.hall.clerks.values():
            assert clerk.counter is None or self.hall.counters[clerk.counter].clerk == clerk.id
        for ticket in self.hall.tickets.values():
            assert (ticket.counter is not None) == (ticket.state in ("called", "serving"))
            assert (ticket.ended is not None) == (not ticket.is_open)
            self._legs_run_forward(ticket)

    def _legs_run_forward(self, ticket: v.Ticket) -> None:
        instants = [ticket.arrival]
        for leg in ticket.legs:
            instants += [x for x in (leg.since, leg.called, leg.started, leg.ended) if x is not None]
        assert instants == sorted(instants)
        assert all(leg.ended is not None for leg in ticket.legs[:-1])

    def _lines_in_order(self) -> None:
        for queue, line in self.hall.lines.queues.items():
            order = [(place.rank, place.order) for place in line.all]
            assert order == sorted(order)
            parts: dict[str, list[Any]] = {}
            for at, place in enumerate(line.all):
                ticket = self.hall.tickets[place.ticket]
                assert (ticket.queue, ticket.rank, ticket.order, ticket.wanted) == (
                    queue,
                    place.rank,
                    place.order,
                    None,
                )
                assert self.hall.wait(ticket, self.now)[0] == at, "ahead counts those who would be called earlier"
                parts.setdefault(part_of(ticket), []).append(place)
            assert {name: list(part) for name, part in line.parts.items()} == parts

    def _boards(self) -> None:
        assert [(ring.id, ring.count) for ring in self.hall.rings] == self.rings[:CALLS_SHOWN]
        seqs = [ring.seq for ring in self.hall.rings]
        assert seqs == sorted(seqs, reverse=True)

    # -- at the end

    def replayed(self) -> Hall:
        """The whole log once more, from nothing."""
        hall = blank()
        for at, event in self.log:
            evolve(hall, self.books.fill(decode(*encode(event))), at)
        return hall
