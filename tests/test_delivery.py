"""Proof of delivery: who showed a call, who spoke it, told once and kept once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from factory import MINUTE, TEN, called, staffed, taken
from running_hall import Hall, in_loop, running

from queue_server import delivery as module
from queue_server.core import visits as v
from queue_server.core.setup import CallDelivered
from queue_server.delivery import Delivery


async def calling(hall: Hall) -> Delivery:
    """A hall in which t1 is called at counter 1 while two boards watch."""
    delivery = Delivery(hall.runner)
    delivery.watching = lambda: 2
    await hall.ask(staffed("1"), taken("t1"), called("1"))
    return delivery


def proofs(hall: Hall) -> list[Any]:
    return [event for event in hall.events if isinstance(event, CallDelivered)]


@in_loop
async def test_the_desk_is_told_of_the_first_word_and_the_first_voice(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        delivery = await calling(hall)
        assert delivery.ack("board-1", "c1", 1, "shown") == "t1"
        assert delivery.ack("board-2", "c1", 1, "shown") is None
        assert delivery.ack("board-1", "c1", 1, "spoken") == "t1"
        hall.clock.at += MINUTE
        delivery.phone("t1", "c1")
        assert delivery.of("c1") == {
            "count": 1, "shown": 2, "watching": 2, "shown_at": TEN, "spoken": TEN, "phone": True,
        }  # fmt: skip


@in_loop
async def test_acks_of_what_never_rang_are_passed_over(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        delivery = await calling(hall)
        assert delivery.ack("b", "c9", 1, "shown") is None
        assert delivery.ack("b", "c1", 2, "shown") is None
        assert delivery.ack("b", "c1", 1, "sung") is None
        delivery.phone("t2", "c1")
        delivery.phone("t1", "c9")
        assert delivery.of("c9") is None
        found = delivery.of("c1")
        assert found is not None
        assert (found["shown"], found["shown_at"], found["spoken"], found["phone"]) == (0, None, None, False)


@in_loop
async def test_a_recall_is_proved_anew(tmp_path: Path) -> None:
    async with running(tmp_path) as hall:
        delivery = await calling(hall)
        delivery.ack("b", "c1", 1, "shown")
        hall.clock.at += MINUTE
        await hall.ask(v.Recall(counter="1"))
        found = delivery.of("c1")
        assert found is not None
        assert (found["count"], found["shown"]) == (2, 0)
        assert delivery.ack("b", "c1", 2, "shown") == "t1"
        assert delivery.ack("b2", "c1", 1, "shown") is None, "a late ack of the first ring is no news"


@in_loop
async def test_one_event_per_ring_some_seconds_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AFTER_SECONDS", 0.02)
    async with running(tmp_path) as hall:
        delivery = await calling(hall)
        for board in ("b2", "b1", "b1"):
            delivery.ack(board, "c1", 1, "shown")
        delivery.ack("b1", "c1", 1, "spoken")
        await hall.until(lambda: len(proofs(hall)) == 1)
        assert proofs(hall) == [CallDelivered(call="c1", count=1, shown=("b1", "b2"), spoken=("b1",), watching=2)]
        hall.clock.at += MINUTE
        await hall.ask(v.Recall(counter="1"))
        await hall.until(lambda: len(proofs(hall)) == 2)
        assert proofs(hall)[1] == CallDelivered(call="c1", count=2, watching=2)


@in_loop
async def test_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEEP_RINGS", 2)
    monkeypatch.setattr(module, "DEVICES_MAX", 3)
    async with running(tmp_path) as hall:
        delivery = await calling(hall)
        for number in range(10):
            delivery.ack(f"b{number}", "c1", 1, "shown")
        found = delivery.of("c1")
        assert found is not None
        assert found["shown"] == 3
        for _ in range(2):
            hall.clock.at += MINUTE
            await hall.ask(v.Recall(counter="1"))
        found = delivery.of("c1")
        assert found is not None, "the first ring is forgotten, the call is not"
        assert found["count"] == 3
        await hall.ask(v.MarkNoShow(counter="1"), taken("t2"), called("1"), v.PutBack(counter="1"), called("1"))
        assert delivery.of("c1") is None
