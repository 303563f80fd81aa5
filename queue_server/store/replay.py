"""From the log to the state: the newest checkpoint that can be trusted, and the events after it.

A checkpoint is a cache. It counts only when this program has the same idea of a state (:func:`shape`), its bytes are
intact and the log still has, at its seq, the hash it was taken at; otherwise the one before it is tried, and at last
everything is replayed from the first event. Every event that is replayed has its place in the chain checked.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec

from queue_server.core.catalogue import Name, Setup
from queue_server.core.hall import AnyEvent, Hall, empty, evolve

from .chain import GENESIS, Row, broken
from .codec import Texts, decode
from .database import connect_read_only
from .errors import LogDamaged
from .queries import load_queries
from .writer import Head

log = logging.getLogger(__name__)

STATE_VERSION = 1  # goes up when evolve() makes another state of the same events; changed fields are noticed by shape()
PROGRESS_EVERY = 2_000  # events between two reports: about 50 ms

Progress = Callable[[int, int], None]  # events replayed, events in all

_SQL = load_queries("queries.sql")


@cache
def shape() -> str:
    """This program's idea of a state: a checkpoint of another shape is not used."""
    schema = msgspec.json.encode(msgspec.json.schema(Hall), order="deterministic")
    return f"{STATE_VERSION}-{sha256(schema).hexdigest()[:16]}"


def blank() -> Hall:
    """A hall before its first event, which imports a set-up."""
    nothing = Setup(
        id="", version="", name=Name(zh="", en=""), zones=(), queues=(), counters=(), services=(), themes=(),
        departments=(),
    )  # fmt: skip
    return empty(nothing)


def load(path: Path, progress: Progress | None = None) -> tuple[Hall, Head]:
    """The state of the hall and the head of its log. Raises LogDamaged."""
    connection = connect_read_only(path)
    try:
        connection.execute("BEGIN")
        return _load(connection, progress or (lambda done, total: None))
    finally:
        connection.close()


def _load(connection: sqlite3.Connection, progress: Progress) -> tuple[Hall, Head]:
    texts = texts_of(connection)
    for checkpoint in connection.execute(_SQL["checkpoints"]).fetchall():
        base = _usable(connection, *checkpoint)
        if base is None:
            continue
        try:
            return _catch_up(connection, base[0], base[1], texts, progress)
        except LogDamaged as error:
            log.warning("the state after event %d does not fit the events that follow: %s", checkpoint[0], error)
    return _catch_up(connection, blank(), Head(0, GENESIS), texts, progress)


def _usable(
    connection: sqlite3.Connection, seq: int, its_shape: str, log_hash: bytes, body_hash: bytes, body: bytes
) -> tuple[Hall, Head] | None:
    """The state of a checkpoint, when it can be trusted."""
    row = connection.execute(_SQL["hash_at"], (seq,)).fetchone()
    if its_shape != shape() or row is None or row[0] != log_hash or sha256(body).digest() != body_hash:
        log.warning("the checkpoint after event %d is of another version or does not fit the log: not used", seq)
        return None
    try:
        hall = msgspec.json.decode(body, type=Hall).index()
    except (msgspec.MsgspecError, KeyError) as error:
        log.warning("the checkpoint after event %d cannot be read: %s", seq, error)
        return None
    return (hall, Head(seq, log_hash)) if hall.seq == seq else None


def _catch_up(
    connection: sqlite3.Connection, hall: Hall, head: Head, texts: Texts, progress: Progress
) -> tuple[Hall, Head]:
    total = connection.execute(_SQL["head"]).fetchone()
    total = total[0] if total else 0
    begun = head.seq
    for row in rows_after(connection, head.seq):
        problem = broken(row, *head)
        if problem is not None:
            raise LogDamaged(problem)
        step(hall, row, texts)
        head = Head(row.seq, row.hash)
        if row.seq % PROGRESS_EVERY == 0:
            progress(row.seq - begun, total - begun)
    progress(total - begun, total - begun)
    return hall, head


def step(hall: Hall, row: Row, texts: Texts) -> AnyEvent:
    """Take one stored event into the state. Raises LogDamaged when it cannot be read or does not fit."""
    event = texts.fill(decode(row.kind, row.version, row.body))
    try:
        evolve(hall, event, row.at)
    except (AssertionError, LookupError, AttributeError, TypeError) as error:
        raise LogDamaged(f"event {row.seq} ({row.kind}) does not fit the state before it: {error!r}") from error
    return event


def rows_after(connection: sqlite3.Connection, seq: int) -> Iterable[Row]:
    return map(Row._make, connection.execute(_SQL["read_all"], (seq,)))


def texts_of(connection: sqlite3.Connection) -> Texts:
    """Long texts from the same snapshot of the database."""

    def find(digest: str) -> str | None:
        row = connection.execute(_SQL["blob"], (digest,)).fetchone()
        return str(row[0]) if row else None

    return Texts(find)
