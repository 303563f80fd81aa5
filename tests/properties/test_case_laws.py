"""Laws of cases, under any commands in any order by anybody, over several weeks.

No case is lost; a number is given once; no stop brings a last day nearer; nothing is granted that still lacks a paper; an
answer in time is never overtaken by the law; time is told of every last day; and the log gives the same hall again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from case_hall import text
from factory import encoded, importing
from hall_world import MINUTE, SECOND, World
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from queue_server.core import back_office as b
from queue_server.core import case_stops as p
from queue_server.core import case_time as t
from queue_server.core import checklist as k
from queue_server.core import counters as c
from queue_server.core import intake as i
from queue_server.core import one_time as n
from queue_server.core import owed as o
from queue_server.core import results as r
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.cases import CaseEvent, Dues
from queue_server.core.context import SYSTEM, Actor
from queue_server.core.materials import Mark, allowed

OTHER_YEARS = text().replace('"2026-01-14"]', '"2026-01-14", "2026-01-20", "2026-02-02"]')
STRICT = text(", deferral_overdue: withdraw")
SERVICES: list[Any] = ["a1", "a1", "a1", "a2", "b1", "b2", "c1"]
MARKS: list[Any] = ["ok", "ok", "ok", "ok", "missing", "later", "promised", "free"]
GOOD: list[Any] = ["ok", "ok", "later", "promised"]
NEXT: dict[str, list[str]] = {  # what is usually done with a case in this state
    "received": ["accept it", "accept it", "tell it", "reject", "withdraw"],
    "told": ["accept it", "accept it", "tell it"],
    "accepted": ["take", "take", "take", "stop", "decide here", "settle", "settle", "return", "resume", "resume"],
    "review": ["decide", "decide", "stop", "stop", "resume", "resume", "settle", "settle", "return", "extend"],
    "returned": ["forward"],
    "decided": ["ready", "send", "hand over", "settle"],
    "ready": ["hand over", "send"],
    "sent": ["confirm"],
    "closed": ["settle"],
}
PEOPLE = ["system", "ou", "ouyi", "deng", "wang", "li"]
DAY = 24 * 60 * MINUTE

picks = st.integers(0, 4_095)

Make = Callable[["CaseLaws", int], Any]
ACTS: dict[str, Make] = {
    "receive": lambda on, x: i.ReceiveCase(counter="1", marks=on.marks(x), person=f"h{x % 3}"),
    "accept": lambda on, x: i.AcceptCase(counter="1", marks=on.marks(x), promise=True),
    "accept all": lambda on, x: i.AcceptCase(
        counter="1", marks=on.good(x), promise=True, delivery="courier" if on.service() == "a1" else "window"
    ),
    "accept it": lambda on, x: i.AcceptCase(
        counter="1", case=on.case(x, "received", "told"), promise=x % 3 > 0, marks=on.all_there(on.case(x, "received", "told"))
    ),
    "reject": lambda on, x: i.RejectCase(counter="1", reason="other", case=on.case(x, "received") if x % 2 else None),
    "tell": lambda on, x: n.GiveNotice(counter="1", marks=on.marks(x), person=f"h{x % 3}"),
    "tell it": lambda on, x: n.GiveNotice(case=on.case(x, "received", "told"), marks=on.marks(x)),
    "take": lambda on, x: b.TakeCase(case=on.case(x, "accepted")),
    "return": lambda on, x: b.ReturnCase(
        case=on.case(x, "review"), to=["queue", "window", "department"][x % 3], department="de"[x % 2], reason="x"  # type: ignore[arg-type]
    ),
    "forward": lambda on, x: b.ForwardCase(counter="1", case=on.case(x, "returned")),
    "stop": lambda on, x: p.StopCase(case=on.case(x, "accepted", "review"), kind=["correction", "site_visit", "hearing"][x % 3]),  # type: ignore[arg-type]
    "resume": lambda on, x: p.ResumeCase(case=on.case(x, "accepted", "review"), counter="1" if x % 2 else None),
    "extend": lambda on, x: p.ExtendCase(case=on.case(x, "review"), days=x % 30, reason="x"),
    "decide": lambda on, x: b.DecideCase(
        case=on.case(x, "review"), decision=["granted", "refused"][x % 2], reason="x", paper=x % 5 > 0  # type: ignore[arg-type]
    ),
    "decide here": lambda on, x: b.DecideCase(case=on.case(x, "accepted"), decision="granted", counter="1"),
    "settle": lambda on, x: o.SettleMaterial(
        case=on.case(x), material=["photo", "pledge"][x % 2], how=["brought", "kept", "brought", "broken"][x % 4]  # type: ignore[arg-type]
    ),
    "withdraw": lambda on, x: o.WithdrawCase(case=on.case(x), cause=["applicant", "overdue_material"][x % 2]),  # type: ignore[arg-type]
    "ready": lambda on, x: r.ReadyResult(case=on.case(x, "decided")),
    "hand over": lambda on, x: r.HandOverResult(counter="1", case=on.case(x, "ready", "decided")),
    "send": lambda on, x: r.SendResult(case=on.case(x, "ready", "decided"), company="EMS", number="1"),
    "confirm": lambda on, x: r.ConfirmDelivery(case=on.case(x, "sent")),
    "mark": lambda on, x: k.MarkMaterials(counter="1", marks=on.marks(x)),
    "done": lambda on, x: k.RecordDone(counter="1"),
    "name": lambda on, x: k.AssignServices(counter="1", services=(SERVICES[x % 7], SERVICES[x // 7 % 7])),
    "next": lambda on, x: v.TransferTicket(counter="1", rest=True),
}  # fmt: skip


class CaseLaws(RuleBasedStateMachine):
    """One busy window that is open whenever somebody asks, and the offices behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(text())
        self.seen = 0  # events looked at
        self.chosen: str | None = None  # the case that a command is to be about
        self.numbers: set[str] = set()
        self.before_stop: dict[str, Dues] = {}

    @initialize()
    def opening(self) -> None:
        self.arrive("a1")

    # -- who and what

    def case(self, pick: int, *states: str) -> Any:
        if self.chosen is not None:
            return self.chosen
        found = [x.id for x in self.world.hall.cases.values() if not states or x.state in states]
        return found[pick % len(found)] if found else "none"

    def marks(self, pick: int, kinds: list[Any] = MARKS) -> tuple[Mark, ...]:
        """Of the service in hand."""
        ticket = next((x for x in self.world.hall.tickets.values() if x.counter == "1"), None)
        service = self.world.hall.services.get(ticket.service or "") if ticket else None
        return tuple(
            Mark(material=one.id, mark=kinds[(pick >> 3 * at) % len(kinds)])
            for at, one in enumerate(service.materials if service else ())
        )

    def service(self) -> str | None:
        return next((x.service for x in self.world.hall.tickets.values() if x.counter == "1"), None)

    def good(self, pick: int) -> tuple[Mark, ...]:
        """Marks that the catalogue allows: there, or to follow, or promised."""
        service = self.world.hall.services.get(self.service() or "")
        materials = {one.id: one for one in (service.materials if service else ())}
        return tuple(
            one if allowed(materials[one.material], one.mark) else Mark(material=one.material, mark="ok")
            for one in self.marks(pick, GOOD)
        )

    def all_there(self, case: Any) -> tuple[Mark, ...]:
        found = self.world.hall.cases.get(case)
        service = self.world.hall.services.get(found.matter.service) if found else None
        return tuple(Mark(material=one.id, mark="ok") for one in (service.materials if service else ()))

    def ask(self, command: Any, by: Actor = SYSTEM) -> Any:
        outcome = self.world.ask(command, by)
        self.look()
        return outcome

    # -- what happens

    @rule(service=st.sampled_from(SERVICES))
    def arrive(self, service: str) -> None:
        """Whoever is at the window leaves, and the next one is served."""
        self.world.taken += 1
        self.ask(c.OpenCounter(counter="1", clerk="wang"))
        self.ask(v.FinishService(counter="1"))
        self.ask(v.TakeTicket(ticket=f"t{self.world.taken}", service=service))
        self.ask(v.CallNext(counter="1"))
        self.ask(v.StartService(counter="1"))

    @rule(
        acts=st.lists(
            st.tuples(st.sampled_from(sorted(ACTS)), picks, st.sampled_from(PEOPLE)), min_size=3, max_size=12
        )
    )  # fmt: skip
    def work(self, acts: list[tuple[str, int, str]]) -> None:
        for act, pick, who in acts:
            self.world.wait(SECOND)
            self.ask(ACTS[act](self, pick), SYSTEM if who in ("system", "wang") else Actor(who, "clerk"))

    @rule(service=st.sampled_from(SERVICES), how=st.sampled_from(["accept all", "accept all", "receive", "tell"]), pick=picks)
    def apply(self, service: str, how: str, pick: int) -> None:
        self.arrive(service)
        self.ask(ACTS[how](self, pick))

    @rule(picked=st.lists(st.tuples(picks, picks), min_size=2, max_size=10), days=st.integers(0, 3))
    def office(self, picked: list[tuple[int, int]], days: int) -> None:
        """Cases go on, each as its state allows."""
        for pick, act in picked:
            case = self.world.hall.cases.get(self.case(pick))
            if case is not None:
                usual = NEXT[case.state]
                number, self.chosen = self.chosen, case.id
                self.ask(ACTS[usual[act % len(usual)]](self, act))
                self.chosen = number
        self.pass_days(days)

    @rule(days=st.integers(1, 12), hours=st.integers(0, 23))
    def time_passes(self, days: int, hours: int) -> None:
        self.pass_days(days)
        self.world.wait(hours * 60 * MINUTE)
        self.arrive("a1")

    def pass_days(self, days: int) -> None:
        before = {x.id for x in self.world.hall.cases.values() if x.is_open}
        for _ in range(days):
            self.world.wait(DAY)
            self.world.tick()
            self.look()
        self.ask(c.OpenCounter(counter="1", clerk="wang"))
        assert before <= set(self.world.hall.cases) | self.closed(), "an open case was lost over night"

    @rule(file=st.sampled_from([text(), OTHER_YEARS, STRICT]))
    def new_file(self, file: str) -> None:
        self.ask(importing(file))

    # -- the laws

    def closed(self) -> set[str]:
        ends = (i.CaseRejected, t.CaseWithdrawn, r.ResultCollected, r.ResultDelivered)
        return {x.case for _, x in self.world.log if isinstance(x, ends) or (isinstance(x, b.CaseDecided) and not x.paper)}

    def look(self) -> None:
        """At every event since the last look, with the state as it is now."""
        for _, event in self.world.log[self.seen :]:
            if isinstance(event, CaseEvent):
                self._event(event)
            elif isinstance(event, s.SetupImported):
                self._new_calendar()
        self.seen = len(self.world.log)

    def _new_calendar(self) -> None:
        """A clock that stands is counted anew when it goes on: compare with what this calendar would have said."""
        for case in self.world.hall.cases.values():
            if case.stop is not None and case.started_day is not None:
                dues = t.dues_of(case.terms, case.started_day, case.stops[:-1], case.extended, self.world.hall.setup)
                self.before_stop[case.id] = dues

    def _event(self, event: CaseEvent) -> None:
        match event:
            case i.CaseReceived():
                assert event.case not in self.numbers, "a number was given twice"
                self.numbers.add(event.case)
            case i.CaseAccepted():
                self.numbers.add(event.case)
                assert not any(line.mark == "missing" for line in event.items)
                self.before_stop[event.case] = event.dues
            case t.CaseDeemedAccepted():
                steps = [step.what for step in self.world.hall.cases[event.case].steps]  # type: ignore[index]
                assert not {"notice_given", "case_accepted"} & set(steps[: steps.index("case_deemed_accepted")])
                self.before_stop[event.case] = event.dues
            case p.CaseResumed():
                before = self.before_stop[event.case]
                for old, new in ((before.statutory, event.dues.statutory), (before.promised, event.dues.promised)):
                    assert (old is None) == (new is None) and (new or "") >= (old or ""), "a stop brought a last day nearer"
                self.before_stop[event.case] = event.dues
            case p.CaseExtended():
                stopped = self.world.hall.cases[event.case].stop is not None  # type: ignore[index]
                self.before_stop[event.case] = self.before_stop[event.case] if stopped else event.dues
            case t.CaseDueMoved():
                self.before_stop[event.case] = event.dues
            case b.CaseDecided(decision="granted"):
                case = self.world.hall.cases[event.case]  # type: ignore[index]
                assert all(owed.kind == "promised" for owed in case.unsettled)

    @invariant()
    def laws_hold(self) -> None:
        self.world.check()
        hall = self.world.hall
        assert hall.day is not None
        oldest = (dt.date.fromisoformat(hall.day) - dt.timedelta(days=hall.setup.rules.case_keep_days)).isoformat()
        for number in self.numbers - set(hall.cases):
            assert number in self.closed(), f"{number} is lost"
        for case in hall.cases.values():
            assert (case.ending is None) == case.is_open
            assert [stop.until is None for stop in case.stops[:-1]].count(True) == 0
            today = t.today(case.steps[-1].at, hall.setup) == hall.day
            assert case.is_open or case.unsettled or today or (case.closed_day or "") >= oldest, "it has left the state by now"
            assert t.attention(case, hall.setup) == hall.agenda._instants.get(case.id), "the agenda is what the case says"
            assert len(case.warned) == len(set(case.warned)) and len(case.overdue) == len(set(case.overdue))
        first = hall.agenda.first()
        assert first is None or first == min(hall.agenda._instants.values())

    def teardown(self) -> None:
        assert encoded(self.world.replayed()) == encoded(self.world.hall), "replaying the log gives the same hall"


TestCaseLaws = CaseLaws.TestCase
TestCaseLaws.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestCaseLaws.pytestmark = [pytest.mark.timeout(180)]
