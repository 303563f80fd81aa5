"""``/healthz``, ``/readyz`` and ``/metrics``: is the process alive, does it take commands, and the figures."""

from __future__ import annotations

from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.running import RunningHall

from .requests import json_response


async def healthz(request: Request) -> Response:
    return json_response({"status": "ok"})


def missing(running: RunningHall) -> dict[str, str]:
    """What falls away at present, by part; none of it keeps commands from being taken."""
    found: dict[str, str] = {}
    for part in (running.sound, running.printer):
        if part is not None and (reason := part.missing()) is not None:
            found[part.name] = reason
    return found


async def readyz(request: Request) -> Response:
    """200 when every hall takes commands. Never waits for voice, printer or fonts; names what is missing."""
    halls: dict[str, Any] = {}
    ready = True
    for hall_id, running in request.app.state.halls.items():
        failed = running.runner.failed
        ready = ready and failed is None
        halls[hall_id] = {"ready": failed is None, "reason": failed, "missing": missing(running)}
    return json_response({"ready": ready, "halls": halls, "demo": request.app.state.demo}, 200 if ready else 503)


async def metrics(request: Request) -> Response:
    """Prometheus text. Gauges of the present state; counts of the day come from the halls' own measures."""
    registry = CollectorRegistry()
    waiting = Gauge("youxu_waiting", "Tickets waiting", ["hall", "queue"], registry=registry)
    counters = Gauge("youxu_counters", "Counters by state", ["hall", "state"], registry=registry)
    screens = Gauge("youxu_screens", "Connected screens", ["hall", "view"], registry=registry)
    events = Gauge("youxu_events_total", "Events in the log", ["hall"], registry=registry)
    backlog = Gauge("youxu_commands_waiting", "Commands waiting for the writer", ["hall"], registry=registry)
    for hall_id, running in request.app.state.halls.items():
        hall = running.state
        for queue in hall.setup.queues:
            waiting.labels(hall_id, queue.id).set(hall.lines.waiting(queue.id))
        for state in ("closed", "free", "called", "serving", "paused"):
            counters.labels(hall_id, state).set(sum(x.state == state for x in hall.counters.values()))
        for view in running.feed.kinds:
            screens.labels(hall_id, view).set(running.feed.watching(view))
        events.labels(hall_id).set(hall.seq)
        backlog.labels(hall_id).set(running.runner.backlog)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


routes: list[BaseRoute] = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
