"""What the boards of a hall need at every call, kept ready: the push of a call waits for this.

Everything here follows from the state and the scene's tick alone. It is kept on the hall itself, so it lives and dies
with it, and is made anew when the set-up changes.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from queue_server.core import forecast
from queue_server.core.calendar import Session, hall_day, sessions, standing
from queue_server.core.catalogue import CounterId, Hours, Queue, QueueId, Setup
from queue_server.core.counters import Counter
from queue_server.core.hall import Hall, Ring
from queue_server.labels import label_runs
from queue_server.views import Scene, iso
from queue_server.web.hours_text import closing_text, day_kind
from queue_server.web.words import t

Json = dict[str, Any]
RINGS_KEPT = 400  # forty boards of ten calls; then the memory is emptied
DAYS_SHOWN = 5  # today and the four open days listed on a closed board
DAYS_SEARCHED = 21  # the longest holiday, twice


class Parts:
    """Ready parts of the views of one hall."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.hall = pair(setup.name)
        self.zones: dict[str, Json] = {
            zone.id: {"id": zone.id, "name": pair(zone.name), "way": pair(zone.way)} for zone in setup.zones
        }
        self.queues = {queue.id: queue_base(queue) for queue in setup.queues}
        self.queues_of = {zone.id: [q.id for q in setup.queues if q.zone == zone.id] for zone in setup.zones}
        self.counters_of = {zone.id: [c.id for c in setup.counters if c.zone == zone.id] for zone in setup.zones}
        self.directory = [
            {**self.zones[zone.id], "windows": label_runs([c.label for c in setup.counters if c.zone == zone.id])}
            for zone in setup.zones
        ]
        self.counters = {counter.id: counter for counter in setup.counters}
        self.rings: dict[str, tuple[Ring, Json]] = {}
        self.waits: dict[str, tuple[object, Json]] = {}
        self.standing: tuple[object, Json] = (None, {})
        self.days: tuple[object, list[Json]] = (None, [])


def parts_of(hall: Hall) -> Parts:
    """The parts of this hall, of its set-up as it is now."""
    found: Parts | None = hall.__dict__.get("board_parts")
    if found is None or found.setup is not hall.setup:
        found = hall.__dict__["board_parts"] = Parts(hall.setup)
    return found


def pair(name: Any) -> Json:
    """A bilingual name as data."""
    return {"zh": name.zh, "en": name.en}


def queue_base(queue: Queue) -> Json:
    return {"id": queue.id, "letter": queue.letter, "name": pair(queue.name), "zone": queue.zone}


def call_part(hall: Hall, parts: Parts, ring: Ring) -> Json:
    """One call as the public contract has it, and where to go."""
    kept = parts.rings.get(ring.id)
    if kept is not None and kept[0] is ring:
        return kept[1]
    if len(parts.rings) >= RINGS_KEPT:
        parts.rings.clear()
    zone = parts.zones.get(ring.zone)
    call = {
        "id": ring.id, "seq": ring.seq, "number": ring.number, "counter": ring.counter, "count": ring.count,
        "at": iso(ring.at, hall), "label": ring.label, "zone": ring.zone, "way": zone["way"] if zone else None,
    }  # fmt: skip
    parts.rings[ring.id] = (ring, call)
    return call


def queue_part(hall: Hall, parts: Parts, queue_id: Any, tick: int) -> Json:
    """Who waits in a queue, and how long one who comes now will. The forecast is asked when its grounds have moved."""
    line = hall.lines.queues.get(queue_id)
    waiting = len(line.all) if line else 0
    pace = hall.paces.get(queue_id)
    grounds = (
        tick, waiting, line.all[0] if line and waiting else None, pace.calls if pace else 0, hall.staffing(queue_id)
    )  # fmt: skip
    kept = parts.waits.get(queue_id)
    if kept is not None and kept[0] == grounds:
        return kept[1]
    wait = forecast.estimate(hall, queue_id, waiting, tick)
    busy = wait is not None and wait.likely >= hall.setup.rules.busy_wait_minutes * 60
    queue = {
        **parts.queues[queue_id],
        "waiting": waiting,
        "wait": None if wait is None else {"low": wait.low, "likely": wait.likely, "high": wait.high},
        "busy": busy,
    }
    parts.waits[queue_id] = (grounds, queue)
    return queue


def back_at(hall: Hall, until: int | None, tick: int) -> str | None:
    """When a paused window works again. A time that has passed promises nothing and is left out."""
    return iso(until, hall) if until is not None and until > tick else None


def notice_parts(hall: Hall, zone: str | None) -> list[Json]:
    """Notices for the whole hall and, on a zone's screens, its own; the newest first."""
    return [
        {"id": n.id, "text": pair(n.text), "level": n.level, "zone": n.zone, "since": iso(n.since, hall)}
        for n in reversed(hall.notices)
        if n.zone is None or n.zone == zone
    ]


def standing_part(hall: Hall, parts: Parts, scene: Scene) -> Json:
    """Whether the hall is open, when it opens next (``opens_in_days``: 0 today, 1 tomorrow), and the date of today."""
    key = (scene.tick, scene.always_open)
    if parts.standing[0] != key:
        parts.standing = (key, _standing(hall, scene))
    return parts.standing[1]


def _standing(hall: Hall, scene: Scene, hours: Hours | None = None) -> Json:
    today = (iso(scene.tick, hall) or "")[:10]
    if scene.always_open:
        return {"state": "open", "opens": None, "opens_in_days": None, "closes": None, "today": today}
    now = standing(scene.tick, hall.setup, hours)
    days = None
    if now.opens is not None:
        days = (hall_day(now.opens, hall.setup) - hall_day(scene.tick, hall.setup)).days
    return {
        "state": now.state, "opens": iso(now.opens, hall), "opens_in_days": days, "closes": iso(now.closes, hall),
        "today": today,
    }  # fmt: skip


def counter_standing(hall: Hall, parts: Parts, counter: CounterId, scene: Scene) -> Json:
    """The same for a window, by its own hours where it has some."""
    hours = hall.counter_hours.get(counter)
    return standing_part(hall, parts, scene) if hours is None else _standing(hall, scene, hours)


def turned_part(hall: Hall, parts: Parts, counter: Counter) -> Json | None:
    """What a window is now that the hall file does not say (潮汐窗口): its new kind, or the queues it has taken on.

    ``how``: ``kind``, ``also`` beside its own work, or ``now`` instead of it.
    """
    home = parts.counters.get(counter.id)
    if home is None or (counter.kind, counter.serves) == (home.kind, home.serves):
        return None
    if counter.kind != home.kind:
        return {"how": "kind", "name": {lang: t(lang, f"common.kind.{counter.kind}") for lang in ("zh", "en")}}
    taken_on = [entry for entry in counter.serves if entry not in home.serves and entry in parts.queues]
    if not taken_on:
        return None
    return {"how": "also" if set(home.serves) & set(counter.serves) else "now", "name": names_part(parts, taken_on)}


def names_part(parts: Parts, queues: list[str]) -> Json:
    """The names of at most two queues as one."""
    names = [parts.queues[QueueId(queue)]["name"] for queue in queues[:2]]
    return {lang: t(lang, "common.comma").join(name[lang] for name in names) for lang in ("zh", "en")}


def closing_part(hall: Hall, scene: Scene) -> Json | None:
    """Near closing, and after it while some still wait: what becomes of whoever holds a ticket."""
    if scene.always_open or (hall.standing(scene.tick).state == "closed" and not any(_waiting(hall))):
        return None
    texts = {lang: closing_text(lang, hall, scene.tick) for lang in ("zh", "en")}
    return texts if texts["zh"] else None


def _waiting(hall: Hall) -> Iterator[bool]:
    return (bool(line.all) for line in hall.lines.queues.values())


def open_days(hall: Hall, parts: Parts, scene: Scene) -> list[Json]:
    """The next days with opening hours, today included: ``{date, spans: ["9:00–12:00", ...], kind}``.

    ``kind``: ``holiday``, ``make-up`` (a weekend day worked in exchange), ``some`` (only services with hours of their own),
    or empty.
    """
    today = hall_day(scene.tick, hall.setup)
    if parts.days[0] != today:
        parts.days = (today, _open_days(hall, today))
    return parts.days[1]


def _open_days(hall: Hall, today: datetime.date) -> list[Json]:
    found: list[Json] = []
    for offset in range(DAYS_SEARCHED):
        date = today + datetime.timedelta(days=offset)
        spans, kind = sessions(date, hall.setup), day_kind(date, hall.setup)
        if not spans:
            spans, kind = _some(hall, date), "some"
        if spans:
            shown = [f"{_clock(begin, hall)}–{_clock(end, hall)}" for begin, end in spans]
            found.append({"date": date.isoformat(), "spans": shown, "kind": kind})
        if len(found) == DAYS_SHOWN:
            break
    return found


def _some(hall: Hall, date: datetime.date) -> tuple[Session, ...]:
    """On a day on which the hall is closed: when services with hours of their own are open, as one."""
    merged: list[Session] = []
    for begin, end in sorted(span for hours in hall.own_hours for span in sessions(date, hall.setup, hours)):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return tuple(merged)


def _clock(instant: int, hall: Hall) -> str:
    text = iso(instant, hall)
    assert text is not None
    return text[11:16].removeprefix("0")
