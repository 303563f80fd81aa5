"""Schema, migrations, and what SQLite's errors are called here."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from queue_server.store import StoreTooNew, database
from queue_server.store.database import MIGRATIONS, bring_up_to_date, connect, failure, schema_version
from queue_server.store.queries import load_queries, script


def objects(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {(kind, name, " ".join(sql.split()).replace(" ,", ",").replace(" )", ")")) for kind, name, sql in rows}


def test_the_migrations_lead_to_the_schema() -> None:
    steps, today = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
    for name in MIGRATIONS:
        steps.executescript(script(f"migrations/{name}"))
    today.executescript(script("schema.sql"))
    assert objects(steps) == objects(today)


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [int(name[:4]) for name in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def test_a_new_database_is_of_today_and_opening_it_again_changes_nothing(tmp_path: Path) -> None:
    connection = connect(tmp_path / "hall.db")
    assert schema_version(connection) == 0
    bring_up_to_date(connection)
    before = objects(connection)
    bring_up_to_date(connection)
    assert schema_version(connection) == len(MIGRATIONS) and objects(connection) == before


def test_missing_steps_are_taken_one_by_one(tmp_path: Path, monkeypatch: Any) -> None:
    connection = connect(tmp_path / "hall.db")
    bring_up_to_date(connection)
    later = [*MIGRATIONS, "0098_next.sql", "0099_last.sql"]
    texts = {f"migrations/{later[-2]}": "CREATE TABLE next (x);", f"migrations/{later[-1]}": "ALTER TABLE next ADD y;"}
    monkeypatch.setattr(database, "MIGRATIONS", later)
    monkeypatch.setattr(database, "script", texts.__getitem__)
    bring_up_to_date(connection)
    assert schema_version(connection) == len(later)
    assert [row[1] for row in connection.execute("PRAGMA table_info(next)")] == ["x", "y"]


def test_a_step_that_fails_leaves_no_trace(tmp_path: Path, monkeypatch: Any) -> None:
    connection = connect(tmp_path / "hall.db")
    bring_up_to_date(connection)
    monkeypatch.setattr(database, "MIGRATIONS", [*MIGRATIONS, "0099_bad.sql"])
    monkeypatch.setattr(database, "script", lambda name: "CREATE TABLE half (x); NONSENSE;")
    with pytest.raises(sqlite3.OperationalError):
        bring_up_to_date(connection)
    assert schema_version(connection) == len(MIGRATIONS)
    assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchall()


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    connection = connect(tmp_path / "hall.db")
    bring_up_to_date(connection)
    connection.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    with pytest.raises(StoreTooNew, match="schema version 99"):
        bring_up_to_date(connection)


def test_commits_are_flushed_to_the_disk(tmp_path: Path) -> None:
    connection = connect(tmp_path / "hall.db")
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert (tmp_path / "hall.db").stat().st_mode & 0o077 == 0, "only the owner may read it"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("SQLITE_FULL", "full"),
        ("SQLITE_READONLY_DBMOVED", "read_only"),
        ("SQLITE_BUSY", "busy"),
        ("SQLITE_IOERR_WRITE", "io"),
    ],
)
def test_errors_of_sqlite_have_a_reason(tmp_path: Path, name: str, reason: str) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = name
    assert failure(error, tmp_path).reason == reason


@pytest.mark.parametrize(
    ("flags", "free", "reason"), [(os.ST_RDONLY, 9, "read_only"), (0, 0, "full"), (0, 9, "io")]
)
def test_the_file_system_is_asked_what_an_io_error_means(
    tmp_path: Path, monkeypatch: Any, flags: int, free: int, reason: str
) -> None:
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(f_flag=flags, f_bavail=free))
    assert failure(OSError(errno.EIO, "I/O error"), tmp_path).reason == reason


def test_a_disk_that_is_gone_is_an_io_error(tmp_path: Path) -> None:
    assert failure(OSError(errno.ENXIO, "gone"), tmp_path / "nowhere").reason == "io"


def test_every_query_has_a_comment_and_a_name_of_its_own(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("queue_server.store.queries._HERE", tmp_path)
    (tmp_path / "good.sql").write_text("-- name: a\n-- Why.\nSELECT 1;\n\n-- name: b\n-- Why.\nSELECT\n  2;\n")
    (tmp_path / "bare.sql").write_text("-- name: a\nSELECT 1;\n")
    (tmp_path / "twice.sql").write_text("-- name: a\n-- Why.\nSELECT 1;\n-- name: a\n-- Why.\nSELECT 2;\n")
    assert load_queries("good.sql") == {"a": "SELECT 1", "b": "SELECT\n  2"}
    for bad in ("bare.sql", "twice.sql"):
        with pytest.raises(ValueError):
            load_queries(bad)


def test_no_query_is_left_that_nobody_uses() -> None:
    folder = Path(database.__file__).parent
    source = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    for file in ("queries.sql", "projections.sql", "vault.sql", "tokens.sql"):
        unused = [name for name in load_queries(file) if f'"{name}"' not in source]
        assert not unused, f"{file}: {unused}"


def test_a_hall_of_the_first_schema_is_brought_up_to_date_with_its_visits(tmp_path: Path) -> None:
    connection = connect(tmp_path / "hall.db")
    connection.executescript(script("migrations/0001_first.sql") + database._mark(1))
    row = {
        "ticket": "t1", "number": "A001", "queue": "A", "first_queue": "A", "catalogue": "1", "services": "[]",
        "channel": "kiosk", "lang": "zh", "needs": "[]", "head_start": 0, "ahead": 0, "state": "done", "changed": 1,
        "arrival": 1,
    }  # fmt: skip
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO visits ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    bring_up_to_date(connection)
    assert schema_version(connection) == len(MIGRATIONS)
    assert connection.execute("SELECT ticket, cause, untold, notices FROM visits").fetchall() == [("t1", None, 0, 0)]
    assert connection.execute("SELECT count(*) FROM cases").fetchone() == (0,)
