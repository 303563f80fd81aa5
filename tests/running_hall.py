"""A runner on a real disk with a pretend clock, and a store whose commits can be held back or made to fail."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

from factory import TEN, encoded, importing

from queue_server.clock import Clock
from queue_server.core.context import SYSTEM, Context
from queue_server.core.hall import decide, empty
from queue_server.core.setup import Tick
from queue_server.runner import Published, Runner
from queue_server.store import Batch, Store


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test in a loop of its own."""

    @functools.wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        asyncio.run(test(*arguments, **named))

    return run


async def turns(count: int = 20) -> None:
    """Give everybody else some turns of the loop."""
    for _ in range(count):
        await asyncio.sleep(0)


class PretendClock(Clock):
    """Stands still until it is moved; the runner looks at it every few milliseconds."""

    def __init__(self, at: int = TEN) -> None:
        super().__init__()
        self.at = at
        self.jump = 0

    def now(self) -> int:
        return self.at

    def seconds_until(self, instant: int) -> float:
        return 0.0 if instant <= self.at else 0.005

    def jumped(self) -> int:
        jump, self.jump = self.jump, 0
        return jump


class HeldStore:
    """A store whose appends wait for :meth:`let_go` while held, or fail. Everything else is the real one's."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.batches: list[Batch] = []
        self.error: Exception | None = None
        self._held: asyncio.Semaphore | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def hold(self) -> None:
        self._held = asyncio.Semaphore(0)

    def let_one_go(self) -> None:
        assert self._held is not None
        self._held.release()

    def let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.release()

    async def append(self, batch: Batch) -> None:
        self.batches.append(batch)
        if self._held is not None:
            await self._held.acquire()
        if self.error is not None:
            raise self.error
        await self.store.append(batch)


class Hall:
    """A running hall: its runner, clock and store, and what was published."""

    def __init__(self, directory: Path, store: Store, clock: PretendClock) -> None:
        self.directory = directory
        self.clock = clock
        self.store = HeldStore(store)
        self.runner = Runner(directory.name, self.store, store.load(), clock)  # type: ignore[arg-type]
        self.runner.always_open = True
        self.published: list[Published] = []
        self.runner.listen(self.published.append)

    @property
    def events(self) -> list[Any]:
        """Everything that was published, in order."""
        return [event for batch in self.published for _, event in batch.events]

    async def ask(self, *commands: Any) -> Any:
        """One after the other; gives the events of the last."""
        done: Any = None
        for command in commands:
            done = await self.runner.submit(command)
        return done

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.002)

    def state(self) -> bytes:
        return encoded(self.runner.state)


@contextlib.asynccontextmanager
async def running(directory: Path, clock: PretendClock | None = None) -> AsyncIterator[Hall]:
    """A small hall that runs; a second time on the same directory it goes on."""
    store = Store.open(directory)
    try:
        if store.head.seq == 0:
            events = decide(empty(importing().setup), importing(), Context(TEN))
            await store.append(Batch(0, [(TEN, event, SYSTEM.id, None) for event in events]))  # type: ignore[arg-type]
        hall = Hall(directory, store, clock or PretendClock())
        await hall.runner.start()
        await hall.ask(Tick())  # the checkpoint of the new day is done
        try:
            yield hall
        finally:
            hall.store.let_go()
            await hall.runner.stop()
    finally:
        store.close()
