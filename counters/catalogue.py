"""The catalogue as its manager sees it: a list to search, one service open in a form, what changes, and who changed what.

The page acts through the public API, which also says what would change and what is wrong (``dry_run``). What is read here
is laid out for the form: a field's name is its path in the hall file.
"""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from queue_server.core.catalogue import Hours, Material, Name, QueueId, Service, ServiceId, Setup, Term
from queue_server.core.hall import Hall
from queue_server.core.refusals import NotFound
from queue_server.running import RunningHall
from queue_server.setup_export import plain
from queue_server.web.access import require, running_of
from queue_server.web.catalogue_history import service_versions, versions
from queue_server.web.pages import lang_of, page

Json = dict[str, Any]
LISTED_MAX = 200  # services in the list; more are found by typing
RECENT = 12
COUNTED = ("services", "packages", "themes", "departments")
TERMS = ("statutory", "promised", "answer", "delivery")
TEXTS = ("fee", "conditions", "basis", "result", "note")
WEEK = Hours.__struct_fields__
UPLOADS = ".yaml,.yml,.csv,.xlsx"


def rows(running: RunningHall, q: str, lang: str, chosen: str | None = None) -> Json:
    """The list: what ``q`` finds, at most so many."""
    hall = running.state
    found = running.index.find(q[:100], LISTED_MAX + 1)
    listed = [
        {"id": one, "name": hall.services[one].name[lang], "letter": hall.queues[hall.services[one].queue].letter,
         "handling": hall.services[one].handling}
        for one in found[:LISTED_MAX]
    ]  # fmt: skip
    total = len(hall.services) if not q.strip() else len(listed)
    return {
        "services": listed,
        "more": len(found) > LISTED_MAX,
        "total": total,
        "chosen": chosen,
        "hall": hall.setup.id,
    }


def facts(service: Service) -> Json:
    """A service as its form shows it: every field has a value, a term its figure and what backs it."""
    return {
        "record": msgspec.json.encode(service).decode(), "service": service,
        "terms": {name: term(getattr(service, name)) for name in TERMS},
        "materials": [paper(material) for material in service.materials],
        "hours": {day: ", ".join(getattr(service.hours, day)) for day in WEEK} if service.hours is not None else None,
    }  # fmt: skip


def term(value: Term) -> Json:
    basis = f"source:{value.source}" if value.source else "assumed" if value.assumed else ""
    return {"value": value.value, "unit": value.unit, "basis": basis}


def paper(material: Material) -> Json:
    tags = [name for name in ("later", "promise", "held") if getattr(material, name)]
    return {"material": material, "record": msgspec.json.encode(material).decode(), "tags": tags}


def blank(setup: Setup) -> Service:
    """What a new service begins with: what most of this hall's have."""
    like = setup.services[0]
    return Service(
        id=ServiceId(""),
        name=Name(zh="", en=""),
        theme=like.theme,
        department=like.department,
        queue=QueueId(like.queue),
    )


def choices(hall: Hall, lang: str) -> Json:
    """What the form's lists offer."""
    setup = hall.setup
    queues = [(queue.id, f"{queue.letter} {queue.name[lang]}") for queue in setup.queues]
    return {
        "theme": [(row.id, row.name[lang]) for row in setup.themes],
        "department": [(row.id, row.name[lang]) for row in setup.departments],
        "queue": queues,
        "sources": [(f"source:{key}", f"{key} {text}"[:60]) for key, text in setup.sources.items()],
    }


# ------------------------------------------------------------------ pages


async def overview(request: Request) -> Response:
    """``/h/{hall}/catalogue``"""
    running, values = await _frame(request)
    recent, _ = await versions(running, lang_of(request), 2**62, RECENT)
    setup, state = running.state.setup, running.state
    return page(
        request, "catalogue.html", **values, recent=recent, file=bool(state.digest), uploads=UPLOADS,
        counts=[(name, len(getattr(setup, name))) for name in COUNTED],
    )  # fmt: skip


async def listed(request: Request) -> Response:
    """The list alone, for the script that searches while somebody types."""
    running = running_of(request)
    await require(request, "manager")
    await running.settled()
    query = request.query_params
    found = rows(running, query.get("q", ""), lang_of(request), query.get("chosen"))
    return page(request, "catalogue_list.html", found=found)


async def edit(request: Request) -> Response:
    """``/h/{hall}/catalogue/service/{service}``. Raises NotFound ``unknown-service``."""
    running, values = await _frame(request)
    wanted = request.path_params["service"]
    service = running.state.services.get(wanted)
    lang = lang_of(request)
    history = await service_versions(running, lang, wanted)
    if service is None and not history:
        raise NotFound("unknown-service", service=wanted[:64])
    shown = service or next(one["service"] for one in history if one["service"] is not None)
    return page(
        request, "catalogue_service.html", **values, form=facts(shown), there=service is not None, new=False,
        history=[{**one, "service": plain(one["service"])} for one in history], choices=choices(running.state, lang),
        **_shape(),
    )  # fmt: skip


async def new(request: Request) -> Response:
    """``/h/{hall}/catalogue/new``"""
    running, values = await _frame(request)
    return page(
        request, "catalogue_service.html", **values, form=facts(blank(running.state.setup)), there=False, new=True,
        history=[], choices=choices(running.state, lang_of(request)), **_shape(),
    )  # fmt: skip


def _shape() -> Json:
    return {
        "terms": TERMS,
        "texts": TEXTS,
        "week": WEEK,
        "empty": paper(Material(id="", name=Name(zh="", en=""), assumed=False)),
    }


async def _frame(request: Request) -> tuple[RunningHall, Json]:
    """What every page of the catalogue has: the version, the list."""
    running = running_of(request)
    actor = await require(request, "manager")
    await running.settled()
    q, chosen = request.query_params.get("q", ""), request.path_params.get("service")
    return running, {
        "actor": actor, "api": f"/api/v1/halls/{running.id}", "version": running.state.setup.version, "q": q,
        "found": rows(running, q, lang_of(request), chosen),
    }  # fmt: skip


routes: list[BaseRoute] = [
    Route("/h/{hall}/catalogue", overview),
    Route("/h/{hall}/catalogue/list", listed),
    Route("/h/{hall}/catalogue/new", new),
    Route("/h/{hall}/catalogue/service/{service}", edit),
]
