"""Live load: how the hall stands now, for its manager. The page stays open all day and acts through the public API.

The view is also the answer of ``GET /load``.
"""

from __future__ import annotations

import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core import forecast
from queue_server.core.calendar import hall_day, sessions, standing
from queue_server.core.catalogue import WINDOW_KINDS
from queue_server.core.counters import Counter
from queue_server.core.hall import Hall
from queue_server.core.measures import SLOT
from queue_server.core.skills import Stuck, stuck
from queue_server.core.visits import MINUTE, Ticket
from queue_server.views import Scene, ViewKind, iso
from queue_server.web.access import require, running_of
from queue_server.web.pages import environment, lang_of, page
from queue_server.web.words import t

from . import charts
from .emergency_rows import emergency_rows
from .manager_cases import case_view
from .manager_tides import clerk_skills, skills_view, tide_of, tide_view
from .tally import Tally, tally_of

Json = dict[str, Any]
SPARK_SLOTS = 8  # two hours
STUCK_NAMED = 3  # services of a queue that nobody has learnt, by name
LOOKED_AT_MAX = 200  # places looked through for the oldest arrival; beyond, the head of the queue stands for it


def make(hall: Hall, arg: str | None, scene: Scene) -> Json:
    """The view of the hall's load."""
    tally = tally_of(hall)
    queues = [queue_row(hall, queue, tally, scene.tick) for queue in hall.queues]
    queues.sort(key=lambda row: row["longest"]["since"] if row["longest"] else "~")
    cases = case_view(hall, scene)
    return {
        "tick": iso(scene.tick, hall),
        "target_minutes": hall.setup.rules.target_wait_minutes,
        "totals": totals(hall, queues),
        "longest_wait": next((row["longest"] for row in queues if row["longest"]), None),
        "service_level": tally.level(),
        "queues": queues,
        "counters": [counter_row(hall, counter) for counter in hall.counters.values()],
        "zones": [{"id": zone.id, "name": {"zh": zone.name.zh, "en": zone.name.en}} for zone in hall.setup.zones],
        "clerks": clerk_rows(hall),
        "slots": slots(hall, tally, scene.tick),
        "notices": notice_rows(hall),
        "devices": scene.devices(),
        "alarms": [*alarms(hall, scene), *skill_alarms(hall, scene.lang), *unknown_years(cases)],
        "emergencies": emergency_rows(hall, scene),
        "cases": cases,
        "tides": tide_view(hall, scene),
        "skills": skills_view(hall),
    }


# ------------------------------------------------------------------ queues


def queue_row(hall: Hall, queue_id: Any, tally: Tally, tick: int) -> Json:
    """One queue. ``late``: the first waits longer than the hall calls busy. ``spark``: seconds waited, by quarter."""
    queue = hall.queues[queue_id]
    waiting = hall.lines.waiting(queue_id)
    first = oldest(hall, queue_id)
    wait = forecast.estimate(hall, queue_id, waiting, tick)
    working, _ = hall.staffing(queue_id)
    present = tick // SLOT
    return {
        "id": queue.id,
        "letter": queue.letter,
        "name": {"zh": queue.name.zh, "en": queue.name.en},
        "zone": queue.zone,
        "waiting": waiting,
        "longest": {"since": iso(first.arrival, hall), "number": first.number} if first else None,
        "late": first is not None and tick - first.arrival >= hall.setup.rules.busy_wait_minutes * MINUTE,
        "wait": {"low": wait.low, "likely": wait.likely, "high": wait.high} if wait else None,
        "level": tally.level(queue_id),
        "open": working,
        "counters": len(hall.servers(queue_id)),
        "spark": [tally.mean(queue_id, slot) for slot in range(present - SPARK_SLOTS + 1, present + 1)],
    }


def oldest(hall: Hall, queue: Any) -> Ticket | None:
    """Who of a queue came first. Queues are ordered by rank; only those reinstated late rank after their arrival."""
    line = hall.lines.queues.get(queue)
    best: Ticket | None = None
    for place in line.all[:LOOKED_AT_MAX] if line else ():
        if best is not None and place.rank > best.arrival:
            break
        ticket = hall.tickets[place.ticket]
        if best is None or ticket.arrival < best.arrival:
            best = ticket
    return best


def totals(hall: Hall, queues: list[Json]) -> Json:
    """The five figures."""
    states = [counter.state for counter in hall.counters.values()]
    days = hall.measures.queues.values()
    promised = sum(day.promised for day in days)
    return {
        "waiting": sum(row["waiting"] for row in queues) + sum(len(places) for places in hall.lines.wanted.values()),
        "arrived": sum(day.arrived for day in days),
        "done": sum(day.done for day in days),
        "windows": {
            "total": len(states),
            "open": sum(state not in ("closed", "paused") for state in states),
            **{state: states.count(state) for state in ("free", "called", "serving", "paused", "closed")},
        },
        "promise": {
            "in_range": sum(day.in_range for day in days) / promised if promised else None,
            "error_seconds": sum(day.error_seconds for day in days) // promised if promised else None,
        },
    }


# ------------------------------------------------------------------ counters and clerks


def counter_row(hall: Hall, counter: Counter) -> Json:
    ticket = hall.tickets.get(counter.ticket) if counter.ticket else None
    clerk = hall.clerks.get(counter.clerk) if counter.clerk else None
    return {
        "id": counter.id,
        "label": counter.label,
        "kind": counter.kind,
        "zone": counter.zone,
        "state": counter.state,
        "since": iso(counter.since, hall) if counter.since else None,
        "clerk": clerk.id if clerk else None,
        "clerk_name": clerk.name if clerk else None,
        "number": ticket.number if ticket else None,
        "serves": counter.serves,
        "helps": counter.helps,
        "served": counter.served,
        "reason": counter.reason,
        "until": iso(counter.until, hall),
        "lapsed": counter.lapsed,
        "tide": tide_of(hall, counter),
    }


def clerk_rows(hall: Hall) -> list[Json]:
    """Those who sit nowhere first: they can be asked to open a window."""
    rows = [
        {"id": clerk.id, "name": clerk.name, "skills": clerk.skills,
         "counter": hall.counters[clerk.counter].label if clerk.counter in hall.counters else None}
        for clerk in hall.clerks.values()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: row["counter"] is not None)


# ------------------------------------------------------------------ the day, notices, alarms


def slots(hall: Hall, tally: Tally, tick: int) -> list[Json]:
    """Arrivals and P90 of the wait per quarter of an hour, over the opening hours and wherever there is something."""
    spans = sessions(hall_day(tick, hall.setup), hall.setup)
    known = [*hall.measures.arrivals, *tally.slots]
    edges = known + ([spans[0][0] // SLOT, (spans[-1][1] - 1) // SLOT] if spans else [])
    if not edges:
        return []
    return [
        {"at": iso(slot * SLOT, hall), "arrivals": hall.measures.arrivals.get(slot, 0), "p90": tally.p90(slot),
         "past": slot * SLOT <= tick}
        for slot in range(min(edges), max(edges) + 1)
    ]  # fmt: skip


def notice_rows(hall: Hall) -> list[Json]:
    return [
        {"id": notice.id, "text": {"zh": notice.text.zh, "en": notice.text.en}, "level": notice.level,
         "zone": notice.zone, "since": iso(notice.since, hall), "until": iso(notice.until, hall)}
        for notice in reversed(hall.notices)
    ]  # fmt: skip


def alarms(hall: Hall, scene: Scene) -> list[Json]:
    """What somebody should look at. ``code`` names the sentence ``manager.alarm.*``."""
    found: list[Json] = []
    for counter in hall.counters.values():
        if counter.lapsed and counter.clerk is not None:
            clerk = hall.clerks[counter.clerk].name
            found.append({"code": "lease", "counter": counter.id, "label": counter.label, "clerk": clerk})
    if hall.jumped is not None:
        found.append({"code": "clock", "seconds": hall.jumped.seconds})
    if not standing(scene.tick, hall.setup).known_year:
        found.append({"code": "calendar"})
    devices = scene.devices()
    sound, printer = devices.get("sound", {}), devices.get("printer", {})
    if sound.get("state") == "failed":
        found.append({"code": "voice"})
    if sound.get("blocked"):
        found.append({"code": "blocked", "count": sound["blocked"]})
    if printer.get("state") in ("out-of-paper", "offline"):
        found.append({"code": f"printer.{printer['state']}"})
    return found


def skill_alarms(hall: Hall, lang: str) -> list[Json]:
    """Queues in which some wait for what nobody at the open windows has learnt."""
    found: dict[str, list[Stuck]] = {}
    for one in stuck(hall):
        found.setdefault(one.queue, []).append(one)
    return [
        {
            "code": "skills", "queue": queue, "letter": hall.queues[queue].letter, "name": hall.queues[queue].name[lang],
            "count": sum(one.waiting for one in ones), "services": [_wanted(hall, one, lang) for one in ones[:STUCK_NAMED]],
        }
        for queue, ones in found.items()
    ]  # fmt: skip


def _wanted(hall: Hall, one: Stuck, lang: str) -> str:
    service = hall.services.get(one.service) if one.service is not None else None
    return service.name[lang] if service is not None else t(lang, "manager.alarm.skills.any")


def unknown_years(cases: Json) -> list[Json]:
    """Last days counted into a year that nobody has announced: an alarm until the calendar is there, never silent."""
    unknown = cases["unknown"]
    return [{"code": "deadlines", **unknown}] if unknown["count"] else []


def topics(hall: Hall, arg: str | None) -> frozenset[str]:
    return frozenset({"hall", "queues", "counters", "cases", "emergency"})


LOAD = ViewKind(name="load", make=make, topics=topics, template="manager_live.html", first=False)


# ------------------------------------------------------------------ the page


async def manager(request: Request) -> Response:
    """``/h/{hall}/manager``"""
    running = running_of(request)
    actor = await require(request, "manager")
    await running.settled()
    lang = lang_of(request)
    api = f"/api/v1/halls/{running.id}"
    return page(
        request, "manager.html", view=make(running.state, None, running.scene(lang)), api=api,
        feed=f"{api}/live/load?format=html&lang={lang}", rows=request.query_params.get("windows") == "list",
        queues=running.state.setup.queues, zones=running.state.setup.zones, actor=actor, kinds=WINDOW_KINDS,
        skills=clerk_skills(running.state),
    )  # fmt: skip


def axis(rows: list[Json], now: str) -> charts.Axis:
    """The time axis of the day's quarters, with the full hours and the present."""
    ticks = [(slot, row["at"][11:16].removeprefix("0")) for slot, row in enumerate(rows) if row["at"][14:16] == "00"]
    if not rows:
        return charts.Axis(slots=0)
    gone = datetime.datetime.fromisoformat(now) - datetime.datetime.fromisoformat(rows[0]["at"])
    place = gone.total_seconds() * 1_000_000 / SLOT
    return charts.Axis(slots=len(rows), ticks=tuple(ticks), now=place if 0 < place < len(rows) else None)


# A fragment's template gets the view alone; what draws is given to all templates once.
environment().globals |= {
    "load_axis": axis, "chart_bars": charts.bars, "chart_line": charts.line, "spark": charts.spark,
    "fill_bar": charts.fill,
}  # fmt: skip

routes: list[BaseRoute] = [Route("/h/{hall}/manager", manager)]
