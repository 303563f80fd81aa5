"""What the code at a window opens: which window it is, what it does, whether it is open, and whom it calls. Public and live."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core.catalogue import CounterId, QueueId, Service
from queue_server.core.counters import Counter
from queue_server.core.hall import Hall
from queue_server.core.refusals import NotFound
from queue_server.views import Scene, ViewKind
from queue_server.web.access import anybody, running_of
from queue_server.web.hours_text import next_text, own_hours_text
from queue_server.web.pages import lang_of
from queue_server.web.texts import window_text, windows_text
from queue_server.web.words import t

from .board_parts import back_at
from .guide_values import hours_values, stand_of
from .phone_frame import phone_page
from .sign import elsewhere

Json = dict[str, Any]
SERVICES_SHOWN = 8  # the rest behind one press


def make(hall: Hall, arg: str | None, scene: Scene) -> Json:
    """The view ``counter-guide/{counter}``: no more than board and sign show. Raises NotFound ``unknown-counter``."""
    counter, lang = _find(hall, arg), scene.lang
    state = stand_of(hall, hall.counter_hours.get(counter.id), scene.tick, scene.always_open)
    works = counter.state not in ("closed", "paused")
    ticket = hall.tickets.get(counter.ticket) if counter.ticket else None
    until = back_at(hall, counter.until, scene.tick)
    return {
        "id": counter.id,
        "window": window_text(lang, counter.label),
        "kind": counter.kind,
        "state": counter.state,
        "state_text": _state_text(lang, counter.state, until),
        "number": ticket.number if ticket is not None and works else None,
        "waiting": sum(hall.lines.waiting(queue) for queue in _queues(hall, counter)),
        "open": state.state == "open",
        "next": next_text(lang, state, scene.tick, hall.setup),
        "elsewhere": windows_text(lang, elsewhere(hall, counter)) if not works else "",
    }


def topics(hall: Hall, arg: str | None) -> frozenset[str]:
    counter = _find(hall, arg)
    return frozenset(
        {"hall", "counters", f"counter:{counter.id}"} | {f"queue:{queue}" for queue in _queues(hall, counter)}
    )


VIEW = ViewKind(name="counter-guide", make=make, topics=topics, template="window_live.html", first=False)


def _find(hall: Hall, arg: str | None) -> Counter:
    counter = hall.counters.get(CounterId(arg or ""))
    if counter is None:
        raise NotFound("unknown-counter", counter=(arg or "")[:64])
    return counter


def _state_text(lang: str, state: str, until: str | None) -> str:
    names = {"called": "window.calling", "serving": "window.serving", "free": "window.free", "closed": "window.closed"}
    if state == "paused":
        return t(lang, "window.paused.until", at=until[11:16]) if until else t(lang, "window.paused")
    return t(lang, names[state])


def _queues(hall: Hall, counter: Counter) -> list[QueueId]:
    """The queues of its own work, each once."""
    return list(
        dict.fromkeys(hall.queue_of.get(entry, QueueId(entry)) for entry in counter.serves if _known(hall, entry))
    )


def _known(hall: Hall, entry: str) -> bool:
    return entry in hall.queues or entry in hall.services


def work_of(hall: Hall, entries: tuple[str, ...]) -> list[Service]:
    """The services behind a counter's list of queues and services, in the order of the catalogue."""
    return [service for service in hall.setup.services if service.id in entries or service.queue in entries]


async def counter_guide(request: Request) -> Response:
    """``/h/{hall}/window/{counter}``"""
    running = running_of(request)
    anybody(request)
    await running.settled()
    hall, lang = running.state, lang_of(request)
    counter = _find(hall, request.path_params["counter"])
    own = hall.counter_hours.get(counter.id)
    services = [{"id": one.id, "name": one.name[lang]} for one in work_of(hall, counter.serves)]
    return phone_page(
        request, "window.html", running, lang, view=make(hall, counter.id, running.scene(lang)),
        root=f"/h/{running.id}/guide", feed=f"/api/v1/halls/{running.id}/live/counter-guide/{counter.id}?lang={lang}&format=html",
        zone=next(zone for zone in hall.setup.zones if zone.id == counter.zone), low=_is_low(hall, counter),
        queues=[hall.queues[queue].name[lang] for queue in _queues(hall, counter)],
        services=services[:SERVICES_SHOWN], rest=services[SERVICES_SHOWN:],
        helps=[hall.queues[entry].name[lang] for entry in counter.helps if entry in hall.queues],
        where=hours_values(hall, own, lang, running.now()), own=own_hours_text(lang, own, hall.setup.hours),
    )  # fmt: skip


def _is_low(hall: Hall, counter: Counter) -> bool:
    return any(one.low for one in hall.setup.counters if one.id == counter.id)


routes: list[BaseRoute] = [Route("/h/{hall}/window/{counter}", counter_guide)]
