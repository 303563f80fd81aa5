"""The start page: the hall's screens and a way into each. In the demo they are shown small and live."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core.hall import Hall
from queue_server.core.refusals import NotFound
from queue_server.running import RunningHall
from queue_server.views import Scene, ViewKind
from queue_server.web.pages import hall_time, lang_of, page
from queue_server.web.trial import SPEEDS

from .board_parts import Json, parts_of, standing_part

KINDS_SHOWN = ("consultation", "integrated", "assisted", "fallback")  # one desk of each is linked


def make(hall: Hall, arg: str | None, scene: Scene) -> Json:
    """How the hall does, in one sentence. Public: it says no more than the boards do."""
    return {
        "waiting": sum(hall.lines.waiting(queue.id) for queue in hall.setup.queues) + len(hall.lines.wanted),
        "serving": sum(counter.state == "serving" for counter in hall.counters.values()),
        "done": sum(day.done for day in hall.measures.queues.values()),
        "standing": standing_part(hall, parts_of(hall), scene),
    }


def topics(hall: Hall, arg: str | None) -> frozenset[str]:
    return frozenset({"hall", "queues", "counters"})


START = ViewKind(name="start", make=make, topics=topics, template="start_live.html", first=False)


async def start(request: Request) -> Response:
    """``/``. Raises NotFound ``unknown-hall`` when there is no hall yet; with several, ``?hall=`` chooses."""
    halls: dict[str, RunningHall] = request.app.state.halls
    running = halls.get(request.query_params.get("hall", "")) or next(iter(halls.values()), None)
    if running is None:
        raise NotFound("unknown-hall", hall="")
    await running.settled()
    lang = lang_of(request)
    hall = running.state
    feed = f"/api/v1/halls/{running.id}/live/start?format=html&lang={lang}"
    return page(
        request, "start.html", lang=lang, hall=hall.setup, now=hall_time(running),
        view=make(hall, None, running.scene(lang)), feed=feed,
        root=f"/h/{running.id}", halls=[other.state.setup for other in halls.values()],
        speed=_speed(request), speeds=SPEEDS, phone=_phone(running) if request.app.state.demo else None,
        desks=_desks(hall), zones=hall.setup.zones, main_zone=_main_zone(hall),
    )  # fmt: skip


def _speed(request: Request) -> str | None:
    """How fast the demo's clock runs; None in a real hall, where time is the real time."""
    speed: float | None = getattr(request.app.state, "demo_speed", None)
    return None if speed is None else f"{speed:g}"


def _phone(running: RunningHall) -> str | None:
    """The page of one who has just begun to wait, for the demo's preview: nobody real holds that ticket."""
    waiting = [ticket for ticket in running.state.tickets.values() if ticket.state == "waiting"]
    if not waiting:
        return None
    return f"/t/{waiting[-1].id}?key={running.ticket_key(waiting[-1].id)}"


def _desks(hall: Hall) -> list[Any]:
    """One window of each kind that works differently."""
    found = []
    for kind in KINDS_SHOWN:
        found += [counter for counter in hall.setup.counters if counter.kind == kind][:1]
    return found


def _main_zone(hall: Hall) -> Any:
    """The zone with the most windows that one board can show: the best preview of a zone's board."""
    sizes = {zone: len(counters) for zone, counters in parts_of(hall).counters_of.items()}
    return max(hall.setup.zones, key=lambda zone: (sizes[zone.id] <= 12, sizes[zone.id]))


routes: list[BaseRoute] = [Route("/", start)]
