"""What the people of a simulated day know themselves, to hold the server to it: numbers, tickets, calls, screens."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import msgspec

from . import figures
from .client import Caller, request

PROBLEMS_MAX = 20


class HallClock:
    """The hall's time as its people see it: microseconds UTC, ``speed`` seconds a second."""

    def __init__(self, start: int, speed: float) -> None:
        self._start, self._begun, self.speed = start, time.monotonic(), speed

    def now(self) -> int:
        return self._start + int((time.monotonic() - self._begun) * self.speed * 1e6)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)

    async def until(self, instant: float) -> None:
        await self.sleep(max(0.0, (instant - self.now()) / 1e6))


@dataclass
class Visitor:
    """One ticket, as its holder and the clerks left it."""

    number: str
    comes: bool
    state: str = "waiting"
    counter: str | None = None
    stops: int = 0


@dataclass
class Ledger:
    """All of it, and what was not as it must be."""

    visitors: dict[str, Visitor] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    calls: dict[str, tuple[str, int]] = field(default_factory=dict)  # call -> counter, instant the call was sent
    command_ns: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def problem(self, text: str) -> None:
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(text)

    def took(self, ticket: str, number: str, comes: bool) -> None:
        if number in self.numbers or ticket in self.visitors:
            self.problem(f"{number} was given out twice")
        self.numbers.add(number)
        self.visitors[ticket] = Visitor(number, comes)

    def called(self, ticket: str, call: str, counter: str, sent: int) -> Visitor:
        visitor = self.visitors[ticket]
        if visitor.counter is not None or visitor.state != "waiting":
            self.problem(f"{visitor.number}, {visitor.state} at {visitor.counter}, was called to {counter}")
        if call in self.calls:
            self.problem(f"call {call} was made twice")
        self.calls[call] = (counter, sent)
        visitor.state, visitor.counter = "called", counter
        return visitor

    def count(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for visitor in self.visitors.values():
            found[visitor.state] = found.get(visitor.state, 0) + 1
        return found


class Asker:
    """One program at the API: a terminal, a kiosk. Each command carries an idempotency key, as ours do."""

    def __init__(self, port: int, base: str, token: str, name: str, ledger: Ledger) -> None:
        self._port, self._base, self._token, self._name, self._ledger = port, base, token, name, ledger
        self._caller: Caller | None = None
        self._asked = 0
        self.sent = 0

    async def post(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        self._asked += 1
        raw = request(
            "POST", f"{self._base}/{path}", self._token, msgspec.json.encode(body or {}), f"{self._name}-{self._asked}"
        )
        status, answer = await self._ask(raw)
        self._ledger.command_ns.append(time.monotonic_ns() - self.sent)
        if status >= 500 or status in (0, 400, 401, 403, 404, 422):
            self._ledger.problem(f"POST {path}: {status} {str(answer)[:200]}")
        return status, answer

    async def get(self, path: str) -> tuple[int, Any]:
        return await self._ask(request("GET", f"{self._base}/{path}", self._token))

    async def _ask(self, raw: bytes) -> tuple[int, Any]:
        if self._caller is None:
            self._caller = await Caller.connect(self._port)
        self.sent = time.monotonic_ns()
        status, answer, _ = await self._caller.ask(raw)
        if status == 0:  # the server closed an idle connection just then: the same again, under the same key
            status, answer, _ = await self._caller.ask(raw)
        return status, msgspec.json.decode(answer) if answer.startswith((b"{", b"[")) else None


class Seen:
    """What one screen was sent: the last message, and on a board when each call first stood there."""

    def __init__(self, view: str) -> None:
        self.view = view
        self.last = b""
        self.messages = 0
        self.calls: dict[str, int] = {}

    def __call__(self, message: bytes) -> None:
        self.messages += 1
        self.last = message
        if self.view.startswith("board"):
            now = time.monotonic_ns()
            for call in msgspec.json.decode(message)["view"]["calls"]:
                self.calls.setdefault(call["id"], now)

    def shown(self) -> Any:
        """The view of the last message, decoded."""
        return msgspec.json.decode(self.last)["view"]


def latencies(nanoseconds: list[int]) -> dict[str, float]:
    return {name: figures.ms(figures.percentile(nanoseconds, share)) for name, share in (("p50", 0.5), ("p99", 0.99))}
