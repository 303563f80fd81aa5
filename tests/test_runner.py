"""The only path of change: in order, in batches, committed before anybody knows."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest
from factory import DAY, MINUTE, TEN, VISITOR, called, clerk, finished, importing, staffed, started, taken
from running_hall import Hall, PretendClock, in_loop, running, turns

from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.context import SYSTEM
from queue_server.core.counters import CounterOpened, LeaseLapsed, LeaseRenewed
from queue_server.core.hall import CALLS_SHOWN
from queue_server.core.refusals import Invalid, Refused, Unavailable
from queue_server.runner import BATCH_MAX, Reply, Retry
from queue_server.store import StoreFailed, verify

FULL = StoreFailed("full", "database or disk is full")


async def refused(future: asyncio.Future[Any]) -> str:
    with pytest.raises(Refused) as refusal:
        await future
    return refusal.value.code


# ------------------------------------------------------------------ commits


@in_loop
async def test_nothing_is_answered_shown_or_read_before_the_commit(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        hall.store.hold()
        shown = len(hall.published)
        asked = hall.runner.submit(taken("t1"))
        reading = asyncio.create_task(hall.runner.settled())
        await turns()
        assert hall.runner.committing
        reading_late = asyncio.create_task(hall.runner.settled())
        await turns()
        assert not asked.done() and not reading.done() and not reading_late.done()
        assert len(hall.published) == shown
        hall.store.let_go()
        assert [type(event) for event in await asked] == [v.TicketIssued]
        await asyncio.gather(reading, reading_late)
        assert hall.published[-1].topics == {"ticket:t1", "queue:A", "queues"}
        assert hall.published[-1].events[-1][0] == hall.runner.state.seq


@in_loop
async def test_what_gathers_meanwhile_is_one_batch(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        begun = len(hall.store.batches)
        hall.store.hold()
        first = hall.runner.submit(taken("t0"))
        await turns()
        more = [hall.runner.submit(taken(f"t{x}")) for x in range(1, 30)]
        assert hall.runner.backlog == 29
        hall.store.let_go()
        await asyncio.gather(first, *more)
        assert [len(batch.entries) for batch in hall.store.batches[begun:]] == [1, 29]


@in_loop
async def test_no_batch_is_so_large_that_it_starves_the_screens(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        await asyncio.gather(*(hall.runner.submit(taken(f"t{x}")) for x in range(BATCH_MAX + 10)))
        assert max(len(batch.entries) for batch in hall.store.batches) == BATCH_MAX


@in_loop
async def test_no_batch_makes_more_calls_than_a_board_shows(tmp_path: Path) -> None:
    """Else the oldest of them would never stand on a board, however fast it is."""
    async with running(tmp_path) as hall:
        await hall.ask(staffed("1"), *(taken(f"t{x}") for x in range(CALLS_SHOWN + 5)))
        visit = (called(), started(), finished())
        await asyncio.gather(*(hall.runner.submit(step) for _ in range(CALLS_SHOWN + 5) for step in visit))
        made = [sum(isinstance(entry[1], v.TicketCalled) for entry in batch.entries) for batch in hall.store.batches]
        assert max(made) == CALLS_SHOWN and sum(made) == CALLS_SHOWN + 5


@in_loop
async def test_two_counters_never_get_one_ticket(tmp_path: Path) -> None:
    """Defects 1 and 2 of PEERS 3B: two clerks read the same head of the queue, both win."""
    async with running(tmp_path) as hall:
        await hall.ask(staffed("1"), staffed("2"), staffed("3"), taken("t1"), taken("t2"))
        hall.store.hold()
        asked = [hall.runner.submit(called(counter)) for counter in ("1", "2", "3", "1", "2")]
        await turns()
        hall.store.let_go()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert [answer[0].ticket if isinstance(answer, list) and answer else answer for answer in answers[:3]] == [
            "t1", "t2", [],
        ]  # fmt: skip
        assert [getattr(answer, "code", answer) for answer in answers[3:]] == ["ticket-open", "ticket-open"]


@in_loop
async def test_an_answer_is_made_on_the_state_right_after_its_command(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:

        def render(state: Any, events: list[Any]) -> Reply:
            return Reply(200, str(len(state.tickets)).encode())

        asked = [hall.runner.submit(taken(f"t{x}"), SYSTEM, render) for x in range(5)]
        assert [reply.body for reply in await asyncio.gather(*asked)] == [b"1", b"2", b"3", b"4", b"5"]


@in_loop
async def test_readers_are_not_starved_by_a_busy_hall(tmp_path: Path) -> None:
    """While one batch is committed the next gathers; whoever waits to read gets in between."""
    async with running(tmp_path) as hall:
        hall.store.hold()
        first = hall.runner.submit(taken("t1"))
        await turns()
        reading = asyncio.create_task(hall.runner.settled())
        await turns()
        second = hall.runner.submit(taken("t2"))
        hall.store.let_one_go()
        await first
        await turns()
        assert hall.runner.committing and not second.done()
        assert reading.done(), "the reader waits for the second commit as well, and so on for ever"


@in_loop
async def test_who_no_longer_waits_is_not_served(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        hall.store.hold()
        first = hall.runner.submit(taken("t1"))
        await turns()
        gone, reading = hall.runner.submit(taken("t2")), asyncio.create_task(hall.runner.settled())
        await turns()
        gone.cancel()
        reading.cancel()
        hall.store.let_go()
        await first
        await hall.ask(taken("t3"))
        assert list(hall.runner.state.tickets) == ["t1", "t3"]


@in_loop
async def test_a_listener_that_fails_harms_nobody(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        hall.runner.listen(lambda published: 1 / 0)
        later: list[Any] = []
        hall.runner.listen(later.append)
        await hall.ask(taken("t1"))
        assert len(later) == 1


# ------------------------------------------------------------------ one answer per key


def numbered(state: Any, events: list[Any]) -> Reply:
    return Reply(201, f"event {state.seq}".encode())


@in_loop
async def test_a_retry_gets_the_first_answer(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        first = await hall.runner.submit(taken("t1"), SYSTEM, numbered, Retry("k", "request"))
        again = await hall.runner.submit(taken("t2"), SYSTEM, numbered, Retry("k", "request"))
        assert again == first
        assert list(hall.runner.state.tickets) == ["t1"]
        other = hall.runner.submit(taken("t2"), SYSTEM, numbered, Retry("k", "another request"))
        assert await refused(other) == "key-reused"
        assert issubclass(Invalid, Refused)
        theirs = await hall.runner.submit(taken("t2"), clerk("li"), numbered, Retry("k", "another request"))
        assert theirs != first, "keys belong to whoever asks"


@in_loop
async def test_a_double_press_within_one_batch_is_one_command(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        asked = [hall.runner.submit(taken(f"t{x}"), SYSTEM, numbered, Retry("k", "request")) for x in range(3)]
        assert len({reply.body for reply in await asyncio.gather(*asked)}) == 1
        assert len(hall.runner.state.tickets) == 1


@in_loop
async def test_answers_outlive_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        first = await hall.runner.submit(taken("t1"), SYSTEM, numbered, Retry("k", "request"))
    async with running(tmp_path) as hall:
        assert await hall.runner.submit(taken("t2"), SYSTEM, numbered, Retry("k", "request")) == first
        assert await refused(hall.runner.submit(taken("t2"), SYSTEM, numbered, Retry("k", "x"))) == "key-reused"


@in_loop
async def test_refusals_and_nobody_waiting_are_not_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:

        def nobody(state: Any, events: list[Any]) -> Reply:
            return Reply(200, b"called") if events else Reply(204, b"")

        assert await refused(hall.runner.submit(called(), SYSTEM, nobody, Retry("k", "next"))) == "counter-closed"
        await hall.ask(staffed("1"))
        assert (await hall.runner.submit(called(), SYSTEM, nobody, Retry("k", "next"))).status == 204
        await hall.ask(taken("t1"))
        assert (await hall.runner.submit(called(), SYSTEM, nobody, Retry("k", "next"))).status == 200


@in_loop
async def test_a_failed_batch_keeps_no_answers(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        hall.store.error = FULL
        await refused(hall.runner.submit(taken("t1"), SYSTEM, numbered, Retry("k", "request")))
        hall.store.error = None
        await hall.runner.submit(taken("t1"), SYSTEM, numbered, Retry("k", "request"))
        assert list(hall.runner.state.tickets) == ["t1"]


@in_loop
async def test_keys_are_kept_to_the_end_of_the_next_hall_day(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        first = await hall.runner.submit(taken("t1"), SYSTEM, numbered, Retry("k", "request"))
        hall.clock.at += DAY
        assert await hall.runner.submit(taken("t2"), SYSTEM, numbered, Retry("k", "request")) == first
        hall.clock.at += 2 * DAY
        await hall.until(lambda: hall.runner.state.day == "2026-01-08")
        await hall.runner.settled()
        await turns(200)
        await hall.ask(taken("t3"))
        again = await hall.runner.submit(taken("t2"), SYSTEM, numbered, Retry("k", "request"))
        assert again != first


# ------------------------------------------------------------------ time


@in_loop
async def test_time_brings_things_about_by_itself(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        await hall.ask(staffed("1"), staffed("2"))
        hall.runner.present = lambda: frozenset({"2"})
        hall.clock.at += 10 * MINUTE
        await hall.until(lambda: any(isinstance(event, LeaseLapsed) for event in hall.events))
        assert [type(event) for event in hall.events[-2:]] == [LeaseLapsed, LeaseRenewed]


@in_loop
async def test_a_command_after_the_turn_belongs_to_the_new_day(tmp_path: Path) -> None:
    """Also when commands never stop: time goes first, whether or not there is a quiet moment."""
    async with running(tmp_path) as hall:
        await hall.ask(taken("t1"))
        hall.store.hold()
        asked = [hall.runner.submit(taken("t2"))]
        await turns()
        hall.clock.at += DAY
        asked += [hall.runner.submit(taken("t3"))]
        hall.store.let_go()
        await asyncio.gather(*asked)
        kinds = [type(event) for event in hall.events[-4:]]
        assert kinds == [v.TicketIssued, s.DayClosed, s.DayOpened, v.TicketIssued]
        assert hall.runner.state.tickets["t3"].number == "A001"


@in_loop
async def test_a_jump_of_the_clock_is_an_event_also_in_a_busy_hall(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        hall.clock.jump = -3_600
        hall.clock.at -= 60 * MINUTE
        await hall.ask(taken("t1"))
        assert s.ClockJumped(seconds=-3_600) in hall.events
        assert hall.runner.state.tickets["t1"].arrival == TEN, "hall time never runs back"
        await hall.ask(taken("t2"))
        assert hall.events.count(s.ClockJumped(seconds=-3_600)) == 1


@in_loop
async def test_after_the_turn_a_checkpoint_shortens_the_start(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        await hall.ask(staffed("1"), taken("t1"), called(), started(), finished())
        hall.clock.at += DAY
        await hall.until(lambda: hall.runner.state.day == "2026-01-06")
        await hall.ask(taken("t2"))
        await turns(200)
        before = hall.state()
    with contextlib.closing(sqlite3.connect(tmp_path / "hall.db")) as database:
        assert database.execute("SELECT count(*) FROM checkpoint").fetchone() > (0,)
    async with running(tmp_path, PretendClock(TEN + DAY)) as hall:
        assert hall.state() == before
        assert not await asyncio.to_thread(verify, tmp_path)


# ------------------------------------------------------------------ the end


@in_loop
async def test_what_was_accepted_is_finished_then_nothing_more(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        asked = [hall.runner.submit(taken(f"t{x}")) for x in range(300)]
        stopping = asyncio.create_task(hall.runner.stop())
        await turns()
        assert await refused(hall.runner.submit(taken("late"))) == "not-ready"
        await stopping
        assert all(future.result() for future in asked)
    async with running(tmp_path) as hall:
        assert len(hall.runner.state.tickets) == 300


@in_loop
async def test_too_much_at_once_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        hall.runner._queue_max = 3
        asked = [hall.runner.submit(taken(f"t{x}"), VISITOR) for x in range(5)]
        assert [await refused(future) for future in asked[3:]] == ["too-busy"] * 2
        await asyncio.gather(*asked[:3])
        assert Unavailable.status == 503


@in_loop
async def test_the_state_can_be_read_back_byte_for_byte(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        await _busy(hall)
        before = hall.state()
    async with running(tmp_path, PretendClock()) as hall:
        assert hall.state() == before
        assert msgspec.json.decode(before)["seq"] == hall.runner.state.seq


async def _busy(hall: Hall) -> None:
    await hall.ask(importing(), staffed("1"), staffed("4"))
    asked = []
    for number in range(40):
        asked.append(hall.runner.submit(taken(f"t{number}", "b1" if number % 3 else "a1")))
        asked += [hall.runner.submit(make(counter)) for counter in "14" for make in (called, started, finished)]
        await asyncio.sleep(0)
    for future in asked:
        with contextlib.suppress(Refused):
            await future
    assert any(isinstance(event, CounterOpened) for event in hall.events)
