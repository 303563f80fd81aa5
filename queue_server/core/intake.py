"""At the window: papers taken, applications accepted with a receipt, or not accepted with a reason (W3, V5, V6).

Taking papers (收件) starts the term for the answer; accepting (受理) makes the receipt and starts the terms of law and
promise. Both may be one act. What may follow later (容缺) and what is promised (告知承诺) need the applicant's word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from . import checklist, counters, materials, visit_rules
from .calendar import Deadline, add_days, count_on, hall_day
from .case_time import dues_of, today
from .cases import (
    Applicant,
    Case,
    CaseCommand,
    CaseEvent,
    CaseId,
    Delivery,
    Dues,
    Matter,
    Owed,
    Terms,
    close,
    find,
    link,
    move,
)
from .catalogue import CounterId, Service, ServiceId, TicketId
from .context import Context
from .counters import Counter
from .materials import Item, Line, Mark
from .refusals import Conflict, Invalid
from .visits import Event, Ticket

if TYPE_CHECKING:
    from .state import Hall

RejectReason = Literal["not_needed", "elsewhere", "other"]  # 行政许可法 32: no licence needed; another authority's matter


class ReceiveCase(CaseCommand, frozen=True, kw_only=True):
    """The papers are taken and will be looked at: 收件. Without ``service`` the ticket's present one."""

    counter: CounterId
    ticket: TicketId | None = None
    service: ServiceId | None = None
    marks: tuple[Mark, ...] = ()
    applicant: Applicant = Applicant()
    person: str | None = None


class AcceptCase(CaseCommand, frozen=True, kw_only=True):
    """受理: of a ``case`` whose papers were taken, or at once of the ticket at the counter.

    ``promise``: the applicant has given the written promise that deferred papers and signed promises need.
    """

    counter: CounterId
    case: CaseId | None = None
    ticket: TicketId | None = None
    service: ServiceId | None = None
    marks: tuple[Mark, ...] = ()
    applicant: Applicant | None = None
    person: str | None = None
    promise: bool = False
    delivery: Delivery = "window"


class RejectCase(CaseCommand, frozen=True, kw_only=True):
    """不予受理, in writing and with the reason: of a case, or at once of the ticket. ``note`` is sealed."""

    counter: CounterId
    reason: RejectReason
    case: CaseId | None = None
    ticket: TicketId | None = None
    service: ServiceId | None = None
    applicant: Applicant = Applicant()
    note: str | None = None


class CaseReceived(CaseEvent, frozen=True, kw_only=True, tag="case_received"):
    """``answer_due``: the last day to accept it or to tell what is missing, else it counts as accepted."""

    matter: Matter
    day: str
    items: tuple[Line, ...] = ()
    answer_due: str | None = None
    known: bool = True


class CaseAccepted(CaseEvent, frozen=True, kw_only=True, tag="case_accepted"):
    """The receipt: everything that stands on it. ``known`` false: a year was counted that nobody has announced."""

    matter: Matter
    day: str
    terms: Terms
    dues: Dues
    items: tuple[Line, ...] = ()
    owed: tuple[Owed, ...] = ()
    delivery: Delivery = "window"
    unchecked: bool = False  # 收件即受理: accepted as it was handed in


class CaseRejected(CaseEvent, frozen=True, kw_only=True, tag="case_rejected"):
    reason: RejectReason
    note: str | None = None


class Found(NamedTuple):
    """What an act at the window is about: the ticket there, if any, the service, the case, if there is one already."""

    ticket: Ticket | None
    service: Service
    case: Case | None


# ------------------------------------------------------------------ decide


def receive(hall: Hall, command: ReceiveCase, context: Context) -> list[Event]:
    """Raises Conflict ``case-exists``. A service marked 收件即受理 is accepted at once."""
    counter = counters.staffed(hall, command.counter, context)
    found = _at_counter(hall, counter, command.ticket, command.service)
    assert found.ticket is not None, "found at the counter"
    events, items = _marked(hall, counter, found, command.marks)
    matter = _matter(hall, found.ticket, found.service, command.applicant, command.person)
    if found.service.receipt_at_once:
        _must_be_complete(items, promise=False, looked_at=False)
        accepted = _accepted(hall, counter, found, matter, items, context)
        return [*events, msgspec.structs.replace(accepted, unchecked=bool(materials.verdict(items).unchecked))]
    return [*events, _received(hall, counter, found, matter, items, context)]


def accept(hall: Hall, command: AcceptCase, context: Context) -> list[Event]:
    """Raises Conflict ``materials-missing``, ``materials-unchecked``, ``promise-missing``, ``no-courier``, ``case-exists``."""
    counter = counters.staffed(hall, command.counter, context)
    if command.case is not None:
        found = _of_case(hall, command.case)
    else:
        found = _at_counter(hall, counter, command.ticket, command.service)
    events, items = _marked(hall, counter, found, command.marks)
    _must_be_complete(items, promise=command.promise)
    if command.delivery == "courier" and not found.service.courier:
        raise Conflict("no-courier", service=found.service.name)
    if found.case is not None:
        matter = found.case.matter
        if command.applicant is not None:
            person = command.person or matter.person
            matter = msgspec.structs.replace(matter, applicant=command.applicant, person=person)
    else:
        assert found.ticket is not None, "found at the counter"
        matter = _matter(hall, found.ticket, found.service, command.applicant or Applicant(), command.person)
    accepted = _accepted(hall, counter, found, matter, items, context)
    return [*events, msgspec.structs.replace(accepted, delivery=command.delivery)]


def reject(hall: Hall, command: RejectCase, context: Context) -> list[Event]:
    counter = counters.staffed(hall, command.counter, context)
    events: list[Event] = []
    if command.case is not None:
        case = find(hall, command.case, "received", "told").id
    else:
        found = _at_counter(hall, counter, command.ticket, command.service)
        assert found.ticket is not None, "found at the counter"
        items = materials.check_list((found.service,), found.ticket.marks)
        matter = _matter(hall, found.ticket, found.service, command.applicant, None)
        received = _received(hall, counter, found, matter, items, context)
        events, case = [received], received.case
    rejected = CaseRejected(
        case=case, counter=counter.id, clerk=counter.clerk, reason=command.reason, note=command.note
    )
    return [*events, rejected]


def _at_counter(hall: Hall, counter: Counter, ticket_id: TicketId | None, service_id: ServiceId | None) -> Found:
    """The ticket that is served here, and the service in hand. One open case for a service in a visit."""
    ticket = visit_rules.own_ticket(hall, counter, ticket_id, "serving")
    wanted = service_id or ticket.service
    if wanted is None:
        raise Invalid("nothing-asked")
    service = visit_rules.find_service(hall, wanted)
    for known in ticket.cases:
        case = hall.cases.get(CaseId(known))
        if case is not None and case.is_open and case.matter.service == service.id:
            raise Conflict("case-exists", case=case.id)
    return Found(ticket, service, None)


def _of_case(hall: Hall, case_id: CaseId) -> Found:
    """A case whose papers were taken; the visitor need not be there. Raises Invalid ``unknown-service``."""
    case = find(hall, case_id, "received", "told")
    return Found(None, visit_rules.find_service(hall, case.matter.service), case)


def _marked(
    hall: Hall, counter: Counter, found: Found, new: tuple[Mark, ...]
) -> tuple[list[Event], tuple[Item, ...]]:
    """The list of the service with what was found before and what is found now."""
    if found.ticket is None:
        assert found.case is not None, "a ticket or a case"
        return [], items_of_case(found.case, found.service, new)
    events = checklist.marked(hall, counter, found.ticket, new, found.service)
    marks = {**found.ticket.marks, **{one.material: one for one in new}}
    return events, materials.check_list((found.service,), marks)


def items_of_case(case: Case, service: Service, new: tuple[Mark, ...]) -> tuple[Item, ...]:
    """The list of a case whose papers were taken, with what is found now. Raises what ``checklist.check_marks`` raises.

    What the catalogue alone said then, it says anew: a paper that the state holds no more is asked for. A paper of the case
    that the catalogue asks for no more may be named, and does not matter.
    """
    asked = {one.id: one for one in service.materials}
    gone = {line.material for line in case.items} - set(asked)
    checklist.check_marks(asked, (one for one in new if one.material not in gone))
    before = [Mark(material=line.material, mark=line.mark, reason=line.reason) for line in case.items if not line.by_default]
    return materials.check_list((service,), {one.material: one for one in (*before, *new)})


def _must_be_complete(items: tuple[Item, ...], *, promise: bool, looked_at: bool = True) -> None:
    verdict = materials.verdict(items)
    if verdict.missing:
        raise Conflict("materials-missing", count=len(verdict.missing))
    if verdict.unchecked and looked_at:
        raise Conflict("materials-unchecked", count=len(verdict.unchecked))
    if (verdict.later or verdict.promised) and not promise:
        raise Conflict("promise-missing", count=len(verdict.later) + len(verdict.promised))


def _matter(hall: Hall, ticket: Ticket, service: Service, applicant: Applicant, person: str | None) -> Matter:
    return Matter(
        service=service.id, service_name=service.name, version=hall.setup.version, department=service.department,
        package=ticket.package, ticket=ticket.id, number=ticket.number, first_contact=ticket.first_contact,
        first_clerk=ticket.first_clerk, lang=ticket.lang, applicant=applicant, person=person,
    )  # fmt: skip


def _received(
    hall: Hall, counter: Counter, found: Found, matter: Matter, items: tuple[Item, ...], context: Context
) -> CaseReceived:
    answer = add_days(hall_day(context.now, hall.setup), found.service.answer, hall.setup)
    return CaseReceived(
        case=hall.case_number(), counter=counter.id, clerk=counter.clerk, day=today(context.now, hall.setup),
        matter=matter, items=materials.lines(items),
        answer_due=answer.date.isoformat() if answer else None, known=answer.known if answer else True,
    )  # fmt: skip


def _accepted(
    hall: Hall, counter: Counter, found: Found, matter: Matter, items: tuple[Item, ...], context: Context
) -> CaseAccepted:
    terms = Terms(statutory=found.service.statutory, promised=found.service.promised)
    day = today(context.now, hall.setup)
    return CaseAccepted(
        case=found.case.id if found.case else hall.case_number(), counter=counter.id, clerk=counter.clerk,
        matter=matter, day=day, terms=terms, dues=dues_of(terms, day, (), 0, hall.setup), items=materials.lines(items),
        owed=tuple(_owed(hall, item, context) for item in items if item.mark in ("later", "promised")),
    )  # fmt: skip


def _owed(hall: Hall, item: Item, context: Context) -> Owed:
    """A deferred paper has a day by which it must be here, a signed promise one by which it is verified."""
    rules = hall.setup.rules
    later = item.mark == "later"
    workdays = materials.later_workdays(item.material, rules) if later else rules.promise_check_workdays
    due: Deadline = count_on(hall_day(context.now, hall.setup), workdays, "workday", hall.setup)
    return Owed(
        material=item.material.id, name=item.material.name, kind="later" if later else "promised",
        due=due.date.isoformat(), known=due.known,
    )  # fmt: skip


# ------------------------------------------------------------------ evolve


def received(hall: Hall, event: CaseReceived, at: int) -> None:
    hall.cases[event.case] = Case(
        id=event.case, matter=event.matter, state="received", since=at, received=at, received_day=event.day,
        items=event.items, answer_due=event.answer_due, answer_known=event.known,
    )  # fmt: skip
    _numbered(hall, event)


def accepted(hall: Hall, event: CaseAccepted, at: int) -> None:
    """The terms begin on the day of acceptance."""
    case = hall.cases.get(event.case)
    if case is None:
        case = hall.cases[event.case] = Case(
            id=event.case, matter=event.matter, state="accepted", since=at, received=at, received_day=event.day
        )
        _numbered(hall, event)
    else:
        move(case, "accepted", at)
        here = hall.counters[event.counter].ticket if event.counter is not None else None
        if here is not None:
            link(hall, here, case.id)
    case.matter, case.items, case.delivery = event.matter, event.items, event.delivery
    case.accepted, case.started_day, case.counter, case.clerk = at, event.day, event.counter, event.clerk
    case.terms, case.dues = event.terms, event.dues
    case.owed = event.owed


def _numbered(hall: Hall, event: CaseReceived | CaseAccepted) -> None:
    hall.case_serial += 1
    assert event.matter.ticket is not None, "papers are taken from a visitor"
    link(hall, event.matter.ticket, event.case)


def rejected(hall: Hall, event: CaseRejected, at: int) -> None:
    close(hall, hall.cases[event.case], "rejected", at)

