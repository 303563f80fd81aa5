"""Start-up: checkpoints are believed when they prove themselves, and never otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from kept_hall import DAY, KeptHall, run, tamper

from queue_server.core.setup import Tick
from queue_server.store import LogDamaged, Store, StoreFailed, replay


def replayed(hall: KeptHall) -> tuple[bytes, int]:
    """The state after a restart, and how many events it took."""
    hall.store.close()
    steps: list[tuple[int, int]] = []
    again = Store.open(hall.directory)
    state = again.load(lambda done, total: steps.append((done, total)))
    again.close()
    assert state.seq == again.head.seq
    hall.hall = state
    return hall.bytes, steps[-1][1]


def test_only_the_events_after_the_checkpoint_are_replayed(hall: KeptHall) -> None:
    run(hall.busy(40))
    run(hall.checkpoint())
    at_checkpoint = hall.hall.seq
    run(hall.busy(10, seed=2))
    expected = hall.bytes, hall.hall.seq - at_checkpoint
    assert replayed(hall) == expected


def test_the_state_is_the_same_with_and_without_a_checkpoint(hall: KeptHall) -> None:
    run(hall.busy(40))
    run(hall.checkpoint())
    run(hall.busy(40, seed=2))
    with_one, _ = replayed(hall)
    tamper(hall.database, "DELETE FROM checkpoint")
    assert replayed(hall)[0] == with_one


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE checkpoint SET shape = '0-older'",
        "UPDATE checkpoint SET log_hash = zeroblob(32)",
        "UPDATE checkpoint SET body = x'7b7d'",
        "UPDATE checkpoint SET body = x'7b7d', body_hash = "
        "x'44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'",
        "UPDATE checkpoint SET seq = 100000",
        "UPDATE checkpoint SET seq = seq - 1",
    ],
)
def test_a_checkpoint_that_does_not_fit_is_not_used(hall: KeptHall, damage: str) -> None:
    run(hall.busy(20))
    run(hall.checkpoint())
    expected = hall.bytes, hall.hall.seq
    hall.store.close()
    tamper(hall.database, damage)
    assert replayed(hall) == expected


def test_the_checkpoint_before_stands_in(hall: KeptHall) -> None:
    run(hall.busy(20))
    run(hall.checkpoint())
    older = hall.hall.seq
    run(hall.busy(20, seed=2))
    run(hall.checkpoint())
    expected = hall.bytes, hall.hall.seq - older
    hall.store.close()
    tamper(hall.database, "UPDATE checkpoint SET body_hash = zeroblob(32) WHERE seq > ?", older)
    assert replayed(hall) == expected


def replayed_without_checkpoint(hall: KeptHall) -> tuple[bytes, int]:
    hall.store.close()
    tamper(hall.database, "DELETE FROM checkpoint")
    return replayed(hall)


def test_two_checkpoints_are_kept(hall: KeptHall) -> None:
    seqs = []
    for seed in range(4):
        run(hall.busy(5, seed=seed + 1))
        run(hall.checkpoint())
        seqs.append(hall.hall.seq)
    rows = run(hall.store.select("SELECT seq FROM checkpoint ORDER BY seq"))
    assert [row["seq"] for row in rows] == seqs[-2:]


def test_a_checkpoint_of_an_event_that_is_not_there_is_refused(hall: KeptHall) -> None:
    with pytest.raises(StoreFailed):
        run(hall.store.checkpoint(hall.bytes, hall.hall.seq + 1))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("UPDATE log SET actor = 'x' WHERE seq = 5", "event 5 was changed"),
        ("DELETE FROM log WHERE seq = 5", "event 5 is missing"),
        ("UPDATE blobs SET text = text || ' '", "set-up"),
        ("DELETE FROM blobs", "set-up"),
    ],
)
def test_a_damaged_log_is_not_served(hall: KeptHall, damage: str, sentence: str) -> None:
    run(hall.busy(5))
    hall.store.close()
    tamper(hall.database, damage)
    store = Store.open(hall.directory)
    with pytest.raises(LogDamaged, match=sentence):
        store.load()
    store.close()


def test_an_event_that_does_not_fit_the_state_is_damage(hall: KeptHall, monkeypatch: Any) -> None:
    def refuse(*_: Any) -> None:
        raise KeyError("t1")

    monkeypatch.setattr(replay, "evolve", refuse)
    with pytest.raises(LogDamaged, match=r"event 1 \(setup_imported\) does not fit"):
        hall.store.load()


def test_events_that_do_not_fit_a_checkpoint_lead_to_a_full_replay(hall: KeptHall) -> None:
    """The bytes and hashes are right, the state in them is not: as after a mistake in an earlier program."""
    run(hall.busy(20))
    whole = hall.hall
    hall.hall = hall.store.load()
    hall.hall.tickets.clear()
    for counter in hall.hall.counters.values():
        counter.ticket = "nobody"
    run(hall.checkpoint())
    hall.hall = whole
    run(hall.busy(20, seed=2))
    expected = hall.bytes, hall.hall.seq
    assert replayed(hall) == expected


def test_progress_is_told_on_the_way(hall: KeptHall, monkeypatch: Any) -> None:
    monkeypatch.setattr(replay, "PROGRESS_EVERY", 5)
    run(hall.busy(20))
    steps: list[tuple[int, int]] = []
    hall.store.load(lambda done, total: steps.append((done, total)))
    seq = hall.hall.seq
    assert steps == [(done, seq) for done in range(5, seq + 1, 5)] + [(seq, seq)]


def test_several_days_replay_to_the_same_state(hall: KeptHall) -> None:
    async def days() -> None:
        for day in range(3):
            await hall.busy(40, seed=day + 1)
            hall.at += DAY
            await hall.do(Tick())
            await hall.checkpoint()

    run(days())
    expected = hall.bytes
    assert replayed(hall) == (expected, 0)
    assert replayed_without_checkpoint(hall)[0] == expected
