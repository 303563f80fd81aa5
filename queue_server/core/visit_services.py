"""What a visit comes to: its services, their one list of materials, what is left to do, and what was not told in writing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from . import materials
from .cases import CaseId
from .catalogue import Service, ServiceId
from .materials import Item
from .visits import Ticket

if TYPE_CHECKING:
    from .counters import Counter
    from .state import Hall


def services_of(hall: Hall, ticket: Ticket) -> list[Service]:
    """The services of the visit that the catalogue knows; the present one alone for a ticket taken for a window kind."""
    ids = ticket.services or ((ticket.service,) if ticket.service is not None else ())
    return [hall.services[service] for service in ids if service in hall.services]


def items_of(hall: Hall, ticket: Ticket, service: ServiceId | None = None) -> tuple[Item, ...]:
    """The merged list of the visit, or that of one service."""
    services = services_of(hall, ticket) if service is None else [hall.services[service]]
    return materials.check_list(services, ticket.marks)


def remaining(ticket: Ticket) -> tuple[ServiceId, ...]:
    """The services of the visit that are not done yet, in the order they are best done."""
    return tuple(service for service in ticket.services if service not in ticket.finished)


def next_service(hall: Hall, counter: Counter | None, left: Iterable[ServiceId]) -> Service | None:
    """Of those left, the first that this counter with its clerk serves, else helps with, else the first; ``None``: none left."""
    known = [hall.services[service] for service in left if service in hall.services]
    for entries in hall.work(counter) if counter is not None else ():
        for service in known:
            if service.id in entries or service.queue in entries:
                return service
    return known[0] if known else None


def untold(hall: Hall, ticket: Ticket) -> tuple[ServiceId, ...]:
    """Services whose papers were found missing, with neither a written notice nor a case in this visit.

    When the visitor leaves like this, the term for the answer runs and the application will count as accepted: the desk
    shows it before the ticket is finished (行政许可法 32, 安阳市政务服务条例 36).
    """
    settled = {hall.told[notice].service for notice in ticket.notices if notice in hall.told}
    settled |= {case.matter.service for case in map(hall.cases.get, map(CaseId, ticket.cases)) if case is not None}
    return tuple(
        service.id
        for service in services_of(hall, ticket)
        if service.id not in settled
        and materials.verdict(materials.check_list((service,), ticket.marks)).missing
    )
