"""Every way of cheating that verify promises to find, and none that it invents."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest
from kept_hall import DAY, KeptHall, run, tamper

from queue_server.core.setup import Tick
from queue_server.store import Store, StoreFailed, StoreLocked, rebuild_projections, verify


@pytest.fixture
def kept_day(hall: KeptHall) -> KeptHall:
    """A day, its checkpoint, and a bit of the next."""

    async def days() -> None:
        await hall.busy(60)
        hall.at += DAY
        await hall.do(Tick())
        await hall.checkpoint()
        await hall.busy(30, seed=2)

    run(days())
    hall.store.close()
    return hall


def test_a_store_as_we_left_it_is_right(kept_day: KeptHall) -> None:
    assert verify(kept_day.directory) == []


def test_it_can_be_asked_beside_a_running_server(hall: KeptHall) -> None:
    run(hall.busy(20))
    assert verify(hall.directory) == []
    run(hall.busy(20, seed=2))
    assert verify(hall.directory) == []


def test_a_long_log_is_compared_in_pieces(kept_day: KeptHall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["queue_server.store.verify"], "CHUNK", 7)
    assert verify(kept_day.directory) == []


def test_an_empty_store_is_right(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    assert verify(tmp_path) == []


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("UPDATE log SET body = replace(body, 'A001', 'A002') WHERE body LIKE '%A001%'", "was changed"),
        ("UPDATE log SET actor = 'somebody' WHERE seq = 9", "event 9 was changed"),
        ("UPDATE log SET at = at + 1 WHERE seq = 9", "event 9 was changed"),
        ("UPDATE log SET key = 'k' WHERE seq = 9", "event 9 was changed"),
        ("UPDATE log SET hash = zeroblob(32) WHERE seq = 9", "event 9 was changed"),
        ("DELETE FROM log WHERE seq = 9", "event 9 is missing"),
        ("DELETE FROM log WHERE seq = 1", "event 1 is missing"),
        ("UPDATE blobs SET text = text || '#'", "the events from 1 on cannot be replayed"),
        ("UPDATE checkpoint SET body = replace(body, '\"day\"', '\"dau\"')", "is not the state that the log gives"),
        ("UPDATE checkpoint SET log_hash = zeroblob(32)", "was taken of another log"),
        ("UPDATE checkpoint SET seq = 100000", "the checkpoint after event 100000 has no such event"),
        ("UPDATE visits SET counter = '9' WHERE number = 'A001'", "table visits: t1"),
        ("DELETE FROM visits WHERE rowid = 3", "table visits: the row of"),
        ("DELETE FROM days WHERE closed IS NULL", "table days: the row of 2026-01-06 is missing"),
        ("INSERT INTO days (day, opened, opened_seq) VALUES ('2030-01-01', 1, 1)", "no event gives the row of 2030"),
        ("UPDATE calls SET clerk = 'x' WHERE call = 'c1'", "clerk is 'x' and should be"),
        ("UPDATE servings SET ended = ended + 1", "table servings"),
        ("UPDATE shifts SET paused_us = 1", "table shifts"),
        ("UPDATE meta SET value = '99'", "the schema has version 99"),
    ],
)
def test_what_was_tampered_with_is_found(kept_day: KeptHall, damage: str, sentence: str) -> None:
    tamper(kept_day.database, damage)
    problems = verify(kept_day.directory)
    assert any(sentence in problem for problem in problems), problems


def test_a_guard_that_was_taken_away_is_found(kept_day: KeptHall) -> None:
    connection = sqlite3.connect(kept_day.database)
    connection.execute("DROP TRIGGER log_forgets_nothing")
    connection.execute("CREATE TABLE extra (x)")
    connection.commit()
    connection.close()
    assert verify(kept_day.directory) == [
        "the schema has no trigger log_forgets_nothing",
        "the schema has a table extra that is not ours",
    ]


def test_a_checkpoint_of_another_version_of_the_program_is_no_problem(kept_day: KeptHall) -> None:
    tamper(kept_day.database, "UPDATE checkpoint SET shape = 'older', body = x''")
    assert verify(kept_day.directory) == []


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert verify(tmp_path) == [f"there is no {tmp_path / 'hall.db'}"]
    (tmp_path / "hall.db").write_bytes(b"not a database " * 100)
    assert "cannot be read" in verify(tmp_path)[0]


def test_many_problems_are_cut_short(kept_day: KeptHall) -> None:
    tamper(kept_day.database, "UPDATE log SET actor = 'x'")
    assert len(verify(kept_day.directory)) == 50


def test_projections_are_made_anew(kept_day: KeptHall) -> None:
    tamper(kept_day.database, "DELETE FROM visits")
    tamper(kept_day.database, "UPDATE calls SET clerk = 'x'")
    rebuild_projections(kept_day.directory)
    assert verify(kept_day.directory) == []


def test_projections_that_cannot_be_made_anew_stay_as_they_were(kept_day: KeptHall) -> None:
    connection = sqlite3.connect(kept_day.database)
    connection.execute("DROP TABLE shifts")
    before = connection.execute("SELECT count(*) FROM visits").fetchone()
    with pytest.raises(StoreFailed):
        rebuild_projections(kept_day.directory)
    assert connection.execute("SELECT count(*) FROM visits").fetchone() == before != (0,)
    connection.close()


def test_projections_are_not_made_anew_under_a_running_server(hall: KeptHall) -> None:
    with pytest.raises(StoreLocked):
        rebuild_projections(hall.directory)
