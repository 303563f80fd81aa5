"""The sign over a window: who is to come, who is being served, or where else to go."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core import routing
from queue_server.core.catalogue import CounterId
from queue_server.core.counters import Counter
from queue_server.core.hall import Hall
from queue_server.core.refusals import NotFound
from queue_server.views import Scene, ViewKind, iso
from queue_server.web.access import running_of
from queue_server.web.pages import page

from .board_parts import Json, back_at, notice_parts, pair, parts_of, standing_part

ELSEWHERE_MAX = 2  # more window numbers than two nobody keeps in mind


def make(hall: Hall, arg: str | None, scene: Scene) -> Json:
    """The view of one window's sign. Raises NotFound ``unknown-counter``."""
    counter = _find(hall, arg)
    parts = parts_of(hall)
    ticket = hall.tickets.get(counter.ticket) if counter.ticket else None
    view: Json = {
        "counter": {"id": counter.id, "label": counter.label, "kind": counter.kind, "zone": counter.zone},
        "name": _name(hall, counter),
        "state": counter.state,
        "number": ticket.number if ticket else None,
        "call": None,
        "until": back_at(hall, counter.until, scene.tick),
        "waiting": routing.first_of(hall, counter.serves, counter.kind) is not None,
        "elsewhere": [],
        "urgent": None,
        "standing": standing_part(hall, parts, scene),
        "demo": scene.demo,
        "safety": next((n for n in notice_parts(hall, counter.zone) if n["level"] == "safety"), None),
    }
    if ticket is not None and counter.state == "called":
        view["call"] = {"id": ticket.call_id, "count": ticket.call_count, "at": iso(ticket.call_at, hall)}
    if counter.state in ("paused", "closed"):
        view["elsewhere"] = elsewhere(hall, counter)
        view["urgent"] = _urgent(hall, counter)
    return view


def _find(hall: Hall, arg: str | None) -> Counter:
    counter = hall.counters.get(CounterId(arg or ""))
    if counter is None:
        raise NotFound("unknown-counter", counter=arg)
    return counter


def _name(hall: Hall, counter: Counter) -> Json:
    """What the window is for: its first queue, else its zone."""
    for entry in counter.serves:
        if entry in hall.queues:
            return pair(hall.queues[entry].name)
    return next((pair(zone.name) for zone in hall.setup.zones if zone.id == counter.zone), {"zh": "", "en": ""})


def elsewhere(hall: Hall, counter: Counter) -> list[str]:
    """Labels of the nearest windows that work now and have the same work as their own."""
    own = set(counter.serves)
    order = list(hall.counters)
    here = order.index(counter.id)
    working = [
        other
        for other in hall.counters.values()
        if other.id != counter.id and other.state not in ("closed", "paused") and own & set(other.serves)
    ]
    working.sort(key=lambda other: (other.zone != counter.zone, abs(order.index(other.id) - here)))
    nearest = working[:ELSEWHERE_MAX]
    return [other.label for other in sorted(nearest, key=lambda other: order.index(other.id))]


def _urgent(hall: Hall, counter: Counter) -> str | None:
    """The enquiries window to ask at, when one works."""
    for other in hall.counters.values():
        if other.kind == "consultation" and other.state not in ("closed", "paused") and other.id != counter.id:
            return other.label
    return None


def topics(hall: Hall, arg: str | None) -> frozenset[str]:
    """Others' states matter to a window that is paused or closed; whether somebody waits, to one that is free."""
    counter = _find(hall, arg)
    queues = {f"queue:{hall.queue_of.get(entry, entry)}" for entry in counter.serves}
    found = {"hall", f"counter:{counter.id}"} | queues
    for other in hall.counters.values():
        if other.zone == counter.zone or other.kind == "consultation" or set(other.serves) & set(counter.serves):
            found.add(f"zone:{other.zone}")
    return frozenset(found)


SIGN = ViewKind(name="counter", make=make, topics=topics, template="sign_live.html", bilingual=True)


async def sign(request: Request) -> Response:
    """``/h/{hall}/sign/{counter}``"""
    running = running_of(request)
    await running.settled()
    counter: Any = request.path_params["counter"]
    view = make(running.state, counter, running.scene("zh"))
    feed = f"/api/v1/halls/{running.id}/live/counter/{counter}?format=html"
    return page(request, "sign.html", lang="zh", view=view, feed=feed)


routes: list[BaseRoute] = [Route("/h/{hall}/sign/{counter}", sign)]
