"""The catalogue changes while the hall runs: one service or package at a time, each change a version of its own.

A command names the version it was made from; when the catalogue has moved on since, it is refused, so nobody overwrites
what they have not seen. Versions that the hall gives are ``2026-11-24.1``: the day and its count. A hall file brings a
version of its own; one that this hall has known before gets the hall's next, so that a version never means two things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from .calendar import hall_day
from .catalogue import Name, Package, QueueId, Service, ServiceId, Setup
from .context import Context
from .refusals import Conflict, Invalid, NotFound
from .visits import Command, Event, Ticket

if TYPE_CHECKING:
    from .state import Hall

OUR_VERSION = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d{1,6})")


class ChangeService(Command, frozen=True, kw_only=True):
    """The whole entry, new or changed. ``base``: the version it was made from."""

    service: Service
    base: str


class RemoveService(Command, frozen=True, kw_only=True):
    service: ServiceId
    base: str


class ChangePackage(Command, frozen=True, kw_only=True):
    package: Package
    base: str


class RemovePackage(Command, frozen=True, kw_only=True):
    package: str
    base: str


class CatalogueEvent(Event, frozen=True, kw_only=True):
    """``version``: of the catalogue from here on. ``was``: the entry before, so that each change tells what it changed."""

    version: str


class ServiceChanged(CatalogueEvent, frozen=True, kw_only=True, tag="service_changed"):
    """A change of an entry that is there, or, without ``was``, a new one at the end."""

    service: Service
    was: Service | None = None


class ServiceRemoved(CatalogueEvent, frozen=True, kw_only=True, tag="service_removed"):
    was: Service


class PackageChanged(CatalogueEvent, frozen=True, kw_only=True, tag="package_changed"):
    package: Package
    was: Package | None = None


class PackageRemoved(CatalogueEvent, frozen=True, kw_only=True, tag="package_removed"):
    was: Package


AnyCatalogueCommand = ChangeService | RemoveService | ChangePackage | RemovePackage
AnyCatalogueEvent = ServiceChanged | ServiceRemoved | PackageChanged | PackageRemoved


# ------------------------------------------------------------------ decide


def change_service(hall: Hall, command: ChangeService, context: Context) -> list[Event]:
    """Raises Conflict ``catalogue-changed`` or ``still-needed``, Invalid ``bad-catalogue``."""
    must_be_current(hall, command.base)
    new, was = command.service, hall.services.get(command.service.id)
    if new == was:
        return []
    _must_fit(hall, new)
    if was is not None and was.queue != new.queue:
        _must_still_be_called(hall, was)
    return [ServiceChanged(version=next_version(hall, context), service=new, was=was)]


def remove_service(hall: Hall, command: RemoveService, context: Context) -> list[Event]:
    """Raises NotFound ``unknown-service``, Conflict ``catalogue-changed``, ``still-needed`` or ``still-listed``."""
    was = hall.services.get(command.service)
    if was is None:
        raise NotFound("unknown-service", service=command.service)
    must_be_current(hall, command.base)
    for ticket in hall.tickets.values():
        if unfinished(ticket) and (ticket.service == was.id or was.id in set(ticket.services) - set(ticket.finished)):
            raise Conflict("still-needed", what=was.name, number=ticket.number)
    must_keep_service_of_cases(hall, {service for service in hall.services if service != was.id})
    if (naming := next(_naming(hall, was.id), None)) is not None:
        raise Conflict("still-listed", what=was.name, section=naming[0], row=naming[1])
    if len(hall.services) == 1:
        raise Invalid("bad-catalogue", problems=(_problem("services", "none", row="services"),))
    return [ServiceRemoved(version=next_version(hall, context), was=was)]


def change_package(hall: Hall, command: ChangePackage, context: Context) -> list[Event]:
    """Raises Conflict ``catalogue-changed``, Invalid ``bad-catalogue``."""
    must_be_current(hall, command.base)
    new, was = command.package, hall.packages.get(command.package.id)
    if new == was:
        return []
    unknown = [service for service in new.services if service not in hall.services]
    problems = [_problem("services", "unknown", text=service, row="services") for service in unknown]
    if not new.services:
        problems.append(_problem("services", "package-empty"))
    if problems:
        raise Invalid("bad-catalogue", problems=tuple(problems))
    return [PackageChanged(version=next_version(hall, context), package=new, was=was)]


def remove_package(hall: Hall, command: RemovePackage, context: Context) -> list[Event]:
    """Raises NotFound ``unknown-package``, Conflict ``catalogue-changed`` or ``still-needed``."""
    was = hall.packages.get(command.package)
    if was is None:
        raise NotFound("unknown-package", package=command.package)
    must_be_current(hall, command.base)
    for ticket in hall.tickets.values():
        if unfinished(ticket) and ticket.package == was.id:
            raise Conflict("still-needed", what=was.name, number=ticket.number)
    return [PackageRemoved(version=next_version(hall, context), was=was)]


def must_be_current(hall: Hall, base: str) -> None:
    """Raises Conflict ``catalogue-changed``."""
    if base != hall.setup.version:
        raise Conflict("catalogue-changed", version=hall.setup.version)


def must_keep_service_of_cases(hall: Hall, services: set[ServiceId] | set[str]) -> None:
    """An application that is not accepted yet is accepted by the entry of its service; afterwards the case has all it needs.

    Raises Conflict ``still-needed``.
    """
    for case in hall.cases.values():
        if case.state in ("received", "told") and case.matter.service not in services:
            raise Conflict("still-needed", what=case.matter.service_name, number=case.id)


def unfinished(ticket: Ticket) -> bool:
    """It may yet be served: it is open, or was missed and may come back."""
    return ticket.is_open or ticket.state == "no_show"


def _must_fit(hall: Hall, new: Service) -> None:
    """What it names is there and some counter takes it. Raises Invalid ``bad-catalogue``."""
    setup = hall.setup
    known = {
        "theme": ("themes", {theme.id for theme in setup.themes}, new.theme),
        "department": ("departments", {department.id for department in setup.departments}, new.department),
        "queue": ("queues", set(hall.queues), new.queue),
    }
    problems = [
        _problem(path, "unknown", text=value, row=section)
        for path, (section, ids, value) in known.items()
        if value not in ids
    ]
    if not any(new.id in x.serves + x.helps or new.queue in x.serves + x.helps for x in setup.counters):
        problems.append(_problem("queue", "service-unreached", text=new.id))
    if new.id in hall.queues:
        problems.append(_problem("id", "also-service", text=new.id))
    if problems:
        raise Invalid("bad-catalogue", problems=tuple(problems))


def _must_still_be_called(hall: Hall, was: Service) -> None:
    """Those who wait for it stay in the old queue; a counter that takes only this service would not look there any more."""
    if any(was.queue in counter.serves + counter.helps for counter in hall.counters.values()):
        return
    for ticket in hall.tickets.values():
        if unfinished(ticket) and ticket.service == was.id and ticket.queue == was.queue:
            raise Conflict("still-needed", what=was.name, number=ticket.number)


def _naming(hall: Hall, service: ServiceId) -> Iterator[tuple[str, str | Name]]:
    """The rows that name a service, with their sections: in the set-up, and counters and clerks as they are now."""
    setup = hall.setup
    counters = [(x.label, x.serves + x.helps) for x in setup.counters]
    counters += [(x.label, x.serves + x.helps) for x in hall.counters.values()]
    clerks = [(x.name, x.skills) for x in setup.clerks] + [(x.name, x.skills) for x in hall.clerks.values()]
    yield from (("counters", label) for label, entries in counters if service in entries)
    yield from (("packages", package.name) for package in setup.packages if service in package.services)
    yield from (("clerks", name) for name, skills in clerks if service in skills)
    for tide in setup.tides:
        if service in tide.serves + (tide.helps or ()):
            yield "tides", tide.id


def _problem(path: str, code: str, **values: str) -> dict[str, object]:
    return {"path": path, "code": code, "values": values}


# ------------------------------------------------------------------ versions


def next_version(hall: Hall, context: Context) -> str:
    """The hall's next version: of today, never of an earlier day than the last one."""
    day = max(hall_day(context.now, hall.setup).isoformat(), hall.revised_day)
    return f"{day}.{hall.revisions + 1 if day == hall.revised_day else 1}"


def version_of_file(hall: Hall, setup: Setup, context: Context) -> str:
    """Another version for a hall file that brings one this hall has known, or one that looks like the hall's own; else empty."""
    if OUR_VERSION.fullmatch(setup.version) or setup.version in hall.file_versions:
        return next_version(hall, context)
    return ""


def count_version(hall: Hall, version: str) -> None:
    """Remember the last version that the hall gave."""
    match = OUR_VERSION.fullmatch(version)
    assert match is not None, "the hall gives versions of its own form"
    hall.revised_day, hall.revisions = match[1], int(match[2])


# ------------------------------------------------------------------ evolve


def evolve(hall: Hall, event: AnyCatalogueEvent) -> None:
    """What can be worked out is corrected in place: building it anew would cost a large catalogue a tenth of a second."""
    match event:
        case ServiceChanged(service=new):
            _put_service(hall, new)
        case ServiceRemoved(was=was):
            _drop_service(hall, was.id)
        case PackageChanged(package=new_package):
            hall.packages[new_package.id] = new_package
        case PackageRemoved(was=was_package):
            del hall.packages[was_package.id]
    hall.setup = msgspec.structs.replace(
        hall.setup,
        version=event.version,
        services=tuple(hall.services.values()),
        packages=tuple(hall.packages.values()),
    )
    hall.digest = ""  # it is no file's catalogue any more
    count_version(hall, event.version)
    hall.forget_staffing()


def _put_service(hall: Hall, new: Service) -> None:
    was = hall.services.get(new.id)
    hall.services[new.id] = new
    hall.queue_of[new.id] = QueueId(new.queue)
    if new.hours != (was.hours if was is not None else None):
        _count_hours(hall)


def _drop_service(hall: Hall, service: ServiceId) -> None:
    was = hall.services.pop(service)
    del hall.queue_of[service]
    if was.hours is not None:
        _count_hours(hall)


def _count_hours(hall: Hall) -> None:
    hall.own_hours = frozenset(one.hours for one in hall.services.values() if one.hours is not None)
