"""Who changed what in the catalogue, and when: read from the log, where each change holds the entry before and after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Any, cast

from queue_server.core.catalogue import Name, Service, Setup
from queue_server.core.catalogue_changes import (
    AnyCatalogueEvent,
    PackageChanged,
    PackageRemoved,
    ServiceChanged,
    ServiceRemoved,
)  # fmt: skip
from queue_server.core.hall import Hall
from queue_server.core.setup import SetupImported
from queue_server.running import RunningHall
from queue_server.setup_diff import Difference, package_difference, service_difference
from queue_server.store.chain import Row
from queue_server.store.codec import Texts, decode
from queue_server.views import iso

from .catalogue_words import differences_answer
from .words import t

Json = dict[str, Any]
CHANGES_LOOKED_AT = 500  # of one service's history
FILES_LOOKED_AT = 5  # hall files: reading a large one takes seconds


async def versions(running: RunningHall, lang: str, before: int, limit: int) -> tuple[list[Json], int | None]:
    """The newest first, and where to go on."""
    rows = await running.store.catalogue(before, limit)
    found = [await _version(running, lang, row) for row in rows]
    return found, rows[-1].seq if len(rows) == limit else None


async def _version(running: RunningHall, lang: str, row: Row) -> Json:
    event = decode(row.kind, row.version, row.body)
    facts = who(running.state, lang, row) | {"kind": row.kind, "id": None, "name": None, "changes": []}
    if isinstance(event, SetupImported):
        return facts | {"version": event.version or (await _file(running, event.digest)).version}
    event = cast(AnyCatalogueEvent, event)
    changes, entry = difference_of(event), entry_of(event)
    name = Name(zh=entry.name.zh, en=entry.name.en)[lang]
    listed = differences_answer(lang, running.state, changes)
    return facts | {"version": event.version, "id": entry.id, "name": name, "changes": listed}


def who(hall: Hall, lang: str, row: Row) -> Json:
    clerk = hall.clerks.get(row.actor)  # type: ignore[call-overload]
    name = clerk.name if clerk else t(lang, "catalogue.system") if row.actor == "system" else row.actor
    return {"seq": row.seq, "at": iso(row.at, hall), "by": row.actor, "by_name": name}


def entry_of(event: AnyCatalogueEvent) -> Any:
    match event:
        case ServiceChanged():
            return event.service
        case PackageChanged():
            return event.package
    return event.was


def difference_of(event: AnyCatalogueEvent) -> list[Difference]:
    match event:
        case ServiceChanged():
            return service_difference(event.was, event.service)
        case ServiceRemoved():
            return service_difference(event.was, None)
        case PackageChanged():
            return package_difference(event.was, event.package)
        case PackageRemoved():
            return package_difference(event.was, None)


# ------------------------------------------------------------------ one service


async def service_versions(running: RunningHall, lang: str, service: str) -> list[Json]:
    """The service as it was after each change that touched it, the newest first; hall files are looked into as well."""
    found: list[Json] = []
    async for row, version, entry in _touching(running, service):
        found.append(who(running.state, lang, row) | {"version": version, "service": entry, "changes": []})
    kept = [
        one
        for one, older in zip(found, [*found[1:], None], strict=True)
        if not older or one["service"] != older["service"]
    ]
    for one, older in zip(kept, [*kept[1:], None], strict=True):
        before: Service | None = older["service"] if older else None
        one["changes"] = differences_answer(lang, running.state, service_difference(before, one["service"]))
    return [one for one in kept if one["service"] is not None or one is not kept[-1]]


async def _touching(running: RunningHall, service: str) -> AsyncIterator[tuple[Row, str, Service | None]]:
    files = 0
    for row in await running.store.catalogue(limit=CHANGES_LOOKED_AT):
        event = decode(row.kind, row.version, row.body)
        if isinstance(event, ServiceChanged) and event.service.id == service:
            yield row, event.version, event.service
        elif isinstance(event, ServiceRemoved) and event.was.id == service:
            yield row, event.version, None
        elif isinstance(event, SetupImported) and files < FILES_LOOKED_AT:
            files += 1
            setup = await _file(running, event.digest)
            entry = next((one for one in setup.services if one.id == service), None)
            yield row, event.version or setup.version, entry


async def _file(running: RunningHall, digest: str) -> Setup:
    """A hall file that was loaded. The present one needs no reading."""
    state = running.state
    if state.digest == digest:
        return state.setup
    text = await running.store.text(digest)
    return await asyncio.to_thread(_read, digest, text)


@lru_cache(maxsize=4)
def _read(digest: str, text: str | None) -> Setup:
    event = Texts(lambda wanted: text).fill(SetupImported(digest=digest))
    assert isinstance(event, SetupImported) and event.setup is not None, "it was read when it was loaded"
    return event.setup
