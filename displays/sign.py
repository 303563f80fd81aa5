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
from queue_server.web.hours_text import hours_text
from queue_server.web.pages import page

from .board_parts import (
    Json,
    Parts,
    back_at,
    counter_standing,
    names_part,
    notice_parts,
    parts_of,
    turned_part,
)

HOURS_MAX = 3  # lines under a closed window
ELSEWHERE_MAX = 2  # more window numbers than two nobody keeps in mind


def make(hall: Hall, arg: str | None, scene: Scene) -> Json:
    """The view of one window's sign. Raises NotFound ``unknown-counter``."""
    counter = _find(hall, arg)
    parts = parts_of(hall)
    ticket = hall.tickets.get(counter.ticket) if counter.ticket else None
    turned = turned_part(hall, parts, counter)
    view: Json = {
        "counter": {"id": counter.id, "label": counter.label, "kind": counter.kind, "zone": counter.zone},
        "name": _name(parts, counter, turned),
        "state": counter.state,
        "number": ticket.number if ticket else None,
        "call": None,
        "until": back_at(hall, counter.until, scene.tick),
        "waiting": routing.first_of(hall, hall.work(counter).serves, counter.kind) is not None,
        "elsewhere": [],
        "urgent": None,
        "standing": counter_standing(hall, parts, counter.id, scene),
        "hours": [],
        "demo": scene.demo,
        "safety": next((n for n in notice_parts(hall, counter.zone) if n["level"] == "safety"), None),
    }
    if ticket is not None and counter.state == "called":
        view["call"] = {"id": ticket.call_id, "count": ticket.call_count, "at": iso(ticket.call_at, hall)}
    if counter.state in ("paused", "closed"):
        view["elsewhere"] = elsewhere(hall, counter)
        view["urgent"] = _urgent(hall, counter)
    if counter.state == "closed" and not scene.always_open:
        view["hours"] = hours_part(hall, counter.id)
    return view


def hours_part(hall: Hall, counter: CounterId) -> list[Json]:
    """When this window is open, in lines; its own hours, or the hall's."""
    hours = hall.counter_hours.get(counter) or hall.setup.hours
    lines = zip(hours_text("zh", hours), hours_text("en", hours), strict=True)
    return [{"zh": zh, "en": en} for zh, en in lines][:HOURS_MAX]


def _find(hall: Hall, arg: str | None) -> Counter:
    counter = hall.counters.get(CounterId(arg or ""))
    if counter is None:
        raise NotFound("unknown-counter", counter=arg)
    return counter


def _name(parts: Parts, counter: Counter, turned: Json | None) -> Json:
    """What the window is for: a new kind for as long as it has one, else its queues, else its zone."""
    if turned is not None and turned["how"] == "kind":
        return dict(turned["name"])
    queues = [entry for entry in counter.serves if entry in parts.queues]
    zone = parts.zones.get(counter.zone)
    return names_part(parts, queues) if queues or zone is None else dict(zone["name"])


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
