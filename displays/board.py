"""The boards: who is called where, how many wait, and how long. One for the hall, one for each zone.

``calls`` is part of the public contract. A zone's board has a cell for each of its windows, at most twelve,
which is what can be read from a chair; ``A.2`` is the second board of zone A, with the next twelve.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core import routing
from queue_server.core.counters import Counter
from queue_server.core.hall import Hall
from queue_server.core.refusals import NotFound
from queue_server.views import Scene, ViewKind
from queue_server.web.access import running_of
from queue_server.web.pages import page
from queue_server.web.qr import qr

from .board_parts import (
    Json,
    back_at,
    call_part,
    closing_part,
    notice_parts,
    open_days,
    parts_of,
    queue_part,
    standing_part,
    turned_part,
)

CELLS_MAX = 12  # more make another board
NO_RINGS: list[Any] = []


def make(hall: Hall, arg: str | None, scene: Scene) -> Json:
    """The view of a board. ``arg``: nothing for the whole hall, ``A`` or ``A.2`` for a zone."""
    zone, part = split(hall, arg)
    parts = parts_of(hall)
    rings = hall.rings if zone is None else hall.zone_rings.get(zone, NO_RINGS)
    queues = parts.queues if zone is None else parts.queues_of[zone]
    view: Json = {
        "hall": parts.hall,
        "hotline": hall.setup.hotline,
        "zone": None if zone is None else parts.zones[zone],
        "calls": [call_part(hall, parts, ring) for ring in rings],
        "queues": [queue_part(hall, parts, queue, scene.tick) for queue in queues],
        "notices": notice_parts(hall, zone) if hall.notices else [],
        "standing": standing_part(hall, parts, scene),
        "closing": closing_part(hall, scene),
        "say": scene.say,
        "demo": scene.demo,
    }
    view["mode"] = mode(hall, view["standing"]["state"], bool(rings), zone)
    if view["mode"] != "calls":
        view["directory"] = parts.directory
        view["days"] = open_days(hall, parts, scene)
    if zone is not None:
        _add_windows(view, hall, parts.counters_of[zone], part, scene.tick)
    return view


def mode(hall: Hall, standing: str, called: bool, zone: str | None = None) -> str:
    """``calls``; ``idle``: nothing called yet, or a break; ``shut``: for today, once the last clerk (of the zone) has left."""
    if standing == "open":
        return "calls" if called else "idle"
    states = {counter.state for counter in hall.counters.values() if zone in (None, counter.zone)}
    if standing == "closed":
        return "shut" if states <= {"closed"} else "calls" if called else "idle"
    return "calls" if called and states - {"closed", "paused"} else "idle"


def _add_windows(view: Json, hall: Hall, counters: list[Any], part: int, tick: int) -> None:
    view["part"], view["parts"] = part, max(1, -(-len(counters) // CELLS_MAX))
    shown = counters[(part - 1) * CELLS_MAX : part * CELLS_MAX]
    view["windows"] = [cell(hall, hall.counters[counter], tick) for counter in shown]


def cell(hall: Hall, counter: Counter, tick: int) -> Json:
    """One window on its zone's board. ``soon``: free, and somebody waits for it."""
    ticket = hall.tickets.get(counter.ticket) if counter.ticket else None
    return {
        "id": counter.id,
        "label": counter.label,
        "state": counter.state,
        "number": ticket.number if ticket else None,
        "until": back_at(hall, counter.until, tick),
        "turned": turned_part(hall, parts_of(hall), counter),
        "soon": counter.state == "free" and routing.first_of(hall, hall.work(counter).serves, counter.kind) is not None,
    }


def split(hall: Hall, arg: str | None) -> tuple[str | None, int]:
    """``A.2`` as zone and part. Raises NotFound ``unknown-zone``. Ids hold no dots, so nothing is ambiguous."""
    if arg is None:
        return None, 1
    zone, _, text = arg.partition(".")
    parts = parts_of(hall)
    if zone not in parts.zones:
        raise NotFound("unknown-zone", zone=zone)
    if not text:
        return zone, 1
    last = max(1, -(-len(parts.counters_of[zone]) // CELLS_MAX))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:3]) <= last):
        raise NotFound("unknown-zone", zone=arg)
    return zone, int(text)


def topics(hall: Hall, arg: str | None) -> frozenset[str]:
    """A zone's board looks at its calls and windows, and at the queues at home there; waits depend on all who work."""
    zone, _ = split(hall, arg)
    if zone is None:
        return frozenset({"hall", "calls", "queues"})
    queues = {f"queue:{queue}" for queue in parts_of(hall).queues_of[zone]}
    return frozenset({"hall", f"calls:{zone}", f"zone:{zone}"} | queues)


BOARD = ViewKind(name="board", make=make, topics=topics, template="board_live.html", bilingual=True)


async def board(request: Request) -> Response:
    """``/h/{hall}/board``, ``/h/{hall}/board/{zone}``. ``?part=2``: the next windows; ``?sound=1``: it speaks."""
    running = running_of(request)
    await running.settled()
    zone, part = request.path_params.get("zone"), request.query_params.get("part", "1")
    arg = zone if zone is None or part == "1" else f"{zone}.{part}"
    sound = request.query_params.get("sound") == "1"
    view = make(running.state, arg, running.scene("zh", zone))
    feed = f"/api/v1/halls/{running.id}/live/board{'/' + arg if arg else ''}?format=html{'&sound=1' if sound else ''}"
    address = f"{running.public_url}{request.url.path}"
    return page(request, "board.html", lang="zh", view=view, feed=feed, sound=sound, qr=qr(address))


routes: list[BaseRoute] = [Route("/h/{hall}/board", board), Route("/h/{hall}/board/{zone}", board)]
