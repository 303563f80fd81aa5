"""Is a hall's database what it claims to be? Asked of every event, checkpoint and row, also beside a running server.

Everything is read in one snapshot: the log is replayed from its first event; on the way the chain is checked, each
checkpoint is compared byte for byte with the state replayed to its seq, and the projections are made anew in memory
and compared.
"""

from __future__ import annotations

import sqlite3
from itertools import zip_longest
from pathlib import Path
from typing import Any

import msgspec

from queue_server.core.hall import AnyEvent

from . import projections
from .chain import GENESIS, broken
from .codec import decode
from .database import MIGRATIONS, bring_up_to_date, connect_read_only, failure, schema_version
from .errors import LogDamaged
from .layout import HALL
from .lock import DirectoryLock
from .queries import load_queries
from .replay import blank, rows_after, shape, step, texts_of
from .writer import Head, Writer

PROBLEMS_MAX = 50  # more do not help anyone
CHUNK = 2_000  # changes gathered before they are applied in memory

_SQL = load_queries("queries.sql")


def verify(directory: Path) -> list[str]:
    """What is wrong with the store of a hall, in sentences; an empty list when nothing is."""
    path = directory / HALL
    if not path.exists():
        return [f"there is no {path}"]
    connection = connect_read_only(path)
    try:
        connection.execute("BEGIN")
        return _verify(connection)[:PROBLEMS_MAX]
    except sqlite3.Error as error:
        return [f"the database cannot be read: {error}"]
    finally:
        connection.close()


def _verify(connection: sqlite3.Connection) -> list[str]:
    problems = [f"SQLite: {row[0]}" for row in connection.execute("PRAGMA quick_check") if row[0] != "ok"]
    version = schema_version(connection)
    if version != len(MIGRATIONS):
        return [*problems, f"the schema has version {version}, this program verifies version {len(MIGRATIONS)}"]
    replayed = _Replayed(connection)
    try:
        problems += _schema_differences(connection, replayed.projections)
        problems += replayed.run()
        if replayed.complete:
            problems += _differences(connection, replayed.projections)
    finally:
        replayed.projections.close()
    return problems


class _Replayed:
    """One walk along the log. ``complete``: every event could be read and taken into the state."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._texts = texts_of(connection)
        self._changes: list[projections.Change] = []
        self._checkpoints = {row[0]: row[1:] for row in connection.execute(_SQL["checkpoints"])}
        self.complete = True
        self.projections = sqlite3.connect(":memory:", isolation_level=None)
        bring_up_to_date(self.projections)

    def run(self) -> list[str]:
        problems: list[str] = []
        hall, head = blank(), Head(0, GENESIS)
        for row in rows_after(self._connection, 0):
            if (problem := broken(row, *head)) is not None and len(problems) < PROBLEMS_MAX:
                problems.append(problem)
            head = Head(row.seq, row.hash)
            if not self.complete:
                continue
            try:
                event = step(hall, row, self._texts)
            except LogDamaged as error:
                self.complete = False
                problems.append(f"the events from {row.seq} on cannot be replayed: {error}")
                continue
            self._project(row.seq, row.at, event)
            if row.seq in self._checkpoints:
                problems += self._compare(row.seq, row.hash, msgspec.json.encode(hall))
        projections.apply(self.projections, self._changes)
        ahead = [seq for seq in self._checkpoints if seq > head.seq]
        problems += [f"the checkpoint after event {seq} has no such event" for seq in ahead]
        return problems

    def _project(self, seq: int, at: int, event: AnyEvent) -> None:
        self._changes += projections.changes(seq, at, event)
        if len(self._changes) >= CHUNK:
            projections.apply(self.projections, self._changes)
            self._changes.clear()

    def _compare(self, seq: int, log_hash: bytes, state: bytes) -> list[str]:
        its_shape, its_log_hash, _, body = self._checkpoints[seq]
        if its_shape != shape():
            return []  # of another version of the program: not used, so not wrong
        if its_log_hash != log_hash:
            return [f"the checkpoint after event {seq} was taken of another log"]
        if body != state:
            return [f"the checkpoint after event {seq} is not the state that the log gives"]
        return []


def _schema_differences(stored: sqlite3.Connection, rebuilt: sqlite3.Connection) -> list[str]:
    """A guard of the log that was taken away, or something that was put in."""
    sql = "SELECT type || ' ' || name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    ours, theirs = {row[0] for row in stored.execute(sql)}, {row[0] for row in rebuilt.execute(sql)}
    missing = [f"the schema has no {name}" for name in sorted(theirs - ours)]
    return missing + [f"the schema has a {name} that is not ours" for name in sorted(ours - theirs)]


def _differences(stored: sqlite3.Connection, rebuilt: sqlite3.Connection) -> list[str]:
    """Where a stored projection is not what the log gives; the first difference of each table."""
    found: list[str] = []
    for table, order in projections.TABLES.items():
        sql = f"SELECT * FROM {table} ORDER BY {order}"
        ours, theirs = stored.execute(sql), rebuilt.execute(sql)
        names = [column[0] for column in theirs.description]
        for one, other in zip_longest(ours, theirs):
            if one != other:
                found.append(f"table {table}: {_difference(names, order, one, other)}")
                break
    return found


def _difference(names: list[str], order: str, stored: tuple[Any, ...] | None, rebuilt: tuple[Any, ...] | None) -> str:
    key = names.index(order)
    if stored is None or (rebuilt is not None and stored[key] > rebuilt[key]):
        assert rebuilt is not None, "zip_longest stops when both are at their end"
        return f"the row of {rebuilt[key]} is missing"
    if rebuilt is None or stored[key] != rebuilt[key]:
        return f"no event gives the row of {stored[key]}"
    columns = [
        f"{name} is {one!r} and should be {other!r}"
        for name, one, other in zip(names, stored, rebuilt, strict=True)
        if one != other
    ]
    return f"{stored[key]}: {', '.join(columns)}"


def rebuild_projections(directory: Path) -> None:
    """Make all projections anew from the log, in one transaction. Raises StoreLocked, StoreFailed, LogDamaged."""
    lock = DirectoryLock(directory)
    try:
        writer = Writer(directory / HALL)
        try:
            writer.rebuild(lambda: _project_all(writer.connection))
        finally:
            writer.close()
    except sqlite3.Error as error:
        raise failure(error, directory) from error
    finally:
        lock.release()


def _project_all(connection: sqlite3.Connection) -> None:
    for row in rows_after(connection, 0):
        event = decode(row.kind, row.version, row.body)
        projections.apply(connection, projections.changes(row.seq, row.at, event))
