"""Which windows are something else for a while, the rules that turn them, and who can do what (潮汐窗口, W2)."""

from __future__ import annotations

from typing import Any

from queue_server.core.catalogue import ClerkId, Tide
from queue_server.core.counters import Counter
from queue_server.core.hall import Hall
from queue_server.core.skills import only_one
from queue_server.views import Scene, iso

Json = dict[str, Any]
SKILLS_WANTED = 2  # a clerk with two can follow the load


def tide_of(hall: Hall, counter: Counter) -> Json | None:
    """What a turned counter goes back to, and when or by which rule."""
    base = counter.tide
    if base is None:
        return None
    return {
        "serves": base.serves, "helps": base.helps, "kind": base.kind, "until": iso(base.until, hall), "rule": base.rule,
    }  # fmt: skip


def tide_view(hall: Hall, scene: Scene) -> Json:
    """``closes``: when the windows close today, for changes that last until then; null when that is over."""
    closes = hall.standing(scene.tick).closes
    return {
        "turned": [counter.id for counter in hall.counters.values() if counter.tide is not None],
        "by_hand": [counter.id for counter in hall.counters.values() if counter.by_hand and counter.tide is None],
        "rules": [_rule(hall, tide) for tide in hall.setup.tides],
        "closes": iso(closes, hall) if closes is not None and closes > scene.tick else None,
    }


def _rule(hall: Hall, tide: Tide) -> Json:
    """``state``: ``holds`` more wait than it allows, ``between`` what has turned stays so, ``over`` fewer than it needs."""
    waiting, queue = hall.lines.waiting(tide.queue), hall.queues[tide.queue]
    counters = [hall.counters[counter] for counter in tide.counters]
    state = "holds" if waiting > tide.above else "over" if waiting < tide.below else "between"
    return {
        "id": tide.id, "queue": tide.queue, "letter": queue.letter, "name": {"zh": queue.name.zh, "en": queue.name.en},
        "above": tide.above, "below": tide.below, "waiting": waiting, "state": state,
        "counters": [counter.id for counter in counters],
        "turned": [counter.id for counter in counters if counter.tide is not None and counter.tide.rule == tide.id],
        "by_hand": [counter.id for counter in counters if counter.by_hand],
        "serves": tide.serves, "helps": tide.helps, "kind": tide.kind,
    }  # fmt: skip


# ------------------------------------------------------------------ skills


def skills_view(hall: Hall) -> Json:
    """For each queue who has learnt it and who of them is at a window; ``few``: clerks who can do one thing only."""
    sole = only_one(hall)
    learnt: dict[str, list[ClerkId]] = {queue: [] for queue in hall.queues}
    few = []
    for clerk in hall.clerks.values():
        queues = {queue for skill in clerk.skills if (queue := hall.queue_of.get(skill, skill)) in learnt}
        for queue in queues:
            learnt[queue].append(clerk.id)
        if clerk.skills and len(queues) < SKILLS_WANTED and not clerk.recorded:
            few.append({"id": clerk.id, "name": clerk.name, "skills": sorted(queues)})
    return {
        "queues": [_queue(hall, queue, clerks, sole.get(queue)) for queue, clerks in learnt.items()],
        "few": few,
        "wanted": SKILLS_WANTED,
    }


def _queue(hall: Hall, queue_id: Any, clerks: list[ClerkId], sole: ClerkId | None) -> Json:
    queue = hall.queues[queue_id]
    helpers = [x for x in hall.counters.values() if any(hall.queue_of.get(one, one) == queue_id for one in x.helps)]
    return {
        "id": queue.id, "letter": queue.letter, "name": {"zh": queue.name.zh, "en": queue.name.en},
        "clerks": len(clerks), "here": sum(hall.clerks[clerk].counter is not None for clerk in clerks),
        "sole": hall.clerks[sole].name if sole is not None else None,
        "serves": [counter.id for counter in hall.servers(queue_id)], "helps": [counter.id for counter in helpers],
    }  # fmt: skip


def clerk_skills(hall: Hall) -> list[Json]:
    """Who can do what, for the page's dialog: queues that are known whole, and how many single services beside them."""
    rows = []
    for clerk in hall.clerks.values():
        queues = [skill for skill in clerk.skills if skill in hall.queues]
        single = [skill for skill in clerk.skills if skill not in hall.queues]
        rows.append({"id": clerk.id, "name": clerk.name, "queues": queues, "single": single, "recorded": clerk.recorded})
    return rows
