"""Running the server: uvicorn with the settings that the measurements chose (LIMITS B2, B3), and the demo hall."""

from __future__ import annotations

import asyncio
import datetime
import logging
import resource
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn

from . import app, maintenance
from .bounded_http import BoundedHttp
from .clock import Clock, wall_us
from .core.calendar import day_start, hall_day, is_open_day
from .core.catalogue import CounterId
from .core.visits import MINUTE
from .push import PushProtocol
from .settings import Settings
from .setup_file import default_setup_text, load_setup
from .simulate import Simulation, live, morning
from .simulate_before import Before, days_before
from .simulate_cases import CaseWork
from .store import Batch, Store, StoreLocked, hall_directory, hall_names

log = logging.getLogger(__name__)

DEMO_VISITORS = 1600  # a busy Monday: something to see in every queue, and the day still ends
DEMO_DESK = CounterId("3")  # the start page offers this window to whoever looks at the demo
DEMO_CLOSED = tuple(map(CounterId, ("14", "21", "22", "35")))  # nobody has come for these today
DEMO_DAYS_BEFORE = 15  # open days before it whose applications the departments still have: half a second of start-up
DEMO_HOUR = 10  # the demo starts at this hour of the next open day, with a simulated morning behind it


def run(
    settings: Settings,
    data: Path,
    clock: Clock,
    listen: tuple[str, int],
    *,
    always_open: bool = False,
    demo: Any = None,
) -> int:
    """Serve until stopped. Exit code 2 when the port or the data directory is taken."""
    host, port = listen
    if not _port_free(host, port):
        raise maintenance.Trouble(f"port {port} on {host} is taken by another program; choose another with --port")
    for name in hall_names(data):
        maintenance.must_not_run(hall_directory(data, name))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit[1], limit[1]))
    application = app.build(settings, data, clock, port=port, always_open=always_open, demo=demo)
    config = uvicorn.Config(
        application, host=host, port=port, loop="uvloop", http=BoundedHttp, ws=PushProtocol,
        ws_per_message_deflate=False, ws_ping_interval=settings.ping_seconds, ws_ping_timeout=settings.pong_seconds,
        ws_max_size=16_384, access_log=False, log_level="warning", timeout_graceful_shutdown=3, backlog=4096,
        server_header=False, limit_concurrency=None,
    )  # fmt: skip
    server = uvicorn.Server(config)
    log.info("listening on http://%s:%s", "localhost" if host in ("0.0.0.0", "::") else host, port)
    try:
        server.run()
    except StoreLocked as error:
        raise maintenance.Trouble(str(error)) from None
    return 0 if server.started else 1


def _port_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def run_demo(settings: Settings, data: Path, *, host: str, port: int, speed: float, seed: int) -> int:
    """A living hall: the default one, at 10:00 of the next open day, with a morning and three weeks of cases behind it."""
    text = default_setup_text()
    setup = load_setup(text)
    day = hall_day(wall_us(), setup)
    while not is_open_day(day, setup):
        day += datetime.timedelta(days=1)
    start = day_start(day, setup) + (DEMO_HOUR - setup.rules.day_turn_hour) * 60 * MINUTE
    print("Youxu: simulating the morning of a demo hall ...", file=sys.stderr, flush=True)
    days = days_before(start, DEMO_DAYS_BEFORE, setup)
    hall_id, _ = maintenance.init_hall(data, text, update=False, now=day_start(days[0], setup))
    simulation = Simulation(seed, DEMO_VISITORS)
    simulation.reserved = frozenset({DEMO_DESK, *DEMO_CLOSED})
    _live_through(data / "halls" / hall_id, simulation, days, start)
    clock = Clock(speed, start)
    print(f"Youxu: the demo hall is open at http://localhost:{port}/", file=sys.stderr, flush=True)
    return run(settings, data, clock, (host, port), demo=lambda running: live(running, simulation))


def _live_through(directory: Path, simulation: Simulation, days: list[datetime.date], end: int) -> None:
    """Put the days before and the simulated morning into the log, as if they had been served."""

    async def work() -> None:
        store = Store.open(directory)
        try:
            hall = store.load()
            seq = hall.seq
            simulation.cases = CaseWork(simulation.seed, store.vault.seal)
            before = Before(hall, simulation.cases, simulation.seed)
            for day in days:
                before.day(day)
            entries = [*before.entries, *morning(hall, simulation, end - 90 * MINUTE, end)]
            await store.append(Batch(seq, entries))
        finally:
            store.close()

    asyncio.run(work())
