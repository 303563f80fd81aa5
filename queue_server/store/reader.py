"""The reading side: an aiosqlite connection that cannot write, for audit, reports and tickets of earlier days.

It sees what is committed and never waits for the writer (WAL).
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import aiosqlite
import msgspec

from .chain import Row
from .database import BUSY_MS, read_only_uri
from .queries import load_queries

READ_MAX = 10_000  # events in one read: a few MB; whoever wants more asks again
CLOSE_SECONDS = 5.0  # how long a report that is under way may hold up the end

_SQL = load_queries("queries.sql")
_JSON_COLUMNS = ("service_name", "services", "needs")


class _Connection(sqlite3.Connection):
    """Says when it is closed: aiosqlite closes it in its own thread."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.closed = threading.Event()

    def close(self) -> None:
        super().close()
        self.closed.set()


class Reader:
    """Opens its connection at the first question."""

    def __init__(self, path: Path) -> None:
        self._uri = read_only_uri(path)
        self._opening = asyncio.Lock()
        self._connection: aiosqlite.Connection | None = None
        self._inner: _Connection | None = None

    def _connector(self) -> sqlite3.Connection:
        self._inner = sqlite3.connect(self._uri, uri=True, isolation_level=None, factory=_Connection)
        self._inner.row_factory = sqlite3.Row
        self._inner.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        self._inner.execute("PRAGMA query_only = 1")
        return self._inner

    async def _connect(self) -> aiosqlite.Connection:
        async with self._opening:
            if self._connection is None:
                self._connection = await aiosqlite.Connection(self._connector, iter_chunk_size=64)
            return self._connection

    async def select(self, sql: str, parameters: Iterable[Any] = ()) -> list[sqlite3.Row]:
        """Rows for a report; rows have names."""
        connection = await self._connect()
        return list(await connection.execute_fetchall(sql, parameters))

    async def read(self, after: int, limit: int) -> list[Row]:
        """Events after a seq, in order."""
        rows = await self.select(_SQL["read"], (after, max(0, min(limit, READ_MAX))))
        return [Row._make(row) for row in rows]

    async def visit(self, ticket: str) -> dict[str, Any] | None:
        """One ticket of any day, as its projection has it; ``None`` for an unknown one."""
        rows = await self.select(_SQL["visit"], (ticket,))
        if not rows:
            return None
        visit = dict(rows[0])
        for column in _JSON_COLUMNS:
            visit[column] = msgspec.json.decode(visit[column]) if visit[column] is not None else None
        return visit

    def close(self) -> None:
        """End the connection and its thread, after the questions that are under way. Also without an event loop."""
        if self._connection is not None and self._inner is not None:
            self._connection.stop()
            self._inner.closed.wait(CLOSE_SECONDS)
            self._connection = self._inner = None
