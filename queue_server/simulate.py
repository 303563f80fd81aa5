"""The hall with dice: visitors and clerks who do not exist, on the real core.

:class:`Simulation` only looks at the hall and says what its people do next; whoever drives it (a pretend morning, the live
demo, the ``simulate`` command) runs the commands. Arrivals follow the hourly shares of DOMAIN 4.1, over-dispersed; service
times are lognormal with CV 1.16 (DOMAIN 4.2).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import random
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from .core import counters as c
from .core import routing
from .core import visits as v
from .core.calendar import day_start, hall_day, sessions, standing
from .core.catalogue import ClerkId, CounterId, Setup, TicketId
from .core.context import Actor, Context
from .core.hall import AnyCommand, AnyEvent, Hall, decide, empty, evolve
from .core.measures import percentile
from .core.refusals import Refused
from .core.setup import ImportSetup, Tick
from .core.visits import MINUTE, SECOND
from .simulate_cases import Act, CaseWork

ACTOR = Actor("simulator", "system")
HOURLY = (9.1, 10.9, 14.3, 15.2, 14.4, 12.9, 12.4, 7.3)  # per cent of a day's arrivals, hours 8-15 (DOMAIN 4.1)
DISPERSION = 0.5  # variance / mean of half-hour counts is 1.5: a gamma mixed Poisson
CV = 1.16
BREAK_SHARE = 0.15  # few come while the windows rest at midday
NO_SHOW, TRANSFER, HOLD = 0.05, 0.08, 0.03
DEFAULT_MINUTES = 9.0
PRIOR_SHARE = 0.72  # of the nominal minutes that a counter really takes in the simulated hall
CLASSES = (("elderly", 0.10), ("disabled", 0.015), ("pregnant", 0.02), ("military", 0.015))
KINDS = (("consultation", 0.10), ("assisted", 0.04), ("issue", 0.03), ("cross_region", 0.01), ("fallback", 0.008))


WRITING_SECONDS = 10  # between accepting an application and the next thing that is done with it
DAY_STEPS = 96  # at which a day's shares are looked at


def _share(at: int, begin: int, end: int, spans: Sequence[tuple[int, int]]) -> float:
    """How many come now, in relation to other times of the day."""
    share = HOURLY[min(int((at - begin) / (end - begin) * len(HOURLY)), len(HOURLY) - 1)]
    resting = all(not span[0] - 15 * MINUTE <= at < span[1] for span in spans)
    return share * BREAK_SHARE if resting else share


class Simulation:
    """People with dice. ``busy`` scales arrivals; ``keep_closed`` counters are never opened by these clerks.

    ``cases``: what becomes of the applications; without it nobody applies for anything.
    """

    def __init__(self, seed: int, visitors: int, counters: int | None = None) -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.visitors = visitors
        self.limit = counters
        self.cases: CaseWork | None = None
        self.mine: dict[CounterId, ClerkId] = {}  # counters these clerks opened
        self.keep_closed: set[CounterId] = set()  # somebody closed these today
        self.reserved: frozenset[CounterId] = frozenset()  # kept free for a person
        self._due: dict[CounterId, int] = {}
        self._next_arrival: int | None = None
        self._busy_half_hour: tuple[int, float] = (0, 1.0)
        self._ids = 0
        self._day: str | None = None
        self._mean: tuple[Any, float] = (None, 1.0)  # of a day's shares, which makes them sum up to ``visitors``

    # -- what happens until ``now``

    def step(self, hall: Hall, now: int) -> Iterator[AnyCommand]:
        """The commands of everybody who acts by ``now``. Run each before asking for the next."""
        yield from self._arrivals(hall, now)
        for counter in list(hall.counters.values()):
            if now >= self._due.get(counter.id, 0):
                command = self._clerk(hall, counter, now)
                if command is not None:
                    yield command

    def acts(self, hall: Hall, now: int) -> Iterator[Act]:
        """What is done by ``now``, and by whom: in the hall, then behind the windows. Run each before asking for the next."""
        for command in self.step(hall, now):
            yield command, ACTOR
        if self.cases is not None:
            yield from self.cases.step(hall, now, self.mine)

    def _arrivals(self, hall: Hall, now: int) -> Iterator[AnyCommand]:
        if self._next_arrival is None:
            self._next_arrival = now + self._gap(hall, now)
        while self._next_arrival <= now:
            if standing(self._next_arrival, hall.setup).taking and self._rate(hall, self._next_arrival) > 0:
                yield self._visitor(hall)
            self._next_arrival += self._gap(hall, self._next_arrival)

    def _rate(self, hall: Hall, at: int) -> float:
        """Arrivals per hour, over-dispersed by half hours."""
        today = hall_day(at, hall.setup)
        open_spans = sessions(today, hall.setup)
        if not open_spans:
            return 0.0
        begin, end = open_spans[0][0] - 15 * MINUTE, open_spans[-1][1]
        if not begin <= at < end:
            return 0.0
        if self._mean[0] != today:
            steps = [begin + (end - begin) * step // DAY_STEPS for step in range(DAY_STEPS)]
            self._mean = (today, sum(_share(step, begin, end, open_spans) for step in steps) / DAY_STEPS)
        share = _share(at, begin, end, open_spans) / self._mean[1]
        per_hour = self.visitors * share / ((end - begin) / (60 * MINUTE))
        half_hour = at // (30 * MINUTE)
        if self._busy_half_hour[0] != half_hour:
            shape = per_hour / 2 / DISPERSION
            self._busy_half_hour = (half_hour, self.dice.gammavariate(shape, 1 / shape) if shape > 0 else 1.0)
        return per_hour * self._busy_half_hour[1]

    def _gap(self, hall: Hall, at: int) -> int:
        rate = self._rate(hall, at)
        return int(self.dice.expovariate(rate) * 60 * MINUTE) + 1 if rate > 0 else 5 * MINUTE

    def _visitor(self, hall: Hall) -> v.TakeTicket:
        self._ids += 1
        ticket = TicketId(f"s{self.dice.getrandbits(60):015x}{self._ids}")
        needs = tuple(name for name, share in CLASSES if name in hall.classes and self.dice.random() < share)[:1]
        lang = "en" if self.dice.random() < 0.03 else "zh"
        pick = self.dice.random()
        for kind, share in KINDS:
            if pick < share and kind in hall.queue_of_kind:
                case = self.cases.to_collect(hall) if self.cases is not None and kind == "issue" else None
                return v.TakeTicket(ticket=ticket, kind=kind, needs=needs, lang=lang, case=case)  # type: ignore[arg-type]
            pick -= share
        service = self.dice.choice(hall.setup.services)
        return v.TakeTicket(ticket=ticket, service=service.id, needs=needs, lang=lang)

    # -- clerks

    def _clerk(self, hall: Hall, counter: c.Counter, now: int) -> AnyCommand | None:
        """What the clerk at this counter does now, if the clerk is one of ours."""
        if counter.state == "closed":
            if self.mine.pop(counter.id, None) is not None and self._day == hall.day:
                self.keep_closed.add(counter.id)  # somebody else closed it: so it shall be, until tomorrow
            if self._day != hall.day:
                self._day = hall.day
                self.keep_closed.clear()
            return self._come(hall, counter, now)
        if self.mine.get(counter.id) != counter.clerk:
            return None
        if counter.state == "free":
            return self._free(hall, counter, now)
        if counter.state == "paused":
            self._rest(counter, now, 5, 20)
            return c.OpenCounter(counter=counter.id, clerk=counter.clerk or ClerkId(""))
        assert counter.ticket is not None
        ticket = hall.tickets[counter.ticket]
        return (
            self._called(hall, counter, ticket, now)
            if counter.state == "called"
            else self._serving(hall, counter, ticket, now)
        )

    def _come(self, hall: Hall, counter: c.Counter, now: int) -> AnyCommand | None:
        self._rest(counter, now, 60, 240)
        if counter.id in self.keep_closed | self.reserved or standing(now, hall.setup).state not in ("open", "early"):
            return None
        if self.limit is not None and sum(x.state != "closed" for x in hall.counters.values()) >= self.limit:
            return None
        free = [x for x in hall.setup.clerks if hall.clerks[x.id].counter is None and (x.skills or not x.departments)]
        if not free:
            return None
        clerk = max(
            free, key=lambda x: len(set(x.skills) & set(counter.serves))
        )  # the first of those who know the work
        self.mine[counter.id] = clerk.id
        self._rest(counter, now, 5, 60)
        return c.OpenCounter(counter=counter.id, clerk=clerk.id)

    def _free(self, hall: Hall, counter: c.Counter, now: int) -> AnyCommand | None:
        held = next((x for x in hall.tickets.values() if x.state == "held" and x.legs[-1].counter == counter.id), None)
        if held is not None and now - held.changed > 10 * MINUTE:
            self._plan_service(counter, held, now, hall)
            return v.ResumeTicket(counter=counter.id, ticket=held.id, to="serving")
        state = standing(now, hall.setup).state
        if state == "break" and self.dice.random() < 0.9:
            self._rest(counter, now, 120, 600)
            return None
        if state == "closed" and routing.pick(hall, counter, now) is None:
            del self.mine[counter.id]
            return c.CloseCounter(counter=counter.id)
        if self.dice.random() < 0.004:
            self._rest(counter, now, 300, 900)
            return c.PauseCounter(counter=counter.id, reason="喝水", minutes=10)
        self._rest(counter, now, 8, 45)
        return v.CallNext(counter=counter.id)

    def _called(self, hall: Hall, counter: c.Counter, ticket: v.Ticket, now: int) -> AnyCommand | None:
        comes = zlib.crc32(f"{ticket.id}{ticket.legs[-1].since}".encode()) / 2**32 >= NO_SHOW
        if comes:
            self._plan_service(counter, ticket, now, hall)
            return v.StartService(counter=counter.id)
        rules = hall.setup.rules
        self._rest(counter, now, rules.recall_gap_seconds + 1, rules.recall_gap_seconds + 20)
        if now - ticket.call_at < rules.recall_gap_seconds * SECOND:
            return None
        return v.Recall(counter=counter.id) if ticket.call_count < rules.call_max else v.MarkNoShow(counter=counter.id)

    def _serving(self, hall: Hall, counter: c.Counter, ticket: v.Ticket, now: int) -> AnyCommand:
        if self.cases is not None and (command := self.cases.at_window(hall, counter, ticket)) is not None:
            self._due[counter.id] = now + WRITING_SECONDS * SECOND
            return command
        self._rest(counter, now, 3, 15)
        if ticket.notices:
            return v.FinishService(counter=counter.id, outcome="unserved", cause="papers")
        roll = self.dice.random()
        if len(ticket.legs) < 3 and roll < TRANSFER:
            return v.TransferTicket(counter=counter.id, kind="integrated")
        if len(ticket.legs) < 3 and roll < TRANSFER + HOLD:
            return v.HoldTicket(counter=counter.id, kind=self.dice.choice(("papers_back", "papers_kept", "step")))
        return v.FinishService(counter=counter.id)

    def _plan_service(self, counter: c.Counter, ticket: v.Ticket, now: int, hall: Hall) -> None:
        service = hall.services.get(ticket.service or "")
        minutes = service.minutes.value if service and service.minutes else DEFAULT_MINUTES
        sigma = math.sqrt(math.log(1 + CV * CV))
        seconds = self.dice.lognormvariate(math.log(minutes * PRIOR_SHARE * 60) - sigma * sigma / 2, sigma)
        self._due[counter.id] = now + int(min(max(seconds, 20), 5400) * SECOND)

    def _rest(self, counter: c.Counter, now: int, low: float, high: float) -> None:
        self._due[counter.id] = now + int(self.dice.uniform(low, high) * SECOND)


# ------------------------------------------------------------------ drivers


def morning(hall: Hall, simulation: Simulation, begin: int, end: int) -> list[tuple[int, AnyEvent, str, str | None]]:
    """Run the hall from ``begin`` to ``end`` on a pretend clock; gives the entries for the log. The hall is changed."""
    entries: list[tuple[int, AnyEvent, str, str | None]] = []

    def run(command: AnyCommand, now: int, actor: Actor = ACTOR) -> None:
        with contextlib.suppress(Refused):
            for event in decide(hall, command, Context(now, actor)):
                evolve(hall, event, now)  # type: ignore[arg-type]
                entries.append((now, event, actor.id, None))  # type: ignore[arg-type]

    now = begin
    while now < end:
        run(Tick(present=frozenset(simulation.mine)), now)
        for command, actor in simulation.acts(hall, now):
            run(command, now, actor)
        now += 2 * SECOND
    return entries


STEP_SECONDS = 2.0  # of hall time between two looks, also when the demo's clock runs fast; else its clerks would dawdle


async def live(running: Any, simulation: Simulation) -> None:
    """Drive a running hall until cancelled. A counter that a person opened alone is left alone."""
    present = running.runner.present
    running.runner.present = lambda: present() | frozenset(simulation.mine)
    while True:
        await running.settled()
        for command, actor in simulation.acts(running.state, running.now()):
            with contextlib.suppress(Refused):
                await running.submit(command, actor)
        await asyncio.sleep(min(0.25, max(0.03, STEP_SECONDS / max(running.runner.clock.speed, 0.1))))


def report(text: str, visitors: int, seed: int, counters: int | None) -> str:
    """One simulated day of a hall file as one JSON line."""
    from .setup_file import load_setup
    from .store import text_digest

    setup = load_setup(text)
    hall = empty(setup)
    day = first_open_day(setup)
    begin = day_start(day, setup)
    for event in decide(hall, ImportSetup(digest=text_digest(text), text=text, setup=setup), Context(begin, ACTOR)):
        evolve(hall, event, begin)  # type: ignore[arg-type]
    spans = sessions(day, setup)
    people = Simulation(seed, visitors, counters)
    people.cases = CaseWork(seed)
    morning(hall, people, spans[0][0] - 60 * MINUTE, spans[-1][1] + 60 * MINUTE)
    waits = [seconds for queue in hall.measures.queues.values() for _, seconds in queue.waits]
    ended: dict[str, int] = {}
    for ticket in hall.tickets.values():
        ended[ticket.state] = ended.get(ticket.state, 0) + 1
    promised = sum(queue.promised for queue in hall.measures.queues.values())
    in_range = sum(queue.in_range for queue in hall.measures.queues.values())
    return json.dumps(
        {
            "day": day.isoformat(), "visitors": len(hall.tickets), "states": ended, "seed": seed,
            "wait_seconds": {"mean": round(sum(waits) / len(waits)) if waits else None, "p50": percentile(waits, 0.5),
                             "p90": percentile(waits, 0.9)},
            "promise_coverage": round(in_range / promised, 3) if promised else None, "events": hall.seq,
            "cases": {"accepted": len(hall.cases), "decided": sum(x.decided is not None for x in hall.cases.values()),
                      "told": len(hall.told)},
        },
        ensure_ascii=False,
    )  # fmt: skip


def first_open_day(setup: Setup) -> Any:
    """The first open day of the last year the hall's calendar knows, or of 2026."""
    import datetime

    from .core.calendar import is_open_day

    day = datetime.date(max(setup.calendar.years, default=2026), 3, 2)
    while not is_open_day(day, setup):
        day += datetime.timedelta(days=1)
    return day
