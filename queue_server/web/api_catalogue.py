"""The catalogue over the API: read, exported, imported, and changed one entry at a time while the hall runs."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.core import hall as core
from queue_server.core.catalogue import Package, Service, ServiceId
from queue_server.core.catalogue_changes import ChangePackage, ChangeService, RemovePackage, RemoveService
from queue_server.core.context import Actor, Context
from queue_server.core.hall import AnyCommand, AnyEvent, Hall
from queue_server.core.refusals import Invalid, NotFound
from queue_server.core.setup import ImportSetup
from queue_server.running import RunningHall
from queue_server.setup_diff import Difference, differences, package_difference, service_difference
from queue_server.setup_file import FILE_BYTES_MAX, SetupError
from queue_server.setup_formats import Format, exported, imported
from queue_server.setup_item import package_of, service_of

from .access import anybody, check, running_of
from .catalogue_answers import PackageBody, ServiceBody
from .catalogue_history import service_versions, versions
from .catalogue_words import DIFFERENCES_MAX, counts_of, differences_answer, refusal
from .pages import lang_of
from .requests import ask, decode, json_response, number, read

Json = dict[str, Any]
VERSIONS_LIMIT = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA: dict[Format, str] = {"yaml": "application/yaml", "csv": "text/csv", "xlsx": XLSX}
UPLOADS: dict[str, Format] = {
    "application/yaml": "yaml", "text/yaml": "yaml", "application/x-yaml": "yaml", "text/csv": "csv", XLSX: "xlsx",
}  # fmt: skip


# ------------------------------------------------------------------ reading


async def catalogue(request: Request) -> Response:
    running = running_of(request)
    check(request, ("clerk", "manager"))
    await running.settled()
    setup, state = running.state.setup, running.state
    last, _ = await versions(running, lang_of(request), 2**62, 1)
    counts = {name: len(getattr(setup, name)) for name in ("services", "packages", "themes", "departments")}
    answer = {"version": setup.version, "file": bool(state.digest), "counts": counts}
    return json_response(answer | {"changed": last[0] if last else None})


async def export(request: Request) -> Response:
    """The whole hall file, or the catalogue as tables: a file to keep, to look through, to change and to bring back."""
    running = running_of(request)
    check(request, ("manager",))
    await running.settled()
    setup, kind = running.state.setup, request.path_params["format"]
    if kind not in MEDIA:
        raise NotFound("not-found")
    raw = await asyncio.to_thread(exported, setup, kind)
    name = f"{setup.id}-{setup.version}".translate({ord(sign): "-" for sign in '"\\/\r\n'}).encode("ascii", "replace").decode()
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"', "cache-control": "no-store"}
    return Response(raw, headers=headers, media_type=MEDIA[kind])


async def service(request: Request) -> Response:
    running = running_of(request)
    anybody(request)
    await running.settled()
    found = running.state.services.get(request.path_params["service"])
    if found is None:
        raise NotFound("unknown-service", service=request.path_params["service"][:64])
    return json_response({"version": running.state.setup.version, "service": found})


async def history(request: Request) -> Response:
    running = running_of(request)
    check(request, ("manager",))
    await running.settled()
    before, limit = number(request, "before", 10**15, 10**15), max(1, number(request, "limit", 20, VERSIONS_LIMIT))
    found, following = await versions(running, lang_of(request), before, limit)
    return json_response({"versions": found, "next": following})


async def service_history(request: Request) -> Response:
    running = running_of(request)
    check(request, ("manager",))
    await running.settled()
    return json_response({"versions": await service_versions(running, lang_of(request), request.path_params["service"])})


# ------------------------------------------------------------------ one entry


async def put_service(request: Request) -> Response:
    running = running_of(request)
    actor = check(request, ("manager",))
    raw = await read(request)
    body = decode(raw, ServiceBody)
    wanted = request.path_params["service"]
    await running.settled()
    try:
        new = service_of(running.state.setup, {**body.service, "id": wanted})
    except SetupError as error:
        raise refusal(lang_of(request), error, running.state.setup) from None

    def differing(hall: Hall) -> list[Difference]:
        return service_difference(hall.services.get(new.id), new)

    command = ChangeService(service=new, base=body.version)
    return await _change(request, (running, actor, raw), command, differing, {"service": new})


async def remove_service(request: Request) -> Response:
    running = running_of(request)
    actor = check(request, ("manager",))
    raw = await read(request)
    wanted = ServiceId(request.path_params["service"])
    command = RemoveService(service=wanted, base=_base(request))
    was: Callable[[Hall], list[Difference]] = lambda hall: service_difference(hall.services[wanted], None)  # noqa: E731
    return await _change(request, (running, actor, raw), command, was, {"service": None})


async def put_package(request: Request) -> Response:
    running = running_of(request)
    actor = check(request, ("manager",))
    raw = await read(request)
    body = decode(raw, PackageBody)
    await running.settled()
    try:
        new = package_of(running.state.setup, {**body.package, "id": request.path_params["package"]})
    except SetupError as error:
        raise refusal(lang_of(request), error, running.state.setup) from None

    def differing(hall: Hall) -> list[Difference]:
        return package_difference(hall.packages.get(new.id), new)

    command = ChangePackage(package=new, base=body.version)
    return await _change(request, (running, actor, raw), command, differing, {"package": new})


async def remove_package(request: Request) -> Response:
    running = running_of(request)
    actor = check(request, ("manager",))
    raw = await read(request)
    wanted = request.path_params["package"]
    command = RemovePackage(package=wanted, base=_base(request))
    was: Callable[[Hall], list[Difference]] = lambda hall: package_difference(hall.packages[wanted], None)  # noqa: E731
    return await _change(request, (running, actor, raw), command, was, {"package": None})


def _base(request: Request) -> str:
    """The version a removal was made from. Raises Invalid ``version-missing``."""
    version = request.query_params.get("version")
    if version is None:
        raise Invalid("version-missing")
    return version


async def _change(
    request: Request, caller: tuple[RunningHall, Actor, bytes], command: AnyCommand,
    differing: Callable[[Hall], list[Difference]], entry: dict[str, Service | Package | None],
) -> Response:  # fmt: skip
    """Ask for a change, or only look what it would change. The differences are those at the moment of the decision."""
    running, actor, raw = caller
    lang = lang_of(request)
    if _dry(request):
        version = _tried(running, command, actor)
        listed = differences_answer(lang, running.state, differing(running.state))
        return json_response({"version": version, **entry, "changes": listed})

    def render(hall: Hall, events: list[AnyEvent]) -> Json:
        event: Any = events[0] if events else None
        now = next(iter(entry.values()))
        of = service_difference if "service" in entry else package_difference
        found = of(event.was, now) if event is not None else []  # type: ignore[arg-type]
        return {"version": hall.setup.version, **entry, "changes": differences_answer(lang, hall, found)}

    return await ask(request, running, actor, command, raw, render)


def _dry(request: Request) -> bool:
    return request.query_params.get("dry_run") in ("1", "true")


def _tried(running: RunningHall, command: AnyCommand, actor: Actor) -> str:
    """What the version would be. Raises what the hall would refuse the command with."""
    hall, context = running.state, Context(running.now(), actor, running.runner.always_open)
    events: list[Any] = core.decide(hall, command, context)
    if not events:
        return hall.setup.version
    return str(events[0].version or events[0].setup.version)  # a hall file may bring its own


# ------------------------------------------------------------------ the whole


async def upload(request: Request) -> Response:
    """A hall file, or tables; ``dry_run`` tells what would change. Nothing changes when anything in it is wrong."""
    running = running_of(request)
    actor = check(request, ("manager",))
    kind = UPLOADS.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
    if kind is None:
        raise Invalid("unknown-format")
    raw = await read(request, FILE_BYTES_MAX)
    await running.settled()
    setup, lang = running.state.setup, lang_of(request)
    base = request.query_params.get("version") or (setup.version if kind != "yaml" else None)
    try:
        new, text = await asyncio.to_thread(imported, raw, kind, setup)
    except SetupError as error:
        raise refusal(lang, error, setup) from None
    command = ImportSetup(digest=hashlib.sha256(text.encode()).hexdigest(), text=text, setup=new, base=base)
    found = await asyncio.to_thread(differences, setup, new)

    def answer(version: str) -> Json:
        listed = differences_answer(lang, running.state, found)
        return {"version": version, "counts": counts_of(found), "changes": listed, "more": max(0, len(found) - DIFFERENCES_MAX)}

    if kind != "yaml" and new == setup:
        return json_response(answer(setup.version))  # tables that say what the hall has are no new version
    if _dry(request):
        return json_response(answer(_tried(running, command, actor)))
    return await ask(request, running, actor, command, raw, lambda hall, events: answer(hall.setup.version))


routes = [
    Route("/catalogue", catalogue),
    Route("/catalogue.{format}", export),
    Route("/catalogue/import", upload, methods=["POST"]),
    Route("/catalogue/versions", history),
    Route("/services/{service}", service),
    Route("/services/{service}", put_service, methods=["PUT"]),
    Route("/services/{service}", remove_service, methods=["DELETE"]),
    Route("/services/{service}/versions", service_history),
    Route("/packages/{package}", put_package, methods=["PUT"]),
    Route("/packages/{package}", remove_package, methods=["DELETE"]),
]
