"""A hall's store: the log, what is kept beside it, and the state made from it.

The interface is narrow, so that another engine can stand behind it: ``append``, ``read``, ``load``, ``checkpoint``.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from queue_server.core.hall import Hall

from . import replay
from .chain import Row
from .database import connect_read_only, failure
from .layout import HALL, VAULT
from .lock import DirectoryLock
from .queries import load_queries
from .reader import Reader
from .reports import Rows, Span, rows_of
from .vault import Vault
from .writer import Answer, Batch, Head, Writer

_SQL = load_queries("queries.sql")
Result = TypeVar("Result")
EMERGENCY = "emergency-"  # owners of the notes of calls for help


class Store:
    """One hall on disk. Open it with :meth:`open`, close it with :meth:`close`.

    ``load`` and ``load_answers`` block and may be called in any thread; ``load`` waits for an append that is under way.
    """

    def __init__(self, directory: Path, lock: DirectoryLock, writer: Writer, vault: Vault) -> None:
        self.directory = directory
        self.vault = vault
        self._lock = lock
        self._writer = writer
        self._reader = Reader(directory / HALL)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"store {directory.name}")
        self._closed = False

    @classmethod
    def open(cls, directory: Path) -> Store:
        """Open or create the store of a hall. Raises StoreLocked, StoreFailed, StoreTooNew."""
        try:
            directory.mkdir(parents=True, exist_ok=True)
            lock = DirectoryLock(directory)
        except OSError as error:
            raise failure(error, directory) from error
        try:
            writer = Writer(directory / HALL)
            try:
                return cls(directory, lock, writer, Vault.open(directory / VAULT))
            except BaseException:
                writer.close()
                raise
        except BaseException as error:
            lock.release()
            if isinstance(error, (sqlite3.Error, OSError)):
                raise failure(error, directory) from error
            raise

    @property
    def head(self) -> Head:
        """Last seq of the log and its hash."""
        return self._writer.head

    # -- the state

    def load(self, progress: replay.Progress | None = None) -> Hall:
        """The state as the log has it: a checkpoint and what follows. Also after a failed append. Raises LogDamaged."""
        try:
            self._thread.submit(self._writer.refresh).result()
            return replay.load(self.directory / HALL, progress)[0]
        except (sqlite3.Error, OSError) as error:
            raise failure(error, self.directory) from error

    def load_answers(self, since: int = 0) -> dict[tuple[str, str], Answer]:
        """Answers given at or after an instant, by actor and key."""
        try:
            connection = connect_read_only(self.directory / HALL)
            try:
                answers = map(Answer._make, connection.execute(_SQL["answers"], (since,)))
                return {(answer.actor, answer.key): answer for answer in answers}
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise failure(error, self.directory) from error

    # -- writing

    async def append(self, batch: Batch) -> None:
        """Commit a batch: when this returns it is on disk, when it raises StoreFailed nothing of it was kept.

        One hop to the writer's thread and one transaction. A caller that is cancelled does not stop the commit.
        """
        await self._in_thread(self._writer.append, batch)

    async def checkpoint(self, hall: bytes, seq: int) -> None:
        """Keep the state after event ``seq``, encoded by ``msgspec.json.encode``. Raises StoreFailed."""
        await self._in_thread(self._writer.checkpoint, replay.shape(), hall, seq)

    async def prune_answers(self, before: int) -> None:
        """Forget the answers given before an instant."""
        await self._in_thread(self._writer.prune_answers, before)

    async def erase_before(self, instant: int) -> int:
        """Make the personal texts of visits that began before an instant unreadable; gives how many visits it was.

        A visit whose application is still open, or was closed after that instant, keeps them: they are needed.
        """
        return await self._in_thread(self._erase_before, instant)

    def _erase_before(self, instant: int) -> int:
        rows = self._writer.connection
        needed = {row[0] for row in rows.execute(_SQL["visits_still_needed"], (instant,))}
        owners = (owner for owner in self.vault.owners() if owner not in needed)
        return sum(self.vault.erase(owner) for owner in owners if self._is_old(rows, owner, instant))

    def _is_old(self, rows: sqlite3.Connection, owner: str, instant: int) -> bool:
        """A visit that began, or a call for help that ended, before an instant."""
        emergency = owner.removeprefix(EMERGENCY)
        query = "arrived_before" if emergency == owner else "emergency_before"
        return rows.execute(_SQL[query], (emergency, instant)).fetchone() is not None

    async def _in_thread(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Shielded, or cancelling the caller would sometimes take back a write that has not begun, and sometimes not."""
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments))

    # -- reading

    async def read(self, after: int, limit: int = 1_000) -> list[Row]:
        """Events after a seq, in order, as they are stored."""
        return await self._reader.read(after, limit)

    async def catalogue(self, before: int = 2**62, limit: int = 100) -> list[Row]:
        """Changes of the catalogue before a seq, the newest first."""
        return await self._reader.catalogue(before, limit)

    async def text(self, digest: str) -> str | None:
        """The text of a hall file that was loaded."""
        return await self._reader.text(digest)

    async def visit(self, ticket: str) -> dict[str, Any] | None:
        """One ticket of any day from the projections; ``None`` when there is none."""
        return await self._reader.visit(ticket)

    async def case(self, case: str) -> dict[str, Any] | None:
        """One application of any day from the projections, with what it owes; ``None`` when there is none."""
        return await self._reader.case(case)

    async def notice(self, notice: str) -> dict[str, Any] | None:
        """One one-time notice of any day from the projections; ``None`` when there is none."""
        return await self._reader.notice(notice)

    async def select(self, sql: str, parameters: Iterable[Any] = ()) -> list[sqlite3.Row]:
        """Rows of the projections, for reports. The connection cannot write."""
        return await self._reader.select(sql, parameters)

    async def report(self, span: Span) -> Rows:
        """What a report of these days is made of. In a thread and a connection of its own: other reads go on."""
        return await asyncio.to_thread(rows_of, self.directory / HALL, span)

    # -- the end

    def close(self) -> None:
        """Finish what is being written and let the directory go. Blocks; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self._reader.close()
        self._thread.shutdown()
        self._writer.close()
        self.vault.close()
        self._lock.release()
