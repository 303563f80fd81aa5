"""What the kiosk shows of the hall as it is now: how long each theme takes, who may take a ticket, until when.

The pages are made from the catalogue; only these figures live, filled into ``[data-field]`` places, so that no tile is ever
swapped away under a finger.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from queue_server.core import forecast
from queue_server.core.calendar import Standing, hall_day
from queue_server.core.catalogue import QueueId, Service, Setup
from queue_server.core.hall import Hall
from queue_server.core.setup import Notice
from queue_server.core.visits import MINUTE, SECOND, Wait
from queue_server.views import Scene, ViewKind, iso
from queue_server.web.hours_text import last_call
from queue_server.web.texts import local, wait_figure, wait_state, wait_text
from queue_server.web.words import t

from .kiosk_hours import Look, open_alone

LANES = ("consultation", "assisted", "issue", "fallback")  # tickets for a window kind, in one tap
Figures = dict[str, Any]  # of a queue or of the services on a tile


def queue_wait(hall: Hall, queue: QueueId, now: int) -> tuple[int, Wait | None]:
    """How many wait in a queue, and how long somebody who joined it now would."""
    waiting = hall.lines.waiting(queue)
    return waiting, forecast.estimate(hall, queue, waiting, now)


def main_queue(services: list[Service]) -> QueueId:
    """The queue most of these services are in: it speaks for all of them on a tile."""
    return Counter(service.queue for service in services).most_common(1)[0][0]


def stand(hall: Hall, scene: Scene) -> Standing:
    """How the hall stands; under ``--always-open`` it is open."""
    return Look(hall, scene.lang, scene.tick, scene.always_open).standing()


def make(hall: Hall, arg: str | None, scene: Scene) -> dict[str, Any]:
    """The view ``kiosk``. ``page``: which first page it is, ``home``, ``closed``, or ``some`` when only services with hours of
    their own give tickets."""
    now, lang = scene.tick, scene.lang
    seen = Look(hall, lang, now, scene.always_open)
    state = seen.standing()
    queues = {queue.id: _queue(seen, queue.id, state) for queue in hall.setup.queues}
    groups = _groups(hall.setup)
    some = bool(open_alone(seen, hall.setup.services))
    return {
        "state": state.state if state.taking else "closed",
        "taking": state.taking,
        "page": "home" if state.taking else "some" if some else "closed",
        "opens": iso(state.opens, hall),
        "notice": notice(hall, state, lang),
        "notice_level": "safety" if safety_notices(hall) else "info",
        "queues": queues,
        "groups": {key: _group(seen, services, queues, state) for key, services in groups.items()},
        "lanes": {kind: queues[hall.queue_of_kind[kind]] for kind in LANES if kind in hall.queue_of_kind},
    }


def _groups(setup: Setup) -> dict[str, list[Service]]:
    """The services of each theme and each department, under ``t_`` and ``d_`` keys."""
    found: dict[str, list[Service]] = {}
    for service in setup.services:
        found.setdefault(f"t_{service.theme}", []).append(service)
        found.setdefault(f"d_{service.department}", []).append(service)
    return found


def _group(seen: Look, services: list[Service], queues: dict[QueueId, Figures], state: Standing) -> Figures:
    """The figures of the queue most of them are in. Hours of their own may shut all of them, or keep one open at midday."""
    queue = main_queue(services)
    own = [seen.standing(service.hours) for service in services if service.hours is not None]
    if own and not any(seen.takes(service) for service in services):
        opens = min((one.opens for one in own if one.opens is not None), default=None)
        return _shut(seen, opens, queues[queue]["waiting"])
    if state.state in ("early", "break") and any(one.state == "open" for one in own):
        return _figures(seen, queue, state)
    return queues[queue]


def _queue(seen: Look, queue: QueueId, state: Standing) -> Figures:
    """One queue's figures, as texts. While the windows rest no wait is known: the tile says when they open."""
    if state.state in ("early", "break") and state.opens is not None:
        return _shut(seen, state.opens, seen.hall.lines.waiting(queue))
    return _figures(seen, queue, state)


def _shut(seen: Look, opens: int | None, waiting: int) -> Figures:
    """``13:30 开始办理``; a later day is too long for a tile."""
    today = opens is not None and hall_day(opens, seen.hall.setup) == hall_day(seen.now, seen.hall.setup)
    text = t(seen.lang, "kiosk.opens.short", at=opening(seen.hall, opens)) if today and opens else ""
    text = text or t(seen.lang, "kiosk.opens.not-today")
    return {"waiting": waiting, "text": text, "figure": "", "unit": "", "state": "shut", "warn": ""}


def _figures(seen: Look, queue: QueueId, state: Standing) -> Figures:
    hall, lang = seen.hall, seen.lang
    waiting, wait = queue_wait(hall, queue, seen.now)
    figure = wait_figure(lang, wait, waiting)
    return {
        "waiting": waiting,
        "text": wait_text(lang, wait, waiting),
        "figure": figure.short if figure else "",
        "unit": figure.after if figure else "",
        "state": wait_state(wait, waiting),
        "warn": closing_warning(seen, state, wait),
    }


def closing_warning(seen: Look, state: Standing, wait: Wait | None) -> str:
    """Near closing time a long queue is said, never refused; with what becomes of those not called by then."""
    hall, now = seen.hall, seen.now
    if state.closes is None or wait is None:
        return ""
    soon = state.closes - now <= hall.setup.rules.closing_warn_minutes * MINUTE
    if not soon or now + wait.high * SECOND <= state.closes:
        return ""
    end = last_call(hall, now)
    rule = "serve" if end is None else "expire"
    return t(seen.lang, f"kiosk.closing.{rule}", at=opening(hall, state.closes if end is None else end))


def notice(hall: Hall, state: Standing, lang: str) -> str:
    """The sentence below the question: a safety notice to the whole hall, or that nobody is called yet."""
    for one in safety_notices(hall):
        return one.text[lang]
    if state.state not in ("early", "break") or state.opens is None:
        return ""
    return t(lang, f"kiosk.shut.{state.state}", at=opening(hall, state.opens))


def days_to_opening(hall: Hall, now: int) -> int | None:
    """0 today, 1 tomorrow; None when the next opening is not known."""
    opens = hall.standing(now).opens
    return None if opens is None else (hall_day(opens, hall.setup) - hall_day(now, hall.setup)).days


def safety_notices(hall: Hall) -> list[Notice]:
    """Those to the whole hall, the newest first."""
    return [one for one in reversed(hall.notices) if one.level == "safety" and one.zone is None]


def opening(hall: Hall, instant: int) -> str:
    """``9:00``, as opening hours are written."""
    return local(instant, hall.setup.time_zone).strftime("%H:%M").removeprefix("0")


def topics(hall: Hall, arg: str | None) -> frozenset[str]:
    return frozenset({"hall", "queues"})


VIEW = ViewKind(name="kiosk", make=make, topics=topics, first=False)
