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
from .core import visits as v
from .core.context import SYSTEM, Actor, Context
from .core.hall import AnyCommand, AnyEvent, Hall
from .core.refusals import Invalid, Refused, Unavailable
from .core.setup import DayOpened, Tick
from .core.topics import topics
from .store import Answer, Batch, Store, StoreError, StoreFailed

log = logging.getLogger(__name__)

CALLING = (v.CallNext, v.CallChosen, v.Recall)
DAY_US = 86_400_000_000
LOOK_SECONDS = 30.0  # how often the clock is looked at when nothing happens
RETRY_SECONDS = 5.0  # how often a disk that failed is tried when nobody asks
BATCH_MAX = 256  # commands decided before a commit: about 20 ms of work, so that the feed and reads are not starved


class Reply(msgspec.Struct, frozen=True):
    """What the caller is told: the HTTP status and body, fixed at the moment of the decision."""

    status: int
    body: bytes


Render = Callable[[Hall, list[AnyEvent]], Reply]


class Retry(msgspec.Struct, frozen=True):
    """An idempotency key and the digest of the request it came with."""

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
        self.keep_notes_days = 90
        self.failed: str | None = None  # why the last append failed, until one works again
        self.present: Callable[[], frozenset[Any]] = frozenset
        self._queue_max = queue_max
        self._waiting: list[Waiting] = []
        self._wake = asyncio.Event()
        self._committing = False
        self._readers: list[asyncio.Future[None]] = []
        self._afterwards: list[Callable[[], None]] = []
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
        return self._committing

    async def settled(self) -> None:
        """Wait for the commit that is under way, so that nothing is read that may yet be lost.

        Read before the next await: the next batch lets those who waited here go first, however busy the hall is.
        """
        while self._committing:
            reader: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._readers.append(reader)
            await reader

    def when_settled(self, callback: Callable[[], None]) -> None:
        """Call this right after the commit that is under way, before the next begins. It must not wait and must not raise."""
        assert self._committing, "with no commit under way the state may be read at once"
        self._afterwards.append(callback)

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
            self._tick()
            batch = self._next_batch()
            if batch:
                await self._work(batch)
            elif self.failed is not None:
                await self._try_disk()

    def _next_batch(self) -> list[Waiting]:
        """It makes no more calls than a board shows: each call is to be in the first message after its commit."""
        calls = size = 0
        for waiting in self._waiting[:BATCH_MAX]:
            size += 1
            calls += isinstance(waiting.command, CALLING)
            if calls == core.CALLS_SHOWN:
                break
        batch, self._waiting = self._waiting[:size], self._waiting[size:]
        return batch

    async def _sleep(self) -> None:
        """Until a command comes or time brings something about."""
        self._wake.clear()
        if self._waiting or self._stopping:
            return
        seconds = min(self.clock.seconds_until(core.due(self.state)), LOOK_SECONDS if self.failed is None else RETRY_SECONDS)
        pause = 0.001 if self.failed is None else 1.0  # a disk that is full would be asked for ever
        alarm = asyncio.get_running_loop().call_later(max(seconds, pause), self._wake.set)
        await self._wake.wait()  # wait_for() would make a task of this, for each batch
        alarm.cancel()

    def _tick(self) -> None:
        """What time brings about comes before the commands that came after it, also when there is no quiet moment."""
        jumped = self.clock.jumped()
        if jumped or self.now() >= core.due(self.state):
            done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            done.add_done_callback(_swallow)
            tick = Tick(present=self.present(), jumped_seconds=jumped)
            self._waiting.insert(0, Waiting(tick, SYSTEM, None, None, done))

    async def _work(self, batch: list[Waiting]) -> None:
        self._committing = True
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
            self._committing = False
        self._publish(entries, touched, seq)
        for waiting, outcome in outcomes:
            if waiting.done.done():
                continue
            if isinstance(outcome, BaseException):
                waiting.done.set_exception(outcome)
            else:
                waiting.done.set_result(outcome)
        await self._let_read()
        if any(isinstance(event, DayOpened) for _, event, _, _ in entries):
            await self._turn()

    async def _let_read(self) -> None:
        afterwards, self._afterwards = self._afterwards, []
        for callback in afterwards:
            callback()
        readers, self._readers = self._readers, []
        for reader in readers:
            if not reader.done():
                reader.set_result(None)
        if readers:
            await asyncio.sleep(0)  # they were woken before this task: all of them read first

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

    async def _try_disk(self) -> None:
        """Nobody asks for anything: see by ourselves whether the disk takes writes again."""
        with contextlib.suppress(StoreFailed):
            await self.store.checkpoint(msgspec.json.encode(self.state), self.state.seq)
            self.failed = None

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
                if self._stopping:
                    return
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
        """After the day's turn: a checkpoint; old answers are forgotten, and old notes made unreadable."""
        try:
            await self.store.checkpoint(msgspec.json.encode(self.state), self.state.seq)
            await self.store.prune_answers(self.state.at - 2 * DAY_US)
            await self.store.erase_before(self.state.at - self.keep_notes_days * DAY_US)
            self._answers = await asyncio.to_thread(self.store.load_answers)
        except StoreFailed as error:
            log.warning("hall %s: no checkpoint: %s", self.hall_id, error)


def _swallow(future: asyncio.Future[Any]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.warning("a tick failed: %s", error)
