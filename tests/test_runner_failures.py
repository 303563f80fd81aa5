"""When the disk does not take a batch: nothing has happened, and it goes on by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from factory import MINUTE, called, staffed, started, taken
from running_hall import in_loop, running

from queue_server.core.context import SYSTEM
from queue_server.core.counters import LeaseLapsed
from queue_server.core.refusals import Refused
from queue_server.runner import Reply
from queue_server.store import StoreFailed, verify

FULL = StoreFailed("full", "database or disk is full")


async def refused(future: asyncio.Future[Any]) -> str:
    with pytest.raises(Refused) as refusal:
        await future
    return refusal.value.code


@in_loop
async def test_when_the_append_fails_nothing_has_happened(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        await hall.ask(staffed("1"), taken("t1"))
        before, shown = hall.state(), len(hall.published)
        hall.store.error = FULL
        asked = [hall.runner.submit(command) for command in (called(), taken("t2"), started("1"))]
        assert [await refused(future) for future in asked] == ["store-failed"] * 3
        assert (hall.state(), len(hall.published)) == (before, shown)
        assert hall.runner.failed is not None
        hall.store.error = None
        assert (await hall.ask(called()))[0].ticket == "t1"
        assert hall.runner.failed is None
        assert not await asyncio.to_thread(verify, hall.directory)


@in_loop
async def test_a_mistake_of_ours_takes_back_its_batch_and_no_more(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        await hall.ask(taken("t1"))
        before = hall.state()
        broken = hall.runner.submit(taken("t2"), SYSTEM, lambda state, events: Reply(200, 1 / 0))
        assert await refused(broken) == "store-failed"
        assert hall.state() == before
        await hall.ask(taken("t3"))


@in_loop
async def test_it_goes_on_when_the_log_can_be_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path) as hall:
        real, tries = hall.store.store.load, []

        def load() -> Any:
            tries.append(1)
            if len(tries) == 1:
                raise StoreFailed("io", "cannot read")
            return real()

        monkeypatch.setattr(hall.store.store, "load", load)
        hall.store.error = FULL
        assert await refused(hall.runner.submit(taken("t1"))) == "store-failed"
        hall.store.error = None
        await hall.ask(taken("t2"))
        assert len(tries) == 2


@in_loop
async def test_a_full_disk_is_not_asked_for_ever(tmp_path: Path) -> None:
    """What time brings about fails too; it is tried again, at leisure."""
    async with running(tmp_path) as hall:
        await hall.ask(staffed("1"))
        hall.store.error = FULL
        hall.clock.at += 10 * MINUTE
        await hall.until(lambda: hall.runner.failed is not None)
        tried = len(hall.store.batches)
        await asyncio.sleep(0.1)
        assert len(hall.store.batches) - tried <= 1
        hall.store.error = None
        await hall.until(lambda: any(isinstance(event, LeaseLapsed) for event in hall.events))


@in_loop
async def test_an_idle_hall_notices_that_the_disk_has_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``/readyz`` must not wait for the first visitor to find out."""
    async with running(tmp_path) as hall:
        hall.store.error = FULL
        assert await refused(hall.runner.submit(taken("t1"))) == "store-failed"
        hall.store.error = None
        monkeypatch.setattr("queue_server.runner.RETRY_SECONDS", 0.01)
        hall.runner._wake.set()
        await hall.until(lambda: hall.runner.failed is None)
