"""``kill -9`` at any moment, thirty times on one data directory: what was answered is there, once, and stays there.

Visitors and clerks send every command with an idempotency key. A command whose answer was lost is sent again after the
restart; in the end the log holds exactly one event for each command that was ever answered with success.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from server_process import HALL, Answer, ServerProcess, free_port, request, small_data
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from queue_server.store import verify

ROUNDS = 30
VISITORS = 8
COUNTERS = ("1", "2", "4", "5")
LOAD_SECONDS = (0.02, 0.5)  # when the power goes
SERVICES = ("a1", "a2", "b1", "b2", "c1")
EVENTS = {"tickets": "ticket_issued", "next": "ticket_called", "start": "service_started", "finish": "service_finished"}


class Asked(NamedTuple):
    """One command as a client sends it, and sends it again. ``service``: what a visitor came for."""

    act: str
    path: str
    token: str
    service: str | None
    key: str

    async def send(self, port: int) -> Answer:
        body = {} if self.service is None else {"service": self.service}
        return await request(port, "POST", self.path, self.token, body, self.key)


class Clients:
    """Everybody who asks, and what they were answered. ``lost``: asked, and the power went before the answer."""

    def __init__(self, port: int, tokens: dict[str, str]) -> None:
        self.port, self.tokens = port, tokens
        self.dice = random.Random(7)
        self.answered: dict[Asked, Answer] = {}
        self.lost: list[Asked] = []
        self._keys = 0

    def asked(self, act: str, path: str, role: str, service: str | None = None) -> Asked:
        self._keys += 1
        return Asked(act, HALL + path, self.tokens[role], service, f"key-{self._keys}")

    async def ask(self, asked: Asked) -> Answer:
        try:
            answer = await asked.send(self.port)
        except OSError:
            self.lost.append(asked)
            raise
        if answer.status in (200, 201):
            self.answered[asked] = answer
        assert answer.status in (200, 201, 204, 409), answer
        return answer

    async def visitor(self) -> None:
        while True:
            await self.ask(self.asked("tickets", "/tickets", "kiosk", self.dice.choice(SERVICES)))

    async def clerk(self, counter: str) -> None:
        for act in itertools.cycle(("next", "start", "finish")):
            await self.ask(self.asked(act, f"/counters/{counter}/{act}", "manager"))

    async def until_the_power_goes(self) -> None:
        work = [self.visitor() for _ in range(VISITORS)] + [self.clerk(counter) for counter in COUNTERS]
        for ended in await asyncio.gather(*work, return_exceptions=True):
            assert isinstance(ended, OSError), repr(ended)

    async def ask_again(self) -> None:
        """What was lost: done or not, it is done now, and once."""
        lost, self.lost = self.lost, []
        for asked in lost:
            await self.ask(asked)

    async def same_answers(self, count: int) -> None:
        """The last commands, and some of long ago, give the stored answers byte for byte."""
        known = list(self.answered)
        for asked in known[-count:] + self.dice.sample(known, min(count, len(known))):
            again = await asked.send(self.port)
            assert again == self.answered[asked], f"{asked} was answered otherwise before"

    async def the_log_agrees(self) -> None:
        """One event for each success, none besides: no ticket twice, no call lost."""
        events = await self._log()
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        kinds = Counter(event["kind"] for event in events)
        succeeded = Counter(asked.act for asked in self.answered)
        assert {act: kinds[kind] for act, kind in EVENTS.items()} == {act: succeeded[act] for act in EVENTS}
        issued = [event["body"]["ticket"] for event in events if event["kind"] == "ticket_issued"]
        answers = [answer.json["ticket"]["id"] for asked, answer in self.answered.items() if asked.act == "tickets"]
        assert sorted(issued) == sorted(answers)
        calls = [event["body"]["call"] for event in events if event["kind"] == "ticket_called"]
        heard = [answer.json["call"]["id"] for asked, answer in self.answered.items() if asked.act == "next"]
        assert sorted(calls) == sorted(heard)

    async def _log(self) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            answer = await request(self.port, "GET", f"{HALL}/log?after={after}", self.tokens["manager"])
            events += answer.json["events"]
            after = answer.json["next"]
        return events


class Board:
    """A screen that comes back by itself, as the page does."""

    def __init__(self, port: int) -> None:
        self.url = f"ws://127.0.0.1:{port}{HALL}/live/board"
        self.view: Any = None
        self.connections = 0

    async def follow(self) -> None:
        while True:
            with contextlib.suppress(OSError, WebSocketException):
                async with connect(self.url, proxy=None) as socket:
                    self.connections += 1
                    async for text in socket:
                        self.view = json.loads(text)["view"]
            await asyncio.sleep(0.02)

    async def shows_what_a_new_one_shows(self) -> None:
        async with connect(self.url, proxy=None) as fresh:
            view = json.loads(await fresh.recv())["view"]
            while self.view != view:
                with contextlib.suppress(TimeoutError):
                    view = json.loads(await asyncio.wait_for(fresh.recv(), 0.05))["view"]


async def story(data: Path, tokens: dict[str, str]) -> Clients:
    port = free_port()
    clients, board = Clients(port, tokens), Board(port)
    following = asyncio.create_task(board.follow())
    for number in range(ROUNDS + 1):
        server = await asyncio.to_thread(lambda: ServerProcess(data, port).ready())
        try:
            if number == 0:
                for counter in COUNTERS:
                    await request(
                        port, "POST", f"{HALL}/counters/{counter}/open", tokens["manager"], {"clerk": counter}
                    )
            await clients.ask_again()
            await clients.same_answers(20)
            await clients.the_log_agrees()
            await board.shows_what_a_new_one_shows()
            if number % 10 == 0:
                assert await asyncio.to_thread(verify, data / "halls" / "small") == []
            working = asyncio.create_task(clients.until_the_power_goes())
            await asyncio.sleep(clients.dice.uniform(*LOAD_SECONDS))
        finally:
            await asyncio.to_thread(server.kill)
        await working
    following.cancel()
    assert board.connections > ROUNDS / 2
    return clients


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_was_answered_is_there_once_whenever_the_power_goes(tmp_path: Path) -> None:
    tokens = small_data(tmp_path, "kiosk", "manager")
    clients = asyncio.run(story(tmp_path, tokens))
    assert len(clients.answered) > 10 * ROUNDS, "too little happened to prove anything"
    checked = subprocess.run(
        [sys.executable, "-m", "queue_server", "verify", "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout
