"""What ``next`` costs with 100 to 100,000 waiting in one queue: in the core alone, and over HTTP. It should not grow."""

from __future__ import annotations

import asyncio
import contextlib
import time
from statistics import median
from typing import Any

from queue_server.core import counters as c
from queue_server.core import visits as v
from queue_server.core.catalogue import ClerkId, CounterId, TicketId
from queue_server.core.hall import empty
from queue_server.core.setup import ImportSetup, Tick
from queue_server.setup_file import default_setup_text
from queue_server.store import text_digest

from . import figures, halls, servers
from .calls import Hall
from .client import Caller, request
from .figures import Line

SIZES = (100, 1_000, 10_000, 100_000)
CALLS = 60  # in a round
EXPECTED = "<= 1.50"


def measure_core(sizes: tuple[int, ...], rounds: int) -> tuple[list[Line], dict[str, Any]]:
    """decide and evolve of CallNext, nanoseconds."""
    scribes = {size: _hall(size) for size in sizes}
    taken: dict[int, list[list[int]]] = {size: [] for size in sizes}
    for number in range(rounds + 1):
        for size, scribe in scribes.items():
            times = [_next(scribe, f"{number}-{i}") for i in range(CALLS * 5)]
            if number:  # the first round warms up
                taken[size].append(times)
    return _figures("in the core", "us", 1e3, sizes, taken)


def _hall(waiting: int) -> halls.Scribe:
    shipped, text, start = halls.setup(), default_setup_text(), halls.opening()
    scribe = halls.Scribe(empty(shipped), start)
    scribe.run(ImportSetup(digest=text_digest(text), text=text, setup=shipped))
    scribe.run(Tick())
    scribe.run(c.OpenCounter(counter=CounterId("3"), clerk=ClerkId("clerk")))
    halls.fill(scribe, waiting, "A")
    return scribe


def _next(scribe: halls.Scribe, name: str) -> int:
    counter = CounterId("3")
    scribe.entries.clear()
    begun = time.perf_counter_ns()
    scribe.run(v.CallNext(counter=counter))
    taken = time.perf_counter_ns() - begun
    scribe.run(v.StartService(counter=counter))
    scribe.run(v.FinishService(counter=counter))
    scribe.run(v.TakeTicket(ticket=TicketId(name), service=halls.services_of(scribe.hall, "A")[0]))
    return taken


async def measure_http(sizes: tuple[int, ...], rounds: int) -> tuple[list[Line], dict[str, Any]]:
    """POST next to its answer, nanoseconds; nobody watches. All servers run at once and take turns."""
    taken: dict[int, list[list[int]]] = {size: [] for size in sizes}
    with contextlib.ExitStack() as stack:
        running = {}
        for size in sizes:
            folder = stack.enter_context(servers.folder())
            place = await asyncio.to_thread(halls.with_waiting, folder / "data", size)
            server = stack.enter_context(servers.ours(place.data, place.start, "--always-open"))
            services = [x.id for x in halls.setup().services if x.queue == "A"]
            running[size] = Hall(await Caller.connect(server.port), place, services)
            await running[size].open()
        for number in range(rounds + 1):
            for size, hall in running.items():
                times = [await _post_next(hall) for _ in range(CALLS)]
                if number:
                    taken[size].append(times)
    return _figures("over HTTP", "ms", 1e6, sizes, taken)


async def _post_next(hall: Hall) -> int:
    raw = request("POST", f"{halls.HALL}/counters/3/next", hall.place.token, b"{}")
    begun = time.monotonic_ns()
    status, answer, now = await hall.caller.ask(raw)
    assert status == 200, answer[:300]
    await hall.post("counters/3/start")
    await hall.post("counters/3/finish")
    hall.made += 1
    await hall.take()
    return now - begun


def _figures(
    where: str, unit: str, scale: float, sizes: tuple[int, ...], taken: dict[int, list[list[int]]]
) -> tuple[list[Line], dict[str, Any]]:
    """The smallest hall stands in the column of the floor."""
    middles = {size: [median(times) for times in taken[size]] for size in sizes}
    least = median(middles[sizes[0]]) / scale
    lines, data = [], {}
    for size in sizes:
        ours = median(middles[size]) / scale
        ratio = figures.ratio_of_rounds(middles[size], middles[sizes[0]])
        data[str(size)] = {unit: round(ours, 3), "ratio": ratio}
        if size != sizes[0]:
            expected = EXPECTED if size == sizes[-1] else ""
            what = f"next {where}, {size:,} waiting against {sizes[0]}, {unit}"
            lines.append(Line(what, f"{ours:.2f}", f"{least:.2f}", ratio, expected))
    return lines, data
