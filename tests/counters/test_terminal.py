"""The terminal desk: the same keys as the page, against a made-up line and against a real server of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import uvicorn
from desk_hall import CLERK, SECOND, TEN, do, new_hall, open_counter, take
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from textual.widgets import DataTable, Input, Static

from counters import terminal, terminal_text
from counters.__main__ import parser
from counters.desk import DESK
from counters.terminal import DeskTerminal
from counters.terminal_link import Answer, Link
from queue_server.core import visits as v
from queue_server.core.hall import Hall
from queue_server.core.refusals import Refused
from queue_server.views import Scene, iso


class Hand(Link):
    """A line in the hand of the test: acts run on a hall here, every act shows the new view."""

    def __init__(self, hall: Hall, lang: str = "zh") -> None:
        super().__init__("http://nowhere", "hall", "3", "", lang)
        self.hall, self.at, self.sent = hall, TEN, []
        self.tell: Any = None

    async def follow(self, tell: Any) -> None:
        self.tell = tell
        self.show()
        await asyncio.Event().wait()

    def show(self) -> None:
        self.online, self._heard = True, asyncio.get_running_loop().time()
        self._at = datetime.fromisoformat(iso(self.at, self.hall) or "")
        self.tell(DESK.make(self.hall, "3", Scene(tick=self.at, lang=self.lang)))

    async def act(self, name: str, body: dict[str, Any]) -> Answer:
        self.sent.append((name, body))
        commands = {
            "next": lambda: v.CallNext(counter="3"), "start": lambda: v.StartService(counter="3"),
            "finish": lambda: v.FinishService(counter="3"), "recall": lambda: v.Recall(counter="3"),
            "hold": lambda: v.HoldTicket(counter="3", kind=body["kind"], note=body.get("note")),
            "resume": lambda: v.ResumeTicket(counter="3", ticket=body["ticket"], to=body["to"]),
            "call": lambda: v.CallChosen(counter="3", ticket=body["ticket"], reason=body["reason"]),
        }  # fmt: skip
        before = self.hall.seq
        try:
            do(self.hall, self.at, commands[name](), actor=CLERK)
        except Refused as refused:
            return Answer(409, {"detail": refused.code})
        self.show()
        return Answer(200 if self.hall.seq != before else 204, {})

    async def get(self, path: str) -> Answer:
        return Answer(200, {"counters": [{"id": "43", "label": "43", "kind": "fallback", "state": "free"}]})


@pytest.fixture
def hall(monkeypatch: pytest.MonkeyPatch) -> Hall:
    monkeypatch.setattr(terminal, "DEAD_SECONDS", 0.0)
    hall = new_hall()
    open_counter(hall)
    take(hall, "t1", minutes_ago=9)
    take(hall, "t2", minutes_ago=8)
    return hall


def piloted(link: Hand, story: Any) -> None:
    async def run() -> None:
        app = DeskTerminal(link)
        async with app.run_test(size=(100, 32)) as pilot:
            await pilot.pause()
            await story(app, pilot)

    asyncio.run(run())


def shown(app: DeskTerminal, where: str) -> str:
    return str(app.query_one(where, Static).render())


async def press(pilot: Any, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause(0.05)


def test_a_simple_visit_is_enter_enter_enter(hall):
    link = Hand(hall)

    async def story(app: DeskTerminal, pilot: Any) -> None:
        assert shown(app, "#number").startswith("A001")
        assert app.query_one(DataTable).row_count == 2
        await press(pilot, "enter", "enter", "enter")
        assert [name for name, _ in link.sent] == ["next", "start", "finish"]
        assert hall.tickets["t1"].state == "done"
        assert shown(app, "#number").startswith("A002")

    piloted(link, story)


def test_the_same_key_is_dead_for_a_moment(hall, monkeypatch):
    monkeypatch.setattr(terminal, "DEAD_SECONDS", 60.0)
    link = Hand(hall)

    async def story(app: DeskTerminal, pilot: Any) -> None:
        await press(pilot, "enter", "enter")
        assert [name for name, _ in link.sent] == ["next"]

    piloted(link, story)


def test_a_refusal_is_said(hall):
    async def story(app: DeskTerminal, pilot: Any) -> None:
        await press(pilot, "enter", "plus")
        assert "too-early" in shown(app, "#status") and app.query_one("#status").has_class("no")

    piloted(Hand(hall), story)


def test_hold_and_resume_ask_by_digit(hall):
    link = Hand(hall)

    async def story(app: DeskTerminal, pilot: Any) -> None:
        await press(pilot, "enter", "enter", "slash", "2")
        assert hall.tickets["t1"].hold == "papers_kept"
        await press(pilot, "3", "1")  # one alone needs no choice
        assert link.sent[-1] == ("resume", {"ticket": "t1", "to": "serving"})
        assert hall.tickets["t1"].state == "serving"

    piloted(link, story)


def test_choosing_a_ticket_needs_a_reason(hall):
    link = Hand(hall)

    async def story(app: DeskTerminal, pilot: Any) -> None:
        await press(pilot, "7", "2", "tab")
        app.screen.query_one(Input).value = "轮椅"
        await press(pilot, "enter")
        assert link.sent[-1] == ("call", {"ticket": "t2", "reason": "轮椅"})

    piloted(link, story)


def test_back_out_of_a_question_changes_nothing(hall):
    link = Hand(hall)

    async def story(app: DeskTerminal, pilot: Any) -> None:
        await press(pilot, "enter", "0", "full_stop")
        assert [name for name, _ in link.sent] == ["next"] and len(app.screen_stack) == 1

    piloted(link, story)


def test_a_broken_line_is_named_and_keys_wait(hall):
    link = Hand(hall, "en")

    async def story(app: DeskTerminal, pilot: Any) -> None:
        link.online = False
        app.tick()
        assert "Connection lost" in shown(app, "#status")
        await press(pilot, "enter")
        assert link.sent == []
        link.show()
        app.tick()
        assert shown(app, "#status") == "Connected"

    piloted(link, story)


def test_the_text_of_every_state_stands_in_both_languages(hall):
    for lang in ("zh", "en"):
        for state in ("closed", "free", "called", "serving", "paused"):
            assert terminal_text.keys(state, lang)
    do(hall, TEN, v.CallNext(counter="3"))
    view = DESK.make(hall, "3", Scene(tick=TEN, lang="en"))
    now = datetime.fromisoformat(iso(TEN + 10 * SECOND, hall) or "")
    assert terminal_text.seconds_to(view["ticket"]["call"]["recall_from"], now) == 20
    assert "Again in 20 s" in "\n".join(terminal_text.middle(view, "en", now)[1])


# ------------------------------------------------------------------ the line, against a real server


class Small:
    """A server that fails the first try of each act, and lets in one token only."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        routes = [
            WebSocketRoute("/api/v1/halls/hall/live/desk/3", self.live),
            Route("/api/v1/halls/hall/counters/3/next", self.next, methods=["POST"]),
        ]
        self.server = uvicorn.Server(
            uvicorn.Config(Starlette(routes=routes), port=0, log_level="error", ws="websockets-sansio", lifespan="off")
        )
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    async def live(self, socket: Any) -> None:
        if socket.headers.get("authorization") != "Bearer good":
            await socket.send_denial_response(JSONResponse({"detail": "令牌无效"}, 401))
            return
        await socket.accept()
        await socket.send_json({"seq": 1, "at": "2026-11-24T10:00:00+08:00", "view": {"n": 1}})
        await socket.close()

    async def next(self, request: Any) -> JSONResponse:
        self.keys.append(request.headers["idempotency-key"])
        return JSONResponse({"ok": True}, 200 if len(self.keys) > 1 else 503)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"


@pytest.fixture
def small() -> Iterator[Small]:
    small = Small()
    small.thread.start()
    while not small.server.started:
        time.sleep(0.01)
    yield small
    small.server.should_exit = True
    small.thread.join()


async def until(true: Any) -> None:
    for _ in range(250):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come about within 5 s")


def test_the_line_comes_back_and_sends_an_act_again_with_the_same_key(small):
    async def run() -> None:
        link = Link(small.url, "hall", "3", "good", "zh")
        views: list[Any] = []
        following = asyncio.create_task(link.follow(views.append))
        answer = await link.act("next", {})
        assert answer.ok and len(small.keys) == 2 and len(set(small.keys)) == 1
        await until(lambda: len(views) > 1)  # it hangs up after each view: we came back
        assert link.now() is not None
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    asyncio.run(run())


def test_a_refused_token_is_said(small):
    async def run() -> None:
        link = Link(small.url, "hall", "3", "bad", "zh")
        following = asyncio.create_task(link.follow(lambda view: None))
        await until(lambda: link.trouble)
        assert link.trouble == "令牌无效"
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    asyncio.run(run())


def test_a_dead_server_is_an_answer_of_its_own(monkeypatch):
    monkeypatch.setattr("counters.terminal_link.AGAIN_SECONDS", (0.0, None))
    link = Link("http://127.0.0.1:9", "hall", "3", "", "zh")
    assert asyncio.run(link.act("next", {})) == Answer(0, {})


def test_the_command_line_has_an_example():
    assert "example:" in parser().format_help()
