"""People with dice on the real core: the same dice give the same day, and a plain queue agrees with theory."""

from __future__ import annotations

import asyncio
import json
import math
import random
from pathlib import Path
from typing import Any

import pytest
from factory import MINUTE, SETUP, TEN, TEXT, changed, encoded, given, staffed
from running_hall import in_loop, running

from queue_server.core import counters as c
from queue_server.core import visits as v
from queue_server.core.calendar import standing
from queue_server.core.catalogue import ClerkSetup
from queue_server.core.context import SYSTEM, Context
from queue_server.core.hall import Hall, decide, evolve
from queue_server.setup_file import default_setup_text
from queue_server.simulate import ACTOR, Simulation, live, morning, report

MANY = changed(clerks=tuple(ClerkSetup(id=f"p{x}", name=f"P{x}") for x in range(10)))


def lived(seed: int, visitors: int = 200, counters: int | None = None) -> tuple[Hall, list[Any]]:
    """The small hall from eight to a quarter past twelve."""
    hall = given(setup=MANY).hall
    hall.day, hall.at = None, 0
    return hall, morning(hall, Simulation(seed, visitors, counters), TEN - 120 * MINUTE, TEN + 135 * MINUTE)


def test_the_same_dice_give_the_same_day() -> None:
    (first, log), (again, same) = lived(1), lived(1)
    assert encoded(first) == encoded(again)
    assert log == same
    assert lived(2)[1] != log


def test_the_morning_is_what_its_entries_say() -> None:
    hall, entries = lived(3)
    again = given(setup=MANY).hall
    again.day, again.at, again.seq = None, 0, hall.seq - len(entries)
    for at, event, actor, key in entries:
        assert (actor, key) == (ACTOR.id, None)
        evolve(again, event, at)
    assert encoded(again) == encoded(hall)


def test_a_plausible_morning() -> None:
    hall, entries = lived(4)
    states = {ticket.state for ticket in hall.tickets.values()}
    assert {"done", "no_show"} <= states
    assert 60 <= len(hall.tickets) <= 160, "half of the day's two hundred, give or take"
    issued = [at for at, event, _, _ in entries if isinstance(event, v.TicketIssued)]
    assert all(standing(at, SETUP).taking for at in issued)
    kinds = {type(event) for _, event, _, _ in entries}
    assert {v.TicketRecalled, v.ServiceStarted, c.CounterOpened} <= kinds


def test_at_most_so_many_counters() -> None:
    hall, entries = lived(5, counters=2)
    opened = closed = 0
    for _, event, _, _ in entries:
        opened += isinstance(event, c.CounterOpened)
        closed += isinstance(event, c.CounterClosed)
        assert opened - closed <= 2
    assert sum(counter.state != "closed" for counter in hall.counters.values()) <= 2


def test_a_counter_that_a_person_opened_is_left_alone() -> None:
    hall = given(staffed("1", "person"), setup=MANY).hall
    morning(hall, Simulation(6, 400), TEN, TEN + 60 * MINUTE)
    assert hall.counters["1"].clerk == "person"
    assert not any(leg.counter == "1" for ticket in hall.tickets.values() for leg in ticket.legs)
    assert hall.counters["2"].served > 0


def test_the_report_of_a_day() -> None:
    line = json.loads(report(TEXT, 60, 1, None))
    assert sum(line["states"].values()) == line["visitors"] > 0
    assert line["wait_seconds"]["p50"] <= line["wait_seconds"]["p90"]
    empty = json.loads(report(TEXT, 0, 1, None))
    assert (empty["visitors"], empty["wait_seconds"]["mean"], empty["promise_coverage"]) == (0, None, None)


@pytest.mark.timeout(60)
def test_a_whole_day_of_the_shipped_hall() -> None:
    line = json.loads(report(default_setup_text(), 1150, 1, None))
    assert 0.8 * 1150 <= line["visitors"] <= 1.2 * 1150
    assert line["states"]["done"] >= 0.85 * line["visitors"]
    assert 0.02 <= line["states"]["no_show"] / line["visitors"] <= 0.09


@in_loop
async def test_driving_a_running_hall(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        people = Simulation(7, 5_000)
        driving = asyncio.create_task(live(_Running(hall), people))
        while not any(isinstance(event, v.TicketCalled) for event in hall.events):
            hall.clock.at += 20_000_000
            await asyncio.sleep(0.01)
        driving.cancel()
        assert hall.runner.present() == frozenset(people.mine) != frozenset()


class _Running:
    """The little that ``live`` wants of a running hall."""

    def __init__(self, hall: Any) -> None:
        self.runner, self.settled, self.now = hall.runner, hall.runner.settled, hall.runner.now

    @property
    def state(self) -> Hall:
        state: Hall = self.runner.state
        return state

    async def submit(self, command: Any, actor: Any) -> Any:
        return await self.runner.submit(command, actor)


# ------------------------------------------------------------------ theory


def mean_wait(arrivals_per_hour: float, services_per_hour: float, tickets: int, seed: int) -> float:
    """Mean seconds from arrival to call in queue A with counters 1 and 2, exponential gaps and services, in theory's order."""
    dice = random.Random(seed)
    hall = given(staffed("1"), staffed("2")).hall
    free_at = {"1": TEN, "2": TEN}
    arrivals, at = [], TEN
    for _ in range(tickets):
        at += int(dice.expovariate(arrivals_per_hour) * 3_600_000_000)
        arrivals.append(at)

    def run(command: Any, now: int) -> list[Any]:
        events = decide(hall, command, Context(now, SYSTEM, always_open=True))
        for event in events:
            evolve(hall, event, now)
        return events

    def work_until(now: int) -> None:
        """Every counter that is done by now finishes at its instant and calls the next at once."""
        while soonest := min((x for x in free_at if hall.counters[x].ticket), key=lambda x: free_at[x], default=None):
            if free_at[soonest] > now:
                return
            run(v.FinishService(counter=soonest), free_at[soonest])
            call(soonest, free_at[soonest])

    def call(counter: str, now: int) -> None:
        if any(isinstance(event, v.TicketCalled) for event in run(v.CallNext(counter=counter), now)):
            run(v.StartService(counter=counter), now)
            free_at[counter] = now + int(dice.expovariate(services_per_hour) * 3_600_000_000)

    for number, arrival in enumerate(arrivals):
        work_until(arrival)
        run(v.TakeTicket(ticket=f"t{number}", service="a1"), arrival)
        for counter in free_at:
            if hall.counters[counter].ticket is None:
                call(counter, arrival)
    work_until(at + 10**15)
    waits = [(ticket.first_called - ticket.arrival) / 1e6 for ticket in hall.tickets.values()]  # type: ignore[operator]
    assert len(waits) == tickets and hall.measures.queues["A"].done == tickets
    return sum(waits) / tickets


def erlang_c(servers: int, offered: float) -> float:
    """The probability of having to wait."""
    full = offered**servers / math.factorial(servers) * servers / (servers - offered)
    return full / (sum(offered**k / math.factorial(k) for k in range(servers)) + full)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("load", "seeds"), [(0.5, 3), (0.8, 6)])
def test_a_plain_queue_agrees_with_erlang(load: float, seeds: int) -> None:
    """M/M/2: mean wait = C(2, a) / (2 mu - lambda); within four standard errors of the seeded runs."""
    mu = 10.0
    means = [mean_wait(2 * mu * load, mu, 4_000, seed) for seed in range(seeds)]
    theory = erlang_c(2, 2 * load) / (2 * mu - 2 * mu * load) * 3_600
    mean = sum(means) / seeds
    error = math.sqrt(sum((x - mean) ** 2 for x in means) / (seeds - 1) / seeds)
    assert abs(mean - theory) <= 4 * max(error, 0.03 * theory), f"{mean:.1f} s, in theory {theory:.1f} s"
