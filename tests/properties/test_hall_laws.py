"""Laws of the hall, under any commands in any order by anybody, over several days."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from factory import TEXT, encoded, importing
from hall_world import MINUTE, SECOND, World
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from queue_server.core import catalogue_changes as cc
from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.catalogue import ClerkId, Name, Package, ServiceId
from queue_server.core.context import SYSTEM, Actor
from queue_server.core.skills import ChangeClerk

FILES = (
    TEXT,
    TEXT.replace('version: "1"', 'version: "2"').replace('label: "5"', 'label: "五"'),
    TEXT.replace("letter: B", "letter: X"),
    TEXT.replace("letter: B", "letter: X").replace("letter: C", "letter: B"),
    TEXT.replace("serves: [B, c1]", "serves: [B, C]").replace(
        '  - {id: "5", label: "5", kind: fallback, zone: B, serves: [C], helps: [A, B]}\n', ""
    ),
)
COUNTERS = ["1", "1", "2", "3", "4", "5"]
CLERKS = ["li", "wang", "chen", "zhao", "newcomer"]
HOLDS: list[Any] = ["papers_back", "papers_kept", "step"]
SKILLS = ["A", "B", "C", "a1", "b2"]

Make = Callable[["HallLaws", str, int], Any]
ACTS: dict[str, tuple[tuple[str, ...], Make]] = {
    "call": (("free",), lambda on, counter, pick: v.CallNext(counter=counter)),
    "call again": (("free",), lambda on, counter, pick: v.CallNext(counter=counter)),
    "start": (("called",), lambda on, counter, pick: v.StartService(counter=counter)),
    "finish": (("serving",), lambda on, counter, pick: v.FinishService(counter=counter)),
    "unserved": (("serving",), lambda on, counter, pick: v.FinishService(counter=counter, outcome="unserved")),
    "recall": (("called",), lambda on, counter, pick: v.Recall(counter=counter)),
    "no-show": (("called",), lambda on, counter, pick: v.MarkNoShow(counter=counter)),
    "reinstate": ((), lambda on, counter, pick: v.ReinstateTicket(ticket=on.ticket(pick, "no_show"))),
    "put back": (("called",), lambda on, counter, pick: v.PutBack(counter=counter)),
    "hold": (("serving", "called"), lambda on, counter, pick: v.HoldTicket(counter=counter, kind=HOLDS[pick % 3])),
    "resume": (
        ("free",),
        lambda on, counter, pick: v.ResumeTicket(
            counter=counter, ticket=on.ticket(pick, "held"), to="serving" if pick % 2 else "waiting"
        ),
    ),
    "transfer": (("serving", "called"), lambda on, counter, pick: v.TransferTicket(counter=counter, **target(pick))),
    "choose": (
        ("free",),
        lambda on, counter, pick: v.CallChosen(counter=counter, ticket=on.ticket(pick, "waiting"), reason="v1:x:y"),
    ),
    "pause": (("free",), lambda on, counter, pick: c.PauseCounter(counter=counter, minutes=pick % 30 or None)),
    "go on": (("paused",), lambda on, counter, pick: c.OpenCounter(counter=counter, clerk=on.clerk(counter))),
    "close": (("free", "paused"), lambda on, counter, pick: c.CloseCounter(counter=counter)),
    "anything": ((), lambda on, counter, pick: v.FinishService(counter=counter, ticket=on.ticket(pick))),
}


def target(pick: int) -> dict[str, Any]:
    """A service, a window kind or a counter to transfer to."""
    targets: list[dict[str, Any]] = [{"service": x} for x in ("a1", "b2", "c1")] + [{"kind": "domain"}]
    return (targets + [{"to_counter": x} for x in COUNTERS])[pick % 10]


services = st.sampled_from(["a1", "a1", "a2", "b1", "b2", "c1"])
kinds = st.sampled_from(["integrated", "domain", "fallback", "issue"])
needs = st.sampled_from([(), (), ("elderly",), ("military",), ("military", "elderly")])
wishes = st.one_of(
    services.map(lambda service: {"service": service}),
    services.map(lambda service: {"service": service}),
    kinds.map(lambda kind: {"kind": kind}),
    st.just({"package": "birth"}),
)
gaps = st.sampled_from([0, 1, 20, 31, 60, 150, 300])  # seconds
numbers = st.integers(0, 1_000)
whose = st.sampled_from(["manager", "manager", "own", "own", "stranger"])


class HallLaws(RuleBasedStateMachine):
    """Tickets and counters are picked by the state they are in, so that most commands are accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @initialize()
    def opening(self) -> None:
        for counter, clerk in zip(COUNTERS[1:], CLERKS, strict=True):
            self.world.ask(c.OpenCounter(counter=counter, clerk=clerk))

    # -- who and what

    def counter(self, pick: int, *states: str) -> str:
        """A counter in one of these states; any when there is none."""
        found = [x.id for x in self.world.hall.counters.values() if x.state in states]
        return (found or COUNTERS)[pick % len(found or COUNTERS)]

    def ticket(self, pick: int, *states: str) -> str:
        found = [x.id for x in self.world.hall.tickets.values() if not states or x.state in states]
        return found[pick % len(found)] if found else "none"

    def clerk(self, counter: str) -> str:
        found = self.world.hall.counters.get(counter)
        return (found.clerk if found else None) or "li"

    def by(self, whose: str, counter: str) -> Actor:
        if whose == "manager":
            return SYSTEM
        found = self.world.hall.counters.get(counter)
        return Actor((found.clerk if found and whose == "own" else None) or "stranger", "clerk")

    # -- visitors come and go

    @rule(visitors=st.lists(st.tuples(wishes, needs, gaps), min_size=4, max_size=10))
    def arrive(self, visitors: list[tuple[dict[str, Any], tuple[str, ...], int]]) -> None:
        for wish, needs, seconds in visitors:
            self.world.taken += 1
            self.world.ask(v.TakeTicket(ticket=f"t{self.world.taken}", needs=needs, **wish))
            self.world.wait(seconds * SECOND)

    @rule(pick=numbers, staff=st.booleans())
    def leave(self, pick: int, staff: bool) -> None:
        ticket = self.ticket(pick)
        self.world.ask(v.CancelTicket(ticket=ticket), SYSTEM if staff else Actor(f"visitor:{ticket}", "visitor"))

    # -- clerks work

    @rule(acts=st.lists(st.tuples(st.sampled_from(sorted(ACTS)), numbers, gaps, whose), min_size=5, max_size=20))
    def work(self, acts: list[tuple[str, int, int, str]]) -> None:
        for act, pick, seconds, whose in acts:
            self.world.wait(seconds * SECOND)
            states, make = ACTS[act]
            counter = self.counter(pick, *states)
            self.world.ask(make(self, counter, pick), self.by(whose, counter))

    @rule(rounds=st.integers(1, 4), seconds=gaps, last=st.integers(1, 3))
    def serve(self, rounds: int, seconds: int, last: int) -> None:
        """A plain stretch of the day: every counter calls and serves who comes; the last visitors stay there."""
        for turn in range(rounds):
            for counter in list(self.world.hall.counters):
                for make in (v.FinishService, v.CallNext, v.StartService)[: last if turn == rounds - 1 else 3]:
                    self.world.wait(seconds * SECOND)
                    self.world.ask(make(counter=counter))

    @rule(pick=numbers, seconds=gaps, to=st.sampled_from(["waiting", "serving"]))
    def away_and_back(self, pick: int, seconds: int, to: Any) -> None:
        """One visitor misses the call, one is sent for papers; both come back, perhaps not at once."""
        ask, wait = self.world.ask, self.world.wait
        ask(v.MarkNoShow(counter=self.counter(pick, "called")))
        ask(v.HoldTicket(counter=self.counter(pick, "serving"), kind=HOLDS[pick % 3]))
        wait(seconds * SECOND)
        if pick % 3:
            ask(v.ReinstateTicket(ticket=self.ticket(pick, "no_show")))
            ask(v.ResumeTicket(counter=self.counter(pick, "free"), ticket=self.ticket(pick, "held"), to=to))

    @rule(pick=numbers, clerk=st.sampled_from(CLERKS), over=st.booleans())
    def sit_down(self, pick: int, clerk: str, over: bool) -> None:
        counter = COUNTERS[pick % 6] if over else self.counter(pick, "closed", "paused")
        command = (c.TakeOverCounter if over else c.OpenCounter)(counter=counter, clerk=clerk)
        self.world.ask(command, Actor(clerk, "clerk") if pick % 3 else SYSTEM)

    # -- the hall

    @rule(
        pick=numbers, skills=st.lists(st.sampled_from(SKILLS), max_size=4), text=st.sampled_from(FILES),
        minutes=st.integers(1, 90), what=st.sampled_from(["change", "change", "file", "notice"]),
    )  # fmt: skip
    def manage(self, pick: int, skills: list[str], text: str, minutes: int, what: str) -> None:
        if what == "change":
            command: Any = c.ChangeCounter(
                counter=COUNTERS[pick % 6], serves=tuple(skills[:2]), helps=tuple(skills[2:])
            )
        elif what == "file":
            command = importing(text)
        else:
            command = s.PostNotice(notice=f"n{self.world.hall.seq}", text=Name(zh="忙", en="Busy"), minutes=minutes)
        self.world.ask(command)

    @rule(pick=numbers, skills=st.lists(st.sampled_from(SKILLS), max_size=3))
    def learn(self, pick: int, skills: list[str]) -> None:
        """What a clerk can do changes, whoever sits where."""
        clerks = sorted(self.world.hall.clerks)
        self.world.ask(ChangeClerk(clerk=ClerkId(clerks[pick % len(clerks)]), skills=tuple(skills)))

    @rule(pick=numbers)
    def edit(self, pick: int) -> None:
        """An entry of the catalogue is changed, added or taken out; what open tickets need is refused."""
        hall = self.world.hall
        base, first = hall.setup.version, hall.setup.services[0]
        new = msgspec.structs.replace(first, id=ServiceId("a3"), name=Name(zh=f"甲{pick}", en=f"A{pick}"))
        package = Package(id="life", name=Name(zh=f"事{pick}", en=f"P{pick}"), services=(first.id,))
        self.world.ask(
            (
                cc.ChangeService(service=new, base=base), cc.RemoveService(service=new.id, base=base),
                cc.ChangePackage(package=package, base=base), cc.RemovePackage(package=package.id, base=base),
                cc.ChangeService(service=msgspec.structs.replace(first, name=new.name), base=base),
            )[pick % 5]
        )  # fmt: skip

    @rule(minutes=st.integers(0, 20), jumped=st.sampled_from([0, 0, 400, -4_000]))
    def time_passes(self, minutes: int, jumped: int) -> None:
        self.world.wait(minutes * MINUTE + max(0, jumped) * SECOND)
        self.world.tick(jumped)

    @precondition(lambda self: self.world.hall.seq > 60)
    @rule(days=st.integers(0, 2))
    def night(self, days: int) -> None:
        """Up to the last instant nothing happens to the day; then the new one begins."""
        world, today = self.world, self.world.hall.day
        turn = world.turn()
        world.wait(turn - 1 - world.now)
        world.tick()
        assert world.hall.day == today
        world.wait(1 + days * 24 * 60 * MINUTE)
        world.tick()
        assert world.hall.day != today
        assert all(counter.state == "closed" for counter in world.hall.counters.values())
        assert (world.hall.tickets, world.hall.series, world.inside) == ({}, {}, 0)

    # -- the laws

    @invariant()
    def laws_hold(self) -> None:
        self.world.check()

    def teardown(self) -> None:
        assert encoded(self.world.replayed()) == encoded(self.world.hall), "replaying the log gives the same hall"


TestHallLaws = HallLaws.TestCase
TestHallLaws.settings = settings(
    max_examples=100,
    stateful_step_count=40,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
TestHallLaws.pytestmark = [pytest.mark.timeout(600)]
