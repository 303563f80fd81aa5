"""At the desk: marking the materials of a visit, naming its services, and doing them one by one.

The consultant finds the service, walks the list with the visitor and sends the same ticket on with its arrival (W1); the
marks and the services stay with the ticket, so nobody looks at a paper twice. A package is one ticket and one merged
list; its services are done in turn, here or elsewhere (V8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from . import materials, visit_rules
from .catalogue import ClerkId, CounterId, Material, Name, Service, ServiceId, TicketId
from .counters import Counter
from .materials import Mark
from .refusals import Conflict, Invalid
from .visit_services import next_service, remaining, services_of
from .visits import Command, Done, Event, Ticket, TicketEvent

if TYPE_CHECKING:
    from .state import Hall

SERVICES_MAX = 20  # in one visit: more than any package has


class MarkMaterials(Command, frozen=True, kw_only=True):
    """What the clerk found, for some or all materials of the visit."""

    counter: CounterId
    marks: tuple[Mark, ...]
    ticket: TicketId | None = None


class AssignServices(Command, frozen=True, kw_only=True):
    """What the visitor came for after all: services, or a package. ``note`` is sealed."""

    counter: CounterId
    services: tuple[ServiceId, ...] = ()
    package: str | None = None
    ticket: TicketId | None = None
    note: str | None = None


class RecordDone(Command, frozen=True, kw_only=True):
    """One service of several is done, and the visitor stays. Without ``service`` the present one."""

    counter: CounterId
    service: ServiceId | None = None
    quantity: int = 1
    persons: int = 1
    ticket: TicketId | None = None


class MaterialsMarked(TicketEvent, frozen=True, kw_only=True, tag="materials_marked"):
    counter: CounterId
    clerk: ClerkId
    marks: tuple[Mark, ...]


class ServicesAssigned(TicketEvent, frozen=True, kw_only=True, tag="services_assigned"):
    counter: CounterId
    clerk: ClerkId
    services: tuple[ServiceId, ...]
    service: ServiceId
    service_name: Name
    version: str
    package: str | None = None
    note: str | None = None


class ServiceDone(TicketEvent, frozen=True, kw_only=True, tag="service_done"):
    counter: CounterId
    clerk: ClerkId
    done: Done
    next: ServiceId | None = None  # the service that is now in hand; None: the visit has no more
    next_name: Name | None = None


# ------------------------------------------------------------------ decide


def mark(hall: Hall, counter: Counter, command: MarkMaterials) -> list[Event]:
    """Raises what :func:`check_marks` raises."""
    ticket = visit_rules.own_ticket(hall, counter, command.ticket, "serving")
    return marked(hall, counter, ticket, command.marks)


def marked(
    hall: Hall, counter: Counter, ticket: Ticket, marks: tuple[Mark, ...], service: Service | None = None
) -> list[Event]:
    """The event of these marks; none when they change nothing. ``service``: one that the visit does not name."""
    services = services_of(hall, ticket)
    if service is not None and service not in services:
        services.append(service)
    check_marks({item.material.id: item.material for item in materials.check_list(services, {})}, marks)
    new = tuple(one for one in marks if ticket.marks.get(one.material) != one)
    assert counter.clerk is not None
    return [MaterialsMarked(ticket=ticket.id, counter=counter.id, clerk=counter.clerk, marks=new)] if new else []


def check_marks(known: Mapping[str, Material], marks: Iterable[Mark]) -> None:
    """Raises Invalid ``unknown-material``, Conflict ``not-deferrable`` or ``not-promisable``."""
    for one in marks:
        material = known.get(one.material)
        if material is None:
            raise Invalid("unknown-material", material=one.material)
        if not materials.allowed(material, one.mark):
            if one.mark == "later":
                raise Conflict("not-deferrable", material=material.name)
            raise Conflict("not-promisable", material=material.name)


def assign(hall: Hall, counter: Counter, command: AssignServices) -> list[Event]:
    """Raises Invalid ``one-target``, ``unknown-service``, ``unknown-package``."""
    ticket = visit_rules.own_ticket(hall, counter, command.ticket, "serving")
    if bool(command.services) == (command.package is not None) or len(command.services) > SERVICES_MAX:
        raise Invalid("one-target")
    if command.package is not None:
        package = hall.packages.get(command.package)
        if package is None:
            raise Invalid("unknown-package", package=command.package)
        wanted = package.services
    else:
        wanted = tuple(dict.fromkeys(command.services))
    first = [visit_rules.find_service(hall, service) for service in wanted][0]
    assert counter.clerk is not None
    return [
        ServicesAssigned(
            ticket=ticket.id, counter=counter.id, clerk=counter.clerk, services=wanted, service=first.id,
            service_name=first.name, version=hall.setup.version, package=command.package, note=command.note,
        )
    ]  # fmt: skip


def record_done(hall: Hall, counter: Counter, command: RecordDone) -> list[Event]:
    """Raises Conflict ``already-done``, Invalid ``unknown-service`` or ``bad-quantity``."""
    ticket = visit_rules.own_ticket(hall, counter, command.ticket, "serving")
    service = command.service or ticket.service
    if service is None:
        raise Invalid("nothing-asked")
    visit_rules.find_service(hall, service)
    if service in ticket.finished:
        raise Conflict("already-done", number=ticket.number)
    done = Done(service=service, quantity=command.quantity, persons=command.persons)
    visit_rules.check_quantity(done)
    left = [one for one in remaining(ticket) if one != service]
    following = next_service(hall, counter, left)
    assert counter.clerk is not None
    return [
        ServiceDone(
            ticket=ticket.id, counter=counter.id, clerk=counter.clerk, done=done,
            next=following.id if following else None, next_name=following.name if following else None,
        )
    ]  # fmt: skip


# ------------------------------------------------------------------ evolve


def materials_marked(hall: Hall, event: MaterialsMarked) -> None:
    ticket = hall.tickets[event.ticket]
    ticket.marks = {**ticket.marks, **{one.material: one for one in event.marks}}


def services_assigned(hall: Hall, event: ServicesAssigned) -> None:
    """The queue stays until the ticket is sent on."""
    ticket = hall.tickets[event.ticket]
    ticket.services, ticket.package, ticket.version = event.services, event.package, event.version
    ticket.service, ticket.service_name = event.service, event.service_name


def service_done(hall: Hall, event: ServiceDone) -> None:
    ticket = hall.tickets[event.ticket]
    assert event.done.service is not None, "a service is named"
    ticket.finished = (*ticket.finished, event.done.service)
    leg = ticket.legs[-1]
    leg.done = (*leg.done, event.done)
    if event.next is not None:
        ticket.service, ticket.service_name = event.next, event.next_name
