"""The working days before the demo: only the visits that left an application behind, so that the departments have work.

Whole days of visitors would take the demo's start a minute; what a report of those days says of waiting is therefore little.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections.abc import Iterator

from .core import counters as c
from .core import visits as v
from .core.calendar import day_start, is_open_day, sessions
from .core.catalogue import ClerkId, CounterId, Service, Setup, TicketId
from .core.context import Actor, Context
from .core.hall import AnyCommand, AnyEvent, Hall, decide, due, evolve
from .core.refusals import Refused
from .core.setup import Tick
from .core.visits import MINUTE, SECOND
from .simulate_cases import CaseWork

Entry = tuple[int, AnyEvent, str, str | None]

ACTOR = Actor("simulator", "system")
GAP_MINUTES = (2.0, 9.0)  # between two applications: some forty a day
CLOSING = 15 * MINUTE  # nothing is begun so shortly before the end


def days_before(start: int, count: int, setup: Setup) -> list[dt.date]:
    """The last ``count`` open days before the hall day that begins at ``start``."""
    day = (dt.datetime.fromtimestamp(start / 1e6, dt.UTC) + dt.timedelta(hours=12)).date()
    found: list[dt.date] = []
    while len(found) < count:
        day -= dt.timedelta(days=1)
        if is_open_day(day, setup):
            found.append(day)
    return found[::-1]


class Before:
    """Runs the hall through days on which only applications are made. The hall is changed; ``entries`` are for its log."""

    def __init__(self, hall: Hall, work: CaseWork, seed: int) -> None:
        self.hall, self.work = hall, work
        self.dice = random.Random(seed)
        self.entries: list[Entry] = []
        self.mine: dict[CounterId, ClerkId] = {}
        self._services = [one for one in hall.setup.services if one.handling == "promised"]
        self._ids = 0

    def day(self, day: dt.date) -> None:
        """One application after the other, from the first opening to the last closing."""
        spans = sessions(day, self.hall.setup)
        issue = next((x.id for x in self.hall.setup.counters if x.kind == "issue"), None)
        self._wait(day_start(day, self.hall.setup))
        for begin, end in spans:
            now = begin + MINUTE
            if issue is not None:
                self._open(issue, now)
            while now < end - CLOSING:
                now = self._visit(now)
                for command, actor in self.work.step(self.hall, now, self.mine):
                    self._run(command, now, actor)
                now += int(self.dice.uniform(*GAP_MINUTES) * MINUTE)
            for counter in list(self.mine):
                self._close(counter, end)

    def _visit(self, now: int) -> int:
        """A visitor comes, is served at once, and goes. Gives the instant at which the window is free again."""
        service = self.dice.choice(self._services)
        counter = self._counter(service)
        if counter is None:
            return now
        self._ids += 1
        ticket = TicketId(f"p{self.dice.getrandbits(60):015x}{self._ids}")
        self._open(counter, now)
        for seconds, command in self._steps(counter, ticket, service):
            now += seconds * SECOND
            self._wait(now)
            self._run(command, now)
        self._close(counter, now)
        return now

    def _steps(self, counter: CounterId, ticket: TicketId, service: Service) -> Iterator[tuple[int, AnyCommand]]:
        yield 5, v.TakeTicket(ticket=ticket, service=service.id)
        if ticket not in self.hall.tickets:
            return  # outside the hours of the service
        yield int(self.dice.uniform(10, 90)), v.CallNext(counter=counter)
        yield int(self.dice.uniform(10, 40)), v.StartService(counter=counter)
        yield (
            int(self.dice.uniform(120, 360)),
            self.work.application(counter, self.hall.tickets[ticket], service),
        )
        if self.hall.tickets[ticket].notices:
            yield 20, v.FinishService(counter=counter, outcome="unserved", cause="papers")
        else:
            yield 20, v.FinishService(counter=counter)

    def _counter(self, service: Service) -> CounterId | None:
        """One that has the service's queue as its own work and is not one of those that stay open."""
        found = [x.id for x in self.hall.servers(service.queue) if x.state == "closed" and x.kind != "self_service"]
        return self.dice.choice(found) if found else None

    def _open(self, counter: CounterId, now: int) -> None:
        serves = set(self.hall.counters[counter].serves)
        free = [x for x in self.hall.clerks.values() if x.counter is None and serves & set(x.skills)]
        if free:
            self.mine[counter] = self.dice.choice(free).id
            self._wait(now)
            self._run(c.OpenCounter(counter=counter, clerk=self.mine[counter]), now)

    def _close(self, counter: CounterId, now: int) -> None:
        if self.mine.pop(counter, None) is not None:
            self._run(c.CloseCounter(counter=counter), now)

    def _wait(self, now: int) -> None:
        """What time alone brings about until then."""
        while (at := max(due(self.hall), self.hall.at)) <= now:
            before = self.hall.seq
            self._run(Tick(), at)
            if self.hall.seq == before:
                break

    def _run(self, command: AnyCommand, now: int, actor: Actor = ACTOR) -> None:
        with contextlib.suppress(Refused):
            for event in decide(self.hall, command, Context(now, actor)):
                evolve(self.hall, event, now)  # type: ignore[arg-type]
                self.entries.append((now, event, actor.id, None))  # type: ignore[arg-type]
