"""A small hall on a real disk, moved along by commands, for the tests of the store."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec

from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.context import SYSTEM, Context
from queue_server.core.hall import Hall, decide, evolve
from queue_server.core.refusals import Refused
from queue_server.setup_file import load_setup
from queue_server.store import Answer, Batch, Store, text_digest

MORNING = 1_767_578_400_000_000  # Monday 2026-01-05, 10:00 in Shanghai, in microseconds UTC
MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE

TEXT = """\
id: small
version: "1"
name: {zh: 小站, en: Small station}
time_zone: Asia/Shanghai
hours:
  mon: ["09:00-17:00"]
zones:
  - {id: A, name: {zh: 大厅, en: Hall}, way: {zh: 直走, en: Straight ahead}}
queues:
  - {id: A, letter: A, name: {zh: 综合, en: General}, zone: A, kinds: [integrated]}
  - {id: B, letter: B, name: {zh: 专窗, en: Special}, zone: A, kinds: [domain]}
counters:
  - {id: "1", label: "1", kind: integrated, zone: A, serves: [A]}
  - {id: "2", label: "2", kind: domain, zone: A, serves: [B], helps: [A]}
  - {id: "3", label: "3", kind: domain, zone: A, serves: [A, B]}
themes:
  - {id: t, name: {zh: 主题, en: Theme}, icon: home}
departments:
  - {id: d, name: {zh: 部门, en: Department}}
services:
  - {id: S1, name: {zh: 事项一, en: Service one}, theme: t, department: d, queue: A, assumed: [promised]}
  - {id: S2, name: {zh: 事项二, en: Service two}, theme: t, department: d, queue: B, assumed: [promised]}
classes:
  - {id: elderly, name: {zh: 老人, en: Elderly}, minutes: 10, proof: {zh: 证, en: Card}, reason: {zh: 法, en: Law}}
"""


class KeptHall:
    """A hall and its store, as the runner keeps them: decide, evolve, append."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.store = Store.open(directory)
        self.hall: Hall = self.store.load()
        self.at = max(MORNING, self.hall.at)
        self.always_open = True

    async def do(self, *commands: Any, minutes: int = 0, answers: tuple[Answer, ...] = ()) -> list[Any]:
        """Decide the commands one after the other and commit their events as one batch."""
        self.at += minutes * MINUTE
        seq = self.hall.seq
        entries: list[Any] = []
        for command in commands:
            for event in decide(self.hall, command, Context(self.at, SYSTEM, self.always_open)):
                evolve(self.hall, event, self.at)
                entries.append((self.at, event, "system", None))
        await self.store.append(Batch(expected_seq=seq, entries=entries, answers=answers))
        return [event for _, event, _, _ in entries]

    async def begin(self) -> None:
        """The set-up, the day, and a clerk at each counter."""
        await self.do(importing(TEXT), s.Tick())
        await self.do(*(c.OpenCounter(counter=x, clerk=f"clerk{x}") for x in self.hall.counters))

    async def busy(self, steps: int, seed: int = 1, batch: int = 4) -> None:
        """Random commands that the hall accepts: every path a ticket can take, sooner or later."""
        dice = random.Random(seed)
        taken = len(self.hall.tickets)
        for step in range(steps):
            accepted = []
            for index in range(batch):
                command = wander(self.hall, dice, f"t{seed}-{taken + step * batch + index}")
                with contextlib.suppress(Refused):
                    decide(self.hall, command, Context(self.at, SYSTEM, always_open=True))
                    accepted.append(command)
                    break
            await self.do(*accepted, minutes=dice.choice([0, 0, 1, 2]))

    async def checkpoint(self) -> None:
        await self.store.checkpoint(self.bytes, self.hall.seq)

    @property
    def bytes(self) -> bytes:
        return msgspec.json.encode(self.hall)

    @property
    def database(self) -> Path:
        return self.directory / "hall.db"


def importing(text: str) -> s.ImportSetup:
    return s.ImportSetup(digest=text_digest(text), text=text, setup=load_setup(text))


def wander(hall: Hall, dice: random.Random, name: str) -> Any:
    """Any command that might be asked of this hall."""
    counter: Any = dice.choice(list(hall.counters))
    ticket: Any = dice.choice(list(hall.tickets) or ["none"])
    held: Any = next((x.id for x in hall.tickets.values() if x.state == "held"), ticket)
    missed: Any = next((x.id for x in hall.tickets.values() if x.state == "no_show"), ticket)
    new: Any = name
    choices: list[tuple[int, Callable[[], Any]]] = [
        (10, lambda: v.TakeTicket(ticket=new, service=dice.choice(["S1", "S2"]), needs=dice.choice([(), ("elderly",)]))),
        (1, lambda: v.TakeTicket(ticket=new, kind=dice.choice(["integrated", "domain"]), lang="en")),
        (10, lambda: v.CallNext(counter=counter)),
        (8, lambda: v.StartService(counter=counter)),
        (6, lambda: v.FinishService(counter=counter, outcome=dice.choice(["done", "unserved"]))),
        (2, lambda: v.Recall(counter=counter)),
        (2, lambda: v.MarkNoShow(counter=counter)),
        (1, lambda: v.PutBack(counter=counter)),
        (2, lambda: v.HoldTicket(counter=counter, kind="papers_back", note="v1:x:sealed")),
        (2, lambda: v.ResumeTicket(counter=counter, ticket=held, to=dice.choice(["waiting", "serving"]))),
        (2, lambda: v.TransferTicket(counter=counter, service=dice.choice(["S1", "S2"]))),
        (1, lambda: v.TransferTicket(counter=counter, to_counter=dice.choice(list(hall.counters)))),
        (1, lambda: v.CancelTicket(ticket=ticket)),
        (1, lambda: v.ReinstateTicket(ticket=missed)),
        (1, lambda: v.CallChosen(counter=counter, ticket=ticket, reason="v1:x:sealed")),
        (1, lambda: c.PauseCounter(counter=counter, reason="tea")),
        (2, lambda: c.OpenCounter(counter=counter, clerk=f"clerk{counter}")),
        (1, lambda: c.TakeOverCounter(counter=counter, clerk=dice.choice([f"clerk{counter}", "spare"]))),
        (1, lambda: c.CloseCounter(counter=counter)),
        (1, lambda: s.Tick()),
    ]
    weights, makers = zip(*choices, strict=True)
    return dice.choices(makers, weights)[0]()


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def kept(directory: Path, work: Callable[[KeptHall], Coroutine[Any, Any, Any]] | None = None) -> KeptHall:
    """A hall that has begun, did ``work`` and is still open: the test closes its store."""
    hall = KeptHall(directory)

    async def begin() -> None:
        await hall.begin()
        if work is not None:
            await work(hall)

    try:
        run(begin())
    except BaseException:
        hall.store.close()
        raise
    return hall


def tamper(database: Path, sql: str, *parameters: Any) -> None:
    """Change a closed database as somebody would who knows SQLite: the guards of the log are away for the moment."""
    connection = sqlite3.connect(database)
    guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    assert connection.execute(sql, parameters).rowcount != 0, "nothing was tampered with"
    for _, guard in guards:
        connection.execute(guard)
    connection.commit()
    connection.close()
