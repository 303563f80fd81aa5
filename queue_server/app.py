"""The one wiring place: settings, clock and a data directory become an application."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount

import counters.routes
import displays.routes

from .clock import Clock, monotonic
from .core.refusals import Refused
from .feed import Feed
from .printing.hall_printer import Printer
from .runner import Runner
from .running import RunningHall
from .settings import Settings
from .store import Store, Tokens, hall_directory, hall_names
from .voice.hall_sound import HallSound
from .web import api, docs, entrance, errors, health, media, sockets, trial
from .web.access import Limiter
from .web.headers import SafeHeaders, Static
from .web.pages import fragment, release

log = logging.getLogger(__name__)

COLLECT_AFTER = (
    10_000  # new objects between two looks of the collector: with Python's 700 it takes a sixth of a busy server
)
VIEWS = [*displays.routes.views, *counters.routes.views]
Progress = Callable[[int, int], None]


def open_hall(
    directory: Path, clock: Clock, settings: Settings, port: int, progress: Progress | None = None
) -> RunningHall:
    """Open a hall's store and put its parts together. Needs a running event loop; raises StoreLocked."""
    store = Store.open(directory)
    state = store.load(progress)
    runner = Runner(directory.name, store, state, clock, settings.queue_max)
    running = RunningHall(runner, store, clock, settings, settings.public_url or f"http://{lan_address()}:{port}")
    runner.keep_notes_days = settings.keep_notes_days
    intervals = (settings.feed_interval_seconds, settings.phone_interval_seconds)
    running.feed = Feed(runner, VIEWS, running.scene, fragment, intervals)
    running.delivery.watching = lambda: running.feed.watching("board")
    runner.present = running.present
    running.sound = HallSound(
        running, directory, enabled=settings.voice != "off" and clock.speed == 1.0, rate=settings.voice_rate
    )
    running.printer = Printer(running)
    return running


def lan_address() -> str:
    """The address other machines reach this one by; never loopback when there is another. Sends nothing."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # documentation address: chooses the interface, no packet leaves
        address: str = probe.getsockname()[0]
        if not address.startswith("127."):
            return address
    with contextlib.suppress(OSError):
        for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            if not str(info[4][0]).startswith("127."):
                return str(info[4][0])
    return "127.0.0.1"


def build(
    settings: Settings, data: Path, clock: Clock, *, port: int = 8000, always_open: bool = False,
    demo: Callable[[RunningHall], Any] | None = None,
) -> Starlette:  # fmt: skip
    """The application. Everything that lives begins in its lifespan. ``demo`` runs beside the hall and lets everybody in."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        state = app.state
        async with contextlib.AsyncExitStack() as stack:
            state.tokens = Tokens(data / "tokens.db", monotonic)
            stack.callback(state.tokens.close)
            tasks = stack.enter_context(_tasks())
            for directory in (hall_directory(data, name) for name in hall_names(data)):
                running = await asyncio.to_thread(open_hall, directory, clock, settings, port)
                running.runner.always_open = always_open
                running.demo = demo is not None
                await running.runner.start()
                stack.push_async_callback(_close, running)
                tasks.append(asyncio.create_task(running.feed.beat(settings.heartbeat_seconds, settings.tick_seconds)))
                await running.sound.start()
                running.printer.start()
                state.halls[running.id] = running
                if demo is not None:
                    tasks.append(asyncio.create_task(demo(running)))
            gc.collect()
            gc.freeze()  # what lives as long as the process is never looked at again by the collector (LIMITS B3)
            gc.set_threshold(COLLECT_AFTER)
            yield

    app = Starlette(
        routes=_routes(),
        lifespan=lifespan,
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={Refused: errors.on_refused, HTTPException: errors.on_http, Exception: errors.on_error},
    )
    app.state.halls = {}
    app.state.settings, app.state.clock, app.state.demo = settings, clock, demo is not None
    app.state.limiter = Limiter(settings.requests_per_minute_max)
    app.state.sockets, app.state.addresses = set(), {}
    if demo is not None:
        app.state.demo_speed = clock.speed
    return app


def _routes() -> list[BaseRoute]:
    return [
        *sockets.routes,
        *api.routes,
        *health.routes,
        *media.routes,
        *trial.routes,
        *docs.routes,
        *entrance.routes,
        *displays.routes.routes,
        *counters.routes.routes,
        Mount(f"/static/{release()}", Static(), name="static"),
    ]


@contextlib.contextmanager
def _tasks() -> Any:
    """Tasks that end with the application."""
    tasks: list[asyncio.Task[Any]] = []
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()


async def _close(running: RunningHall) -> None:
    await running.runner.stop()
    await running.sound.stop()
    running.printer.stop()
    await asyncio.to_thread(running.store.close)
