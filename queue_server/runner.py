"""The only path of change: commands are decided in order, in batches, and each batch is committed before anybody knows.

    submit() -> waiting -> [decide, evolve] for each -> Store.append (one transaction) -> publish -> answers

While a batch is on its way to disk, new commands gather for the next one: group commit. When the append fails, every command
of the batch fails and the state is rebuilt from the log. One runner per hall; only its task touches the state.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any

import msgspec

from .clock import Clock
from .core import hall as core
from .core.context import SYSTEM, Actor, Context
from .core.hall import AnyCommand, AnyEvent, Hall
from .core.refusals import Invalid, Refused, Unavailable
from .core.setup import DayOpened, Tick
from .core.topics import topics
from .store import Answer, Batch, Store, StoreError, StoreFailed

log = logging.getLogger(__name__)

BATCH_MAX = 256  # commands decided before a commit: about 20 ms of work, so that the feed and reads are not starved


class Reply(msgspec.Struct, frozen=True):
    """What the caller is told: the HTTP status and body, fixed at the moment of the decision."""

    status: int
    body: bytes


Render = Callable[[Hall, list[AnyEvent]], Reply]


class Retry(msgspec.Struct, frozen=True):
    """An idempotency key and the digest of the request it came with (DESIGN 9.2)."""

    key: str
    request: str


class Waiting(msgspec.Struct):
    """A command in the queue of the writer."""

    command: AnyCommand
    actor: Actor
    render: Render | None
    retry: Retry | None
    done: asyncio.Future[Any]


class Published(msgspec.Struct, frozen=True):
    """A committed batch, for the feed and the announcer."""

    events: list[tuple[int, AnyEvent]]
    topics: set[str]


class Runner:
    """Runs one hall. ``state`` may be read after :meth:`settled`, never changed."""

    def __init__(self, hall_id: str, store: Store, state: Hall, clock: Clock, queue_max: int = 10_000) -> None:
        self.hall_id = hall_id
        self.store = store
        self.state = state
        self.clock = clock
        self.always_open = False
        self.failed: str | None = None  # why the last append failed, until one works again
        self.present: Callable[[], frozenset[Any]] = frozenset
        self._queue_max = queue_max
        self._waiting: list[Waiting] = []
        self._wake = asyncio.Event()
        self._pending: asyncio.Future[None] | None = None
        self._listeners: list[Callable[[Published], None]] = []
        self._answers: dict[tuple[str, str], Answer] = {}
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    # -- life

    async def start(self) -> None:
        self._answers = await asyncio.to_thread(self.store.load_answers)
        self._task = asyncio.create_task(self._run(), name=f"runner {self.hall_id}")
        await self.submit(Tick())

    async def stop(self) -> None:
        """Finish what was accepted, then end."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task

    def listen(self, listener: Callable[[Published], None]) -> None:
        """Call this after each commit, in order. It must not wait and must not raise."""
        self._listeners.append(listener)

    # -- asking

    def now(self) -> int:
        """Hall time in microseconds, never before the last event."""
        return max(self.clock.now(), self.state.at)

    @property
    def backlog(self) -> int:
        """Commands that wait for the writer."""
        return len(self._waiting)

    @property
    def committing(self) -> bool:
        """A batch is on its way to disk: the state holds what may yet be lost."""
        return self._pending is not None

    async def settled(self) -> None:
        """Wait for the commit that is under way, so that nothing is read that may yet be lost."""
        while self._pending is not None:
            with contextlib.suppress(Exception):
                await asyncio.shield(self._pending)

    def submit(
        self, command: AnyCommand, actor: Actor = SYSTEM, render: Render | None = None, retry: Retry | None = None
    ) -> asyncio.Future[Any]:
        """Ask for a change. The future gives the Reply of ``render``, or without one the list of events.

        It raises Refused: also Unavailable ``store-failed`` and ``too-busy``. Nothing is answered before the commit.
        """
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._stopping:
            done.set_exception(Unavailable("not-ready"))
        elif len(self._waiting) >= self._queue_max:
            done.set_exception(Unavailable("too-busy"))
        else:
            self._waiting.append(Waiting(command, actor, render, retry, done))
            self._wake.set()
        return done

    # -- the writer

    async def _run(self) -> None:
        while True:
            if not self._waiting:
                if self._stopping:
                    return
                await self._sleep()
                if not self._waiting and not self._stopping:
                    self._tick()
            batch, self._waiting = self._waiting[:BATCH_MAX], self._waiting[BATCH_MAX:]
            if batch:
                await self._work(batch)

    async def _sleep(self) -> None:
        """Until a command comes or time brings something about."""
        self._wake.clear()
        if self._waiting or self._stopping:
            return
        seconds = min(self.clock.seconds_until(core.due(self.state)), 30.0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), max(seconds, 0.001))

    def _tick(self) -> None:
        jumped = self.clock.jumped()
        if jumped or self.now() >= core.due(self.state):
            self.submit(Tick(present=self.present(), jumped_seconds=jumped)).add_done_callback(_swallow)

    async def _work(self, batch: list[Waiting]) -> None:
        loop = asyncio.get_running_loop()
        self._pending = loop.create_future()
        seq = self.state.seq
        entries: list[tuple[int, AnyEvent, str, str | None]] = []
        answers: list[Answer] = []
        outcomes: list[tuple[Waiting, Any]] = []
        touched: set[str] = set()
        try:
            for waiting in batch:
                if not waiting.done.cancelled():
                    outcomes.append((waiting, self._one(waiting, entries, answers, touched)))
            if entries or answers:
                await self.store.append(Batch(expected_seq=seq, entries=entries, answers=answers))
                self.failed = None
        except Exception as error:
            await self._rebuild(error)
            outcomes = [(waiting, Unavailable("store-failed")) for waiting in batch]
            entries = []
        finally:
            pending, self._pending = self._pending, None
            pending.set_result(None)
        self._publish(entries, touched, seq)
        for waiting, outcome in outcomes:
            if waiting.done.done():
                continue
            if isinstance(outcome, BaseException):
                waiting.done.set_exception(outcome)
            else:
                waiting.done.set_result(outcome)
        if any(isinstance(event, DayOpened) for _, event, _, _ in entries):
            await self._turn()

    def _one(
        self, waiting: Waiting, entries: list[Any], answers: list[Answer], touched: set[str]
    ) -> Reply | list[AnyEvent] | Refused:
        """Decide one command on the state as the one before left it, and take its events into the state."""
        actor, retry = waiting.actor, waiting.retry
        if retry is not None and (known := self._answers.get((actor.id, retry.key))) is not None:
            if known.request_hash != retry.request:
                return Invalid("key-reused")
            return Reply(known.status, known.body)
        now = self.now()
        try:
            events = core.decide(self.state, waiting.command, Context(now, actor, self.always_open))
        except Refused as refusal:
            return refusal
        for event in events:
            core.evolve(self.state, event, now)  # type: ignore[arg-type]
            touched |= topics(self.state, event)  # type: ignore[arg-type]
            entries.append((now, event, actor.id, retry.key if retry else None))
        if waiting.render is None:
            return events  # type: ignore[return-value]
        reply = waiting.render(self.state, events)  # type: ignore[arg-type]
        if retry is not None and reply.status not in (204,):
            answer = Answer(actor.id, retry.key, retry.request, reply.status, reply.body, now)
            answers.append(answer)
            self._answers[(actor.id, retry.key)] = answer
        return reply

    async def _rebuild(self, error: Exception) -> None:
        """The batch is lost and was never shown: go back to what the log says."""
        known = isinstance(error, StoreFailed)
        log.error("hall %s: a batch failed and is taken back: %s", self.hall_id, error, exc_info=not known)
        self.failed = str(error)
        while True:
            try:
                self.state = await asyncio.to_thread(self.store.load)
                self._answers = await asyncio.to_thread(self.store.load_answers)
                return
            except StoreError as trouble:
                log.error("hall %s: the log cannot be read, trying again: %s", self.hall_id, trouble)
                await asyncio.sleep(1.0)

    def _publish(self, entries: list[Any], touched: set[str], seq: int) -> None:
        if not entries:
            return
        published = Published([(seq + 1 + i, entry[1]) for i, entry in enumerate(entries)], touched)
        for listener in self._listeners:
            try:
                listener(published)
            except Exception:
                log.exception("hall %s: a listener failed", self.hall_id)

    async def _turn(self) -> None:
        """After the day's turn: a checkpoint, and answers older than a day are forgotten."""
        try:
            await self.store.checkpoint(msgspec.json.encode(self.state), self.state.seq)
            await self.store.prune_answers(self.state.at - 2 * 86_400_000_000)
            self._answers = await asyncio.to_thread(self.store.load_answers)
        except StoreFailed as error:
            log.warning("hall %s: no checkpoint: %s", self.hall_id, error)


def _swallow(future: asyncio.Future[Any]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.warning("a tick failed: %s", error)
