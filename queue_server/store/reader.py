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
_CASE_COLUMNS = ("service_name", "applicant", "items")
_NOTICE_COLUMNS = ("service_name", "items", "fresh")


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

    async def catalogue(self, before: int, limit: int) -> list[Row]:
        """Changes of the catalogue before a seq, the newest first."""
        rows = await self.select(_SQL["catalogue"], (before, max(0, min(limit, READ_MAX))))
        return [Row._make(row) for row in rows]

    async def text(self, digest: str) -> str | None:
        """A long text that an event names: a hall file."""
        rows = await self.select(_SQL["blob"], (digest,))
        return str(rows[0][0]) if rows else None

    async def visit(self, ticket: str) -> dict[str, Any] | None:
        """One ticket of any day, as its projection has it; ``None`` for an unknown one."""
        return await self._one("visit", ticket, _JSON_COLUMNS)

    async def case(self, case: str) -> dict[str, Any] | None:
        """One case of any day; ``owed``: its deferred papers and promises."""
        found = await self._one("case", case, _CASE_COLUMNS)
        if found is not None:
            rows = await self.select(_SQL["deferrals"], (case,))
            found["owed"] = [dict(row) | {"name": msgspec.json.decode(row["name"])} for row in rows]
        return found

    async def notice(self, notice: str) -> dict[str, Any] | None:
        """One one-time notice of any day."""
        return await self._one("notice", notice, _NOTICE_COLUMNS)

    async def _one(self, query: str, name: str, json_columns: tuple[str, ...]) -> dict[str, Any] | None:
        rows = await self.select(_SQL[query], (name,))
        if not rows:
            return None
        found = dict(rows[0])
        for column in json_columns:
            found[column] = msgspec.json.decode(found[column]) if found[column] is not None else None
        return found

    def close(self) -> None:
        """End the connection and its thread, after the questions that are under way. Also without an event loop."""
        if self._connection is not None and self._inner is not None:
            self._connection.stop()
            self._inner.closed.wait(CLOSE_SECONDS)
            self._connection = self._inner = None
