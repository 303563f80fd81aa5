"""Views to screens: at once for a call, never what may yet be lost, and no screen waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from factory import MINUTE, called, staffed, started, taken
from running_hall import Hall, in_loop, running, turns

from queue_server.core import visits as v
from queue_server.core.refusals import NotFound
from queue_server.feed import Feed, Screen
from queue_server.views import Scene, ViewKind

NEVER = 3_600.0  # seconds between two views when no call comes: longer than any test


def seen(hall: Any, arg: str | None, scene: Scene) -> dict[str, Any]:
    if arg == "none":
        raise NotFound("unknown-zone", zone=arg)
    return {
        "tickets": len(hall.tickets),
        "calls": [ring.id for ring in hall.rings],
        "tick": scene.tick,
        "lang": scene.lang,
    }


def at_state(hall: Any, arg: str | None, scene: Scene) -> dict[str, Any]:
    return {"state": hall.tickets[arg].state}


BOARD = ViewKind(
    name="board", make=seen, topics=lambda hall, arg: frozenset({"hall", "queues", "calls"}), template="board.html",
    bilingual=True,
)  # fmt: skip
DESK = ViewKind(name="desk", make=seen, topics=lambda hall, arg: frozenset({f"counter:{arg}", "queue:A"}))
PHONE = ViewKind(name="ticket", make=at_state, topics=lambda hall, arg: frozenset({f"ticket:{arg}"}), first=False)


class Glass:
    """What a screen received. While ``blocked`` the connection takes nothing more."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.blocked: asyncio.Future[None] | None = None
        self.dead = False
        self.screen = Screen(self.send, "glass")

    async def send(self, message: dict[str, Any]) -> None:
        if self.dead:
            raise RuntimeError("the connection is closed")
        if self.blocked is not None:
            await self.blocked
        self.messages.append(msgspec.json.decode(message["text"]))

    def block(self) -> None:
        self.blocked = asyncio.get_running_loop().create_future()

    def read_on(self) -> None:
        assert self.blocked is not None
        blocked, self.blocked = self.blocked, None
        blocked.set_result(None)

    @property
    def views(self) -> list[dict[str, Any]]:
        return [message["view"] for message in self.messages]

    @property
    def tickets(self) -> list[int]:
        return [view["tickets"] for view in self.views]


class Watched:
    """A running hall with a feed, and the screens that follow it."""

    def __init__(self, hall: Hall, intervals: tuple[float, float]) -> None:
        self.hall = hall
        self.tick = 0
        self.made = 0
        self.feed = Feed(hall.runner, [BOARD, DESK, PHONE], self.scene, self.fragment, intervals)

    def scene(self, lang: str, arg: str | None) -> Scene:
        self.made += 1
        return Scene(tick=self.tick, lang=lang)

    def fragment(self, template: str, view: dict[str, Any], lang: str) -> str:
        return f"<p>{view['tickets']} {lang}</p>"

    async def screen(self, name: str = "board", arg: str | None = None, lang: str = "zh", html: bool = False) -> Glass:
        glass = Glass()
        glass.channel = await self.feed.join(glass.screen, name, arg, lang, html)  # type: ignore[attr-defined]
        return glass


@asynccontextmanager
async def watched(directory: Path, intervals: tuple[float, float] = (NEVER, NEVER)) -> AsyncIterator[Watched]:
    async with running(directory) as hall:
        await hall.ask(staffed("1"), staffed("2"))
        yield Watched(hall, intervals)


# ------------------------------------------------------------------ what a screen gets


@in_loop
async def test_the_whole_view_at_once_on_connection(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        glass = await at.screen()
        message = glass.messages[0]
        assert list(message) == ["seq", "at", "view"]
        assert (message["seq"], message["at"]) == (at.hall.runner.state.seq, "2026-01-05T10:00:00.000+08:00")
        assert message["view"]["tickets"] == 0


@in_loop
async def test_a_call_is_shown_at_once_and_the_rest_in_its_time(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        glass = await at.screen()
        await at.hall.ask(taken("t1"))
        assert glass.tickets == [0], "no call: it waits for the interval"
        await at.hall.ask(called())
        assert glass.views[-1]["calls"] == ["c1"], "in the first message after its commit"
        assert glass.messages[-1]["seq"] == at.hall.runner.state.seq
        at.hall.clock.at += MINUTE
        await at.hall.ask(v.Recall(counter="1"))
        assert len(glass.messages) == 2, "a view that has not changed is not sent"


@in_loop
async def test_the_rest_comes_when_the_interval_is_over(tmp_path: Path) -> None:
    async with watched(tmp_path, (0.02, 0.02)) as at:
        glass = await at.screen()
        await at.hall.ask(taken("t1"), taken("t2"))
        await at.hall.until(lambda: glass.tickets[-1] == 2)


@in_loop
async def test_no_call_is_missed_by_who_joins_later(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        early = await at.screen()
        await at.hall.ask(taken("t1"))
        late = await at.screen()
        assert late.tickets == [1]
        assert early.tickets == [0, 1], "a newcomer brings the present state to everybody"
        assert (await at.screen()).messages == [late.messages[-1]]
        assert early.messages[-1] == late.messages[-1]


@in_loop
async def test_one_message_for_all_screens_and_none_for_nobody(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        await at.hall.ask(taken("t1"), taken("t2"))
        assert at.made == 0, "nobody watches"
        screens = [await at.screen(lang=lang) for lang in ("zh", "en", "zh")]
        made = at.made
        await at.hall.ask(called("1"))
        assert at.made == made + 1
        assert {glass.messages[-1]["seq"] for glass in screens} == {at.hall.runner.state.seq}
        for glass in screens:
            at.feed.leave(glass.screen, glass.channel)  # type: ignore[attr-defined]
        await at.hall.ask(called("2"))
        assert (at.made, at.feed.channels, at.feed._topics) == (made + 1, {}, {})


@in_loop
async def test_other_languages_are_other_messages_unless_bilingual(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        boards = [await at.screen("board", None, lang) for lang in ("zh", "en")]
        desks = [await at.screen("desk", "1", lang) for lang in ("zh", "en")]
        assert [glass.views[0]["lang"] for glass in boards] == ["zh", "zh"]
        assert [glass.views[0]["lang"] for glass in desks] == ["zh", "en"]
        assert (at.feed.watching("board"), at.feed.watching("desk")) == (2, 2)


@in_loop
async def test_our_own_pages_get_html_with_what_their_scripts_need(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        glass = await at.screen(html=True)
        assert list(glass.messages[0]) == ["seq", "at", "html", "calls"]
        assert glass.messages[0]["html"] == "<p>0 zh</p>"
        assert "view" in (await at.screen("desk", "1", html=True)).messages[0], "a view without a template has none"


@in_loop
async def test_what_cannot_be_shown(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        with pytest.raises(NotFound, match="unknown-view"):
            await at.screen("nothing")
        with pytest.raises(NotFound, match="unknown-zone"):
            await at.screen("board", "none")
        assert at.feed.channels == {}


@in_loop
async def test_what_leaves_the_hall_stays_as_it_was_last_seen(tmp_path: Path) -> None:
    async with watched(tmp_path, (0.0, 0.0)) as at:
        await at.hall.ask(taken("t1"))
        glass = await at.screen("ticket", "t1")
        at.hall.runner.state.tickets.pop("t1")
        at.feed.touch("ticket:t1")
        await turns()
        assert glass.views == [{"state": "waiting"}]


# ------------------------------------------------------------------ slow and dead screens


@in_loop
async def test_a_slow_screen_delays_nobody_and_finds_the_newest_view(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        slow, quick = await at.screen(), await at.screen()
        slow.block()
        for number in range(5):
            await at.hall.ask(taken(f"t{number}"), called("1"), started("1"), v.FinishService(counter="1"))
        assert [view["calls"][0] for view in quick.views[1:]] == ["c1", "c2", "c3", "c4", "c5"]
        assert len(slow.messages) == 1
        slow.read_on()
        await turns()
        assert [view["calls"][0] for view in slow.views[1:]] == ["c1", "c5"], "what was under way, and the newest"
        assert slow.messages[-1] == quick.messages[-1]


@in_loop
async def test_a_dead_screen_harms_nobody(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        dead, alive, dying = await at.screen(), await at.screen(), await at.screen()
        dead.dead = True
        dying.block()
        await at.hall.ask(taken("t1"), called("1"))
        dying.dead = True
        dying.blocked.set_exception(ConnectionResetError())  # type: ignore[union-attr]
        await turns()
        await at.hall.ask(taken("t2"), called("2"))
        assert alive.views[-1]["calls"] == ["c2", "c1"]
        for glass in (dead, dying):
            at.feed.leave(glass.screen, glass.channel)  # type: ignore[attr-defined]
        assert at.feed.watching("board") == 1


@in_loop
async def test_a_screen_that_goes_while_something_is_under_way(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        glass = await at.screen()
        glass.block()
        await at.hall.ask(taken("t1"), called("1"))
        at.feed.leave(glass.screen, glass.channel)  # type: ignore[attr-defined]
        await turns()
        assert glass.blocked is not None and glass.blocked.cancelled()


@in_loop
async def test_a_view_that_fails_harms_no_other(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        await at.hall.ask(taken("t1"))
        broken, board = await at.screen("desk", "1"), await at.screen()
        at.feed.channels[broken.channel.key].kind = msgspec.structs.replace(DESK, make=lambda *given: 1 / 0)  # type: ignore[attr-defined]
        await at.hall.ask(called("1"))
        assert (len(broken.messages), board.views[-1]["calls"]) == (1, ["c1"])


# ------------------------------------------------------------------ phones


@in_loop
async def test_phones_come_after_everything_else_and_get_the_last_word(tmp_path: Path) -> None:
    async with watched(tmp_path, (NEVER, 0.0)) as at:
        await at.hall.ask(*(taken(f"t{number}") for number in range(120)))
        phones = [await at.screen("ticket", f"t{number}") for number in range(120)]
        board = await at.screen()
        await at.hall.ask(called("1"))
        assert board.views[-1]["calls"] == ["c1"]
        await at.hall.until(lambda: phones[0].views[-1] == {"state": "called"})
        assert phones[1].views == [{"state": "waiting"}], "its ticket has not moved"
        at.feed.renew()
        await turns()
        assert phones[1].views == [{"state": "waiting"}]


# ------------------------------------------------------------------ heartbeat and tick


@in_loop
async def test_when_nothing_changes_the_last_view_comes_again_with_a_new_instant(tmp_path: Path) -> None:
    async with watched(tmp_path) as at:
        glass = await at.screen()
        async with _beating(at, 0.02, NEVER):
            at.hall.clock.at += MINUTE
            await at.hall.until(lambda: len(glass.messages) >= 3)
        first, last = glass.messages[0], glass.messages[-1]
        assert last["at"] == "2026-01-05T10:01:00.000+08:00" != first["at"]
        assert (last["seq"], last["view"]) == (first["seq"], first["view"])


@in_loop
async def test_figures_that_need_the_present_time_are_renewed_by_the_tick(tmp_path: Path) -> None:
    async with watched(tmp_path, (0.0, 0.0)) as at:
        glass = await at.screen()
        async with _beating(at, 0.04, 0.0):
            at.tick = 15
            await at.hall.until(lambda: glass.views[-1]["tick"] == 15)


@asynccontextmanager
async def _beating(at: Watched, seconds: float, tick_seconds: float) -> AsyncIterator[None]:
    beat: Coroutine[Any, Any, None] = at.feed.beat(seconds, tick_seconds)
    task = asyncio.create_task(beat)
    try:
        yield
    finally:
        task.cancel()


# ------------------------------------------------------------------ nothing that may yet be lost


@in_loop
async def test_a_view_waits_for_the_commit_that_is_under_way(tmp_path: Path) -> None:
    async with watched(tmp_path, (0.01, 0.01)) as at:
        await at.hall.ask(taken("t1"))
        glass = await at.screen()
        await at.hall.ask(taken("t2"))  # its view is due in 10 ms
        at.hall.store.hold()
        asked = at.hall.runner.submit(taken("t3"))
        joining = asyncio.create_task(at.screen())
        await asyncio.sleep(0.05)
        assert at.hall.runner.committing
        assert 3 not in glass.tickets and not joining.done()
        at.hall.store.let_go()
        await asked
        assert (await joining).tickets == [3]


@in_loop
async def test_a_touch_does_not_show_what_may_yet_be_lost(tmp_path: Path) -> None:
    async with watched(tmp_path, (0.0, 0.0)) as at:
        await at.hall.ask(taken("t1"))
        board, desk = await at.screen(), await at.screen("desk", "1")
        at.hall.store.hold()
        asked = at.hall.runner.submit(called("1"))
        await turns()
        at.feed.touch("calls")  # a clip is ready
        at.feed.touch_view("desk", "1")  # a board has acknowledged
        await turns()
        shown = [glass.views[-1]["calls"] for glass in (board, desk)]
        at.hall.store.let_go()
        await asked
        assert shown == [[], []]


@in_loop
async def test_screens_are_not_starved_by_a_busy_hall(tmp_path: Path) -> None:
    async with watched(tmp_path, (0.01, 0.01)) as at:
        glass = await at.screen()
        await at.hall.ask(taken("t1"))  # its view is due in 10 ms
        at.hall.store.hold()
        second = at.hall.runner.submit(taken("t2"))
        await asyncio.sleep(0.05)
        third = at.hall.runner.submit(taken("t3"))
        at.hall.store.let_one_go()
        await second
        await asyncio.sleep(0.05)
        shown = glass.tickets[-1]
        at.hall.store.let_go()
        await third
        assert shown == 2
