"""What the kiosk shows of the hall as it is now: how long each theme takes, who may take a ticket, until when.

The pages are made from the catalogue; only these figures live, filled into ``[data-field]`` places, so that no tile is ever
swapped away under a finger.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from queue_server.core import forecast
from queue_server.core.calendar import Standing, hall_day, standing
from queue_server.core.catalogue import QueueId, Service, Setup
from queue_server.core.hall import Hall
from queue_server.core.setup import Notice
from queue_server.core.visits import MINUTE, SECOND, Wait
from queue_server.views import Scene, ViewKind, iso
from queue_server.web.texts import local, wait_figure, wait_state, wait_text
from queue_server.web.words import t

LANES = ("consultation", "assisted")  # for whoever cannot name a service


def queue_wait(hall: Hall, queue: QueueId, now: int) -> tuple[int, Wait | None]:
    """How many wait in a queue, and how long somebody who joined it now would."""
    waiting = hall.lines.waiting(queue)
    return waiting, forecast.estimate(hall, queue, waiting, now)


def main_queue(services: list[Service]) -> QueueId:
    """The queue most of these services are in: it speaks for all of them on a tile."""
    return Counter(service.queue for service in services).most_common(1)[0][0]


def stand(hall: Hall, scene: Scene) -> Standing:
    """How the hall stands; under ``--always-open`` it is open."""
    found = standing(scene.tick, hall.setup)
    if not scene.always_open:
        return found
    return Standing(state="open", taking=True, opens=None, closes=None, known_year=True)


def make(hall: Hall, arg: str | None, scene: Scene) -> dict[str, Any]:
    """The view ``kiosk``."""
    now, lang = scene.tick, scene.lang
    state = stand(hall, scene)
    queues = {queue.id: _queue(hall, queue.id, state, now, lang) for queue in hall.setup.queues}
    groups = _groups(hall.setup)
    return {
        "state": state.state if state.taking else "closed",
        "taking": state.taking,
        "opens": iso(state.opens, hall),
        "notice": notice(hall, state, lang),
        "notice_level": "safety" if safety_notices(hall) else "info",
        "queues": queues,
        "groups": {key: queues[main_queue(services)] for key, services in groups.items()},
        "lanes": {kind: queues[hall.queue_of_kind[kind]] for kind in LANES if kind in hall.queue_of_kind},
    }


def _groups(setup: Setup) -> dict[str, list[Service]]:
    """The services of each theme and each department, under ``t_`` and ``d_`` keys."""
    found: dict[str, list[Service]] = {}
    for service in setup.services:
        found.setdefault(f"t_{service.theme}", []).append(service)
        found.setdefault(f"d_{service.department}", []).append(service)
    return found


def _queue(hall: Hall, queue: QueueId, state: Standing, now: int, lang: str) -> dict[str, Any]:
    """One queue's figures, as texts. While the windows rest no wait is known: the tile says when they open."""
    waiting, wait = queue_wait(hall, queue, now)
    if state.state in ("early", "break") and state.opens is not None:
        text = t(lang, "kiosk.opens.short", at=opening(hall, state.opens))
        return {"waiting": waiting, "text": text, "figure": "", "unit": "", "state": "shut", "warn": ""}
    figure = wait_figure(lang, wait, waiting)
    return {
        "waiting": waiting,
        "text": wait_text(lang, wait, waiting),
        "figure": figure.short if figure else "",
        "unit": figure.after if figure else "",
        "state": wait_state(wait, waiting),
        "warn": closing_warning(hall, state, wait, now, lang),
    }


def closing_warning(hall: Hall, state: Standing, wait: Wait | None, now: int, lang: str) -> str:
    """Near closing time a long queue is said, never refused (DESIGN 4)."""
    if state.closes is None or wait is None:
        return ""
    soon = state.closes - now <= hall.setup.rules.closing_warn_minutes * MINUTE
    return t(lang, "kiosk.closing") if soon and now + wait.high * SECOND > state.closes else ""


def notice(hall: Hall, state: Standing, lang: str) -> str:
    """The sentence below the question: a safety notice to the whole hall, or that nobody is called yet."""
    for one in safety_notices(hall):
        return one.text[lang]
    if state.state not in ("early", "break") or state.opens is None:
        return ""
    return t(lang, f"kiosk.shut.{state.state}", at=opening(hall, state.opens))


def days_to_opening(hall: Hall, now: int) -> int | None:
    """0 today, 1 tomorrow; None when the next opening is not known."""
    opens = standing(now, hall.setup).opens
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
