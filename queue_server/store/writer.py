"""The writing side of a hall's log: one connection, used in one thread of its own, one transaction per batch.

``docs/decisions/0001-one-writer-thread.md`` says why this is not aiosqlite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from queue_server.core.hall import AnyEvent
from queue_server.core.setup import SetupImported

from . import projections
from .chain import GENESIS, hash_of
from .codec import encode, text_digest
from .database import bring_up_to_date, connect, failure
from .errors import SeqConflict, StoreError
from .queries import load_queries

Entry = tuple[int, AnyEvent, str, str | None]  # at (microseconds UTC), event, actor, idempotency key

_SQL = load_queries("queries.sql")


class Answer(NamedTuple):
    """The first answer to a command with an idempotency key. ``request_hash``: digest of the request it came with."""

    actor: str
    key: str
    request_hash: str
    status: int
    body: bytes
    at: int


class Batch(msgspec.Struct, frozen=True):
    """What is committed together: events that follow event ``expected_seq``, and answers to keep."""

    expected_seq: int
    entries: Sequence[Entry]
    answers: Sequence[Answer] = ()


class Head(NamedTuple):
    """Where the log ends."""

    seq: int
    hash: bytes


class Writer:
    """Every method blocks on the disk: the store calls them in one thread, one after the other."""

    def __init__(self, path: Path) -> None:
        self._directory = path.parent
        self.connection = connect(path)
        try:
            bring_up_to_date(self.connection)
            self.head = read_head(self.connection)
        except BaseException:
            self.connection.close()
            raise

    def append(self, batch: Batch) -> None:
        """Commit a batch. When this raises, nothing of it was kept and the head is where it was."""
        if batch.expected_seq != self.head.seq:
            raise SeqConflict(batch.expected_seq, self.head.seq)
        rows, found, blobs, head = self._rows(batch)

        def write() -> None:
            if blobs:
                self.connection.executemany(_SQL["keep_blob"], blobs)
            self.connection.executemany(_SQL["append"], rows)
            projections.apply(self.connection, found)
            if batch.answers:
                self.connection.executemany(_SQL["keep_answer"], batch.answers)

        self._transaction(write)
        self.head = head

    def _rows(self, batch: Batch) -> tuple[list[Any], list[projections.Change], list[Any], Head]:
        """Rows of the log, changes to the projections, blobs, and where the log will end."""
        rows: list[Any] = []
        found: list[projections.Change] = []
        blobs: list[Any] = []
        seq, prev_hash = self.head
        for at, event, actor, key in batch.entries:
            seq += 1
            kind, version, body = encode(event)
            if isinstance(event, SetupImported):
                blobs.append((event.digest, _text(event)))
            new_hash = hash_of(prev_hash, seq, at, version, (kind, actor, key, body))
            rows.append((seq, at, kind, version, body, actor, key, prev_hash, new_hash))
            found += projections.changes(seq, at, event)
            prev_hash = new_hash
        return rows, found, blobs, Head(seq, prev_hash)

    def checkpoint(self, shape: str, body: bytes, seq: int) -> None:
        """Keep the state after event ``seq``, tied to that event's hash."""
        row = self.connection.execute(_SQL["hash_at"], (seq,)).fetchone()
        if row is None:
            raise SeqConflict(seq, self.head.seq)

        def write() -> None:
            self.connection.execute(_SQL["keep_checkpoint"], (seq, shape, row[0], sha256(body).digest(), body))
            self.connection.execute(_SQL["prune_checkpoints"])

        self._transaction(write)

    def refresh(self) -> None:
        """Believe the file again: after a failed flush only it knows where the log ends."""
        self._roll_back()
        self.head = read_head(self.connection)

    def prune_answers(self, before: int) -> None:
        self._transaction(lambda: self.connection.execute(_SQL["prune_answers"], (before,)))

    def rebuild(self, found: Callable[[], Any]) -> None:
        """Empty the projections and let ``found`` fill them again, in one transaction."""

        def write() -> None:
            for table in projections.TABLES:
                self.connection.execute(f"DELETE FROM {table}")
            found()

        self._transaction(write)

    def _transaction(self, write: Callable[[], Any]) -> None:
        """All or nothing. Raises StoreFailed."""
        self._roll_back()  # what an earlier failure could not even roll back
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            write()
            self.connection.execute("COMMIT")
        except Exception as error:
            self._roll_back()
            if isinstance(error, StoreError) or not isinstance(error, (sqlite3.Error, OSError)):
                raise
            raise failure(error, self._directory) from error

    def _roll_back(self) -> None:
        """A full disk or an I/O error may have ended the transaction already."""
        try:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
        except sqlite3.Error:
            pass

    def close(self) -> None:
        self.connection.close()


def _text(event: SetupImported) -> str:
    assert text_digest(event.text) == event.digest, "the digest of a set-up is the SHA-256 of its text, in hexadecimal"
    return event.text


def read_head(connection: sqlite3.Connection) -> Head:
    row = connection.execute(_SQL["head"]).fetchone()
    return Head(*row) if row else Head(0, GENESIS)
