"""A small hall, and ``given(...).when(command, at=..., by=...).then(events...)`` on it.

The hall opens on Mondays 09:00-12:00 and 13:30-17:00. Queue A has services a1 and a2, B has b1 and b2, C has c1.
Counters 1 and 2 serve A alike; 3 takes b1 alone and helps A; 4 serves B and c1; 5 serves C and helps A and B.
Clerks li, wang, chen and zhao are known. Instants are minutes after ten o'clock on a Monday, see :func:`clock`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.catalogue import Setup
from queue_server.core.context import SYSTEM, Actor, Context
from queue_server.core.hall import Hall, decide, empty, evolve
from queue_server.core.refusals import Refused
from queue_server.setup_file import load_setup
from queue_server.store import text_digest

TEN = 1_767_578_400_000_000  # Monday 2026-01-05, 10:00 in Shanghai, in microseconds UTC
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

VISITOR = Actor("visitor:t1", "visitor")
MANAGER = Actor("boss", "manager")

TEXT = """\
id: small
version: "1"
name: {zh: 小站, en: Small station}
time_zone: Asia/Shanghai
hours:
  mon: ["09:00-12:00", "13:30-17:00"]
calendar: {years: [2026]}
zones:
  - {id: A, name: {zh: 大厅, en: Hall}, way: {zh: 直走, en: Straight ahead}}
  - {id: B, name: {zh: 侧厅, en: Side hall}, way: {zh: 左转, en: Turn left}}
queues:
  - {id: A, letter: A, name: {zh: 综合, en: General}, zone: A, kinds: [integrated]}
  - {id: B, letter: B, name: {zh: 专窗, en: Special}, zone: B, kinds: [domain]}
  - {id: C, letter: C, name: {zh: 兜底, en: Fallback}, zone: B, kinds: [fallback]}
counters:
  - {id: "1", label: "1", kind: integrated, zone: A, serves: [A]}
  - {id: "2", label: "2", kind: integrated, zone: A, serves: [A]}
  - {id: "3", label: "3", kind: domain, zone: B, serves: [b1], helps: [A]}
  - {id: "4", label: "4", kind: domain, zone: B, serves: [B, c1]}
  - {id: "5", label: "5", kind: fallback, zone: B, serves: [C], helps: [A, B]}
clerks:
  - {id: li, name: 李娜}
  - {id: wang, name: 王强}
  - {id: chen, name: 陈静}
  - {id: zhao, name: 赵敏}
themes:
  - {id: t, name: {zh: 主题, en: Theme}, icon: home}
departments:
  - {id: d, name: {zh: 部门, en: Department}}
services:
  - {id: a1, name: {zh: 甲一, en: First of A}, theme: t, department: d, queue: A, assumed: [promised]}
  - {id: a2, name: {zh: 甲二, en: Second of A}, theme: t, department: d, queue: A, assumed: [promised]}
  - {id: b1, name: {zh: 乙一, en: First of B}, theme: t, department: d, queue: B, assumed: [promised]}
  - {id: b2, name: {zh: 乙二, en: Second of B}, theme: t, department: d, queue: B, assumed: [promised]}
  - {id: c1, name: {zh: 丙一, en: First of C}, theme: t, department: d, queue: C, assumed: [promised]}
packages:
  - {id: birth, name: {zh: 出生, en: Birth}, services: [b1, a1]}
classes:
  - {id: elderly, name: {zh: 老人, en: Elderly}, minutes: 10, proof: {zh: 证, en: Card}, reason: {zh: 法, en: Law}}
  - {id: military, name: {zh: 军人, en: Military}, minutes: 5, proof: {zh: 证, en: Card}, reason: {zh: 法, en: Law}}
"""
SETUP = load_setup(TEXT)


def clock(minutes: float = 0, seconds: float = 0) -> int:
    """An instant so long after ten o'clock."""
    return TEN + int(minutes * MINUTE) + int(seconds * SECOND)


def clerk(name: str) -> Actor:
    return Actor(name, "clerk")


def importing(text: str = TEXT) -> s.ImportSetup:
    return s.ImportSetup(digest=text_digest(text), text=text, setup=load_setup(text))


def changed(**fields: Any) -> Setup:
    """The small hall's set-up with other fields."""
    return msgspec.structs.replace(SETUP, **fields)


def encoded(hall: Hall) -> bytes:
    return msgspec.json.encode(hall)


# ------------------------------------------------------------------ what has happened: commands with defaults


def staffed(counter: str, by: str | None = None) -> c.OpenCounter:
    return c.OpenCounter(counter=counter, clerk=by or f"clerk{counter}")


def taken(ticket: str, service: str | None = "a1", **fields: Any) -> v.TakeTicket:
    return v.TakeTicket(ticket=ticket, service=service, **fields)


def called(counter: str = "1") -> v.CallNext:
    return v.CallNext(counter=counter)


def started(counter: str = "1") -> v.StartService:
    return v.StartService(counter=counter)


def finished(counter: str = "1") -> v.FinishService:
    return v.FinishService(counter=counter)


def missed(counter: str = "1") -> v.MarkNoShow:
    return v.MarkNoShow(counter=counter)


def held(counter: str = "1", kind: Any = "papers_back") -> v.HoldTicket:
    return v.HoldTicket(counter=counter, kind=kind)


# ------------------------------------------------------------------ given, when, then


class Given:
    """A hall with a history. Numbers among the steps are minutes that pass."""

    def __init__(self, steps: Sequence[Any] = (), setup: Setup = SETUP, always_open: bool = True) -> None:
        self.hall = empty(setup)
        self.now = TEN
        self.always_open = always_open
        self.last: list[Any] = []  # events of the last command that was taken into the hall
        evolve(self.hall, s.SetupImported(digest="small", setup=setup), TEN)
        self.do(s.Tick(), *steps)

    def do(self, *steps: Any) -> Given:
        """Go on; every command is accepted, whoever asks."""
        for step in steps:
            if isinstance(step, int | float):
                self.now += int(step * MINUTE)
            else:
                for event in decide(self.hall, step, Context(self.now, SYSTEM, always_open=True)):
                    evolve(self.hall, event, self.now)
        return self

    def when(self, command: Any, at: int | None = None, by: Actor = SYSTEM) -> When:
        """Ask. Deciding changes nothing, also when it is refused."""
        self.now = max(self.now, self.now if at is None else at)
        before = encoded(self.hall)
        try:
            outcome: Any = decide(self.hall, command, Context(self.now, by, self.always_open))
        except Refused as refusal:
            outcome = refusal
        assert encoded(self.hall) == before, "deciding changed the hall"
        return When(self, outcome)

    def ticket(self, ticket: str) -> v.Ticket:
        return self.hall.tickets[ticket]

    def counter(self, counter: str) -> c.Counter:
        return self.hall.counters[counter]

    def waiting(self, queue: str = "A") -> list[str]:
        """The ids of a queue's waiting tickets, in order."""
        line = self.hall.lines.queues.get(queue)
        return [place.ticket for place in line.all] if line else []


class When:
    def __init__(self, given: Given, outcome: Any) -> None:
        self._given, self.outcome = given, outcome

    @property
    def events(self) -> list[Any]:
        assert isinstance(self.outcome, list), f"refused: {self.outcome}"
        return self.outcome

    def then(self, *events: Any) -> Given:
        """Exactly these events, in this order; they are taken into the hall."""
        assert self.events == list(events)
        return self.does()

    def does(self, *kinds: type) -> Given:
        """Events of exactly these kinds; without kinds any."""
        assert not kinds or [type(event) for event in self.events] == list(kinds)
        for event in self.events:
            evolve(self._given.hall, event, self._given.now)
        self._given.last = self.events
        return self._given

    def refused(self, code: str, **values: Any) -> Given:
        assert isinstance(self.outcome, Refused), f"not refused: {self.outcome}"
        assert self.outcome.code == code
        assert {name: self.outcome.values.get(name) for name in values} == values
        return self._given


def given(*steps: Any, setup: Setup = SETUP, always_open: bool = True) -> Given:
    return Given(steps, setup, always_open)
