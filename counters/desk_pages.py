"""The pages of the desk: the desk itself, and the choice of a counter after signing in."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core.context import Actor
from queue_server.core.counters import Counter
from queue_server.core.hall import Hall
from queue_server.core.routing import count_for
from queue_server.web.access import require, running_of
from queue_server.web.pages import lang_of, page
from queue_server.web.texts import clerk_name
from queue_server.web.words import catalogue, lang_or_default

from .desk import make
from .emergency_rows import KINDS
from .keys import CAUSES, HOLDS, KEYS, PAUSE, PAUSES, REASONS

SIZES = ("large", "xlarge")
SCRIPT_WORDS = (  # what desk.js says
    "desk.no.", "desk.did.", "desk.act.", "desk.tries.", "desk.busy", "desk.title", "desk.state.", "desk.other.",
    "desk.detail.", "desk.hold.", "desk.accept.", "desk.notice.", "desk.decide.", "desk.reject.", "desk.leave.", "desk.more.",
    "desk.find.", "desk.found.", "desk.list.comma", "desk.resume.", "desk.transfer.", "desk.fallback.", "desk.call.reason.",
    "desk.unserved.", "consult.", "free.",
)  # fmt: skip


async def desk(request: Request) -> Response:
    """``/h/{hall}/desk/{c}``. Raises NotFound for a counter the hall does not have."""
    running = running_of(request)
    actor = await require(request, "clerk", "manager")
    await running.settled()
    lang = lang_of(request)
    hall, counter = running.state, request.path_params["counter"]
    view = make(hall, counter, running.scene(lang))
    return page(request, "desk.html", **desk_values(hall, view, actor, lang), size=size_of(request))


def size_of(request: Request) -> str:
    """The size of type the clerk has chosen, kept in a cookie so that the page does not jump when it opens."""
    chosen = request.cookies.get("size", "")
    return chosen if chosen in SIZES else ""


def desk_values(hall: Hall, view: dict[str, Any], actor: Actor, lang: str) -> dict[str, Any]:
    """What ``desk.html`` needs besides the surroundings every page has."""
    path = f"/api/v1/halls/{hall.setup.id}"
    counter = view["counter"]
    return {
        "view": view,
        "actor": actor,
        "who": clerk_name(hall, actor.id),
        "mode": mode_of(view, actor),
        "api": path,
        "feed": f"{path}/live/desk/{counter['id']}?format=html&lang={lang}",
        "keys": KEYS,
        "pause_key": PAUSE,
        "pauses": PAUSES,
        "reasons": REASONS,
        "holds": HOLDS,
        "causes": CAUSES,
        "emergency_kinds": KINDS,
        "kinds": [kind for kind in hall.queue_of_kind if kind not in (counter["kind"], "self_service")],
        "open_counters": _open_counters(hall, counter["id"]),
        "seatable": _seatable(hall, hall.counters[counter["id"]], actor) if actor.manages else [],
        "words": {key: text for key, text in catalogue(lang_or_default(lang)).items() if key.startswith(SCRIPT_WORDS)},
        "fallback": "fallback" in hall.queue_of_kind and counter["kind"] != "fallback",
    }


def mode_of(view: dict[str, Any], actor: Actor) -> str:
    """The state of the counter as this person may use it: ``other`` when somebody else sits there."""
    counter = view["counter"]
    if counter["clerk"] is not None and counter["clerk"] != actor.id and not actor.manages:
        return "other"
    return str(counter["state"])


def _open_counters(hall: Hall, own: str) -> list[dict[str, Any]]:
    """Where a visitor can be sent: counters that somebody works at."""
    return [
        {"id": x.id, "label": x.label, "kind": x.kind, "zone": x.zone, "clerk": clerk_name(hall, x.clerk)}
        for x in hall.counters.values()
        if x.state != "closed" and x.id != own
    ]


def _seatable(hall: Hall, counter: Counter, actor: Actor) -> list[dict[str, str]]:
    """Clerks without a counter, those with the right skills first; last the manager who is asking."""
    free = [clerk for clerk in hall.clerks.values() if clerk.counter is None]
    free.sort(key=lambda clerk: -len(set(clerk.skills) & set(counter.serves)))
    found = [{"id": str(clerk.id), "name": clerk.name} for clerk in free]
    return found if any(x["id"] == actor.id for x in found) else [*found, {"id": actor.id, "name": actor.id}]


# ------------------------------------------------------------------ choosing a counter


async def choose(request: Request) -> Response:
    """``/h/{hall}/desk``: all counters by zone, who sits where, and how many wait for each."""
    running = running_of(request)
    actor = await require(request, "clerk", "manager")
    await running.settled()
    zones = zones_of(running.state, actor, lang_of(request))
    who = clerk_name(running.state, actor.id)
    return page(request, "desk_choose.html", zones=zones, actor=actor, who=who, size=size_of(request))


def zones_of(hall: Hall, actor: Actor, lang: str) -> list[dict[str, Any]]:
    low = {item.id for item in hall.setup.counters if item.low}
    zones = []
    for zone in hall.setup.zones:
        counters = [
            {
                "id": x.id, "label": x.label, "kind": x.kind, "state": x.state, "clerk": clerk_name(hall, x.clerk),
                "mine": x.clerk == actor.id, "low": x.id in low, "waiting": count_for(hall, x.serves),
            }
            for x in hall.counters.values()
            if x.zone == zone.id
        ]  # fmt: skip
        if counters:
            zones.append({"id": zone.id, "name": zone.name[lang], "counters": counters})
    return zones


routes: list[BaseRoute] = [
    Route("/h/{hall}/desk", choose),
    Route("/h/{hall}/desk/{counter}", desk),
]
