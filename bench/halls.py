"""Data directories for the measures: an empty hall, one in which many wait, one with a whole day behind it.

They are made with the real core and the real store, as fast as the disk takes it, and without a server.
"""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from queue_server import maintenance
from queue_server.clock import wall_us
from queue_server.core import counters as c
from queue_server.core import visits as v
from queue_server.core.calendar import hall_day, is_open_day, sessions
from queue_server.core.catalogue import ClerkId, CounterId, ServiceId, Setup, TicketId
from queue_server.core.context import SYSTEM, Context
from queue_server.core.hall import AnyCommand, Hall, decide, evolve
from queue_server.core.setup import Tick
from queue_server.setup_file import default_setup_text, load_setup
from queue_server.store import Batch, Store

HOUR = 3_600_000_000
BATCH = 4_000
HALL = "/api/v1/halls/hall"


class Place(NamedTuple):
    """A data directory, an admin's token for it, and the instant its server's hall time shall begin at."""

    data: Path
    token: str
    start: int


def setup() -> Setup:
    return load_setup(default_setup_text())


def next_open_day() -> datetime.date:
    """The first open day after today: hall time is never before the set-up was imported."""
    shipped = setup()
    day = hall_day(wall_us(), shipped) + datetime.timedelta(days=1)
    while not is_open_day(day, shipped):
        day += datetime.timedelta(days=1)
    return day


def opening() -> int:
    return sessions(next_open_day(), setup())[0][0]


def fresh(data: Path, start: int | None = None) -> Place:
    """The shipped hall, with nobody in it."""
    start = opening() if start is None else start
    maintenance.init_hall(data, default_setup_text(), update=False, now=start - HOUR)
    return Place(data, maintenance.new_token(data, "admin", "bench", wall_us()), start)


class Scribe:
    """Runs commands on a hall and gathers the events for the log, on a clock that moves a millisecond a command."""

    def __init__(self, hall: Hall, now: int) -> None:
        self.hall, self.now = hall, now
        self.entries: list[Any] = []

    def run(self, command: AnyCommand) -> list[Any]:
        self.now += 1_000
        events = decide(self.hall, command, Context(self.now, SYSTEM, always_open=True))
        for event in events:
            evolve(self.hall, event, self.now)  # type: ignore[arg-type]
            self.entries.append((self.now, event, SYSTEM.id, None))
        return events

    async def write(self, store: Store) -> None:
        seq = self.hall.seq - len(self.entries)
        for begin in range(0, len(self.entries), BATCH):
            await store.append(Batch(seq + begin, self.entries[begin : begin + BATCH]))
        self.entries.clear()


def services_of(hall: Hall, queue: str) -> list[ServiceId]:
    return [service.id for service in hall.setup.services if service.queue == queue]


def with_waiting(data: Path, waiting: int, queue: str = "A") -> Place:
    """A hall in whose queue so many wait."""
    place = fresh(data)

    async def work() -> None:
        store = Store.open(data / "halls" / "hall")
        try:
            scribe = Scribe(store.load(), place.start - waiting * 1_000 - 1_000_000)
            scribe.run(Tick())
            fill(scribe, waiting, queue)
            await scribe.write(store)
        finally:
            store.close()

    asyncio.run(work())
    return place


def fill(scribe: Scribe, waiting: int, queue: str) -> None:
    services = services_of(scribe.hall, queue)
    for i in range(waiting):
        scribe.run(v.TakeTicket(ticket=TicketId(f"w{i}"), service=services[i % len(services)]))


def with_day(data: Path, tickets: int, checkpoint: bool) -> Place:
    """A hall that served so many tickets yesterday, turned the day, and took a checkpoint then or not."""
    place = fresh(data, opening())

    async def work() -> None:
        store = Store.open(data / "halls" / "hall")
        try:
            scribe = Scribe(store.load(), place.start)
            scribe.run(Tick())
            serve_all(scribe, tickets)
            scribe.now = place.start + 24 * HOUR
            scribe.run(Tick())
            await scribe.write(store)
            if checkpoint:
                await store.checkpoint(msgspec.json.encode(scribe.hall), scribe.hall.seq)
        finally:
            store.close()

    asyncio.run(work())
    return place._replace(start=place.start + 25 * HOUR)


def serve_all(scribe: Scribe, tickets: int) -> None:
    """Everybody takes a ticket, is called, served and done, at the windows that have the work."""
    hall = scribe.hall
    queues = [queue.id for queue in hall.setup.queues if services_of(hall, queue.id)]
    windows = {queue: next(x.id for x in hall.setup.counters if queue in x.serves) for queue in queues}
    for i, counter in enumerate(windows.values()):
        scribe.run(c.OpenCounter(counter=CounterId(counter), clerk=ClerkId(f"clerk{i}")))
    for i in range(tickets):
        queue = queues[i % len(queues)]
        offered = services_of(hall, queue)
        scribe.run(v.TakeTicket(ticket=TicketId(f"d{i}"), service=offered[i % len(offered)]))
        counter = CounterId(windows[queue])
        scribe.run(v.CallNext(counter=counter))
        scribe.run(v.StartService(counter=counter))
        scribe.run(v.FinishService(counter=counter))
