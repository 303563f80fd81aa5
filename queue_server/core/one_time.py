"""The one-time notice (一次性告知单): everything that is missing, told once, completely and in writing (V4).

Complete, because it is made from the whole list of the service and not by hand: as long as a paper has not been looked at,
there is no notice. Timed, because it answers an application: given on the spot or within ``service.answer``, else the
application counts as accepted (行政许可法 32; 安阳市政务服务条例 36). A second notice for the same matter is counted; what
it asks for beyond the first is named in ``fresh``: that is the hall's fault, not the visitor's.

Contents by the local rules (中阳, 长清, 定州; DOMAIN 1.4): basis, conditions, materials with form, copies and issuer, term,
fee, place. Place and contact are the hall's; the rest stands in the event as it was that day.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from . import checklist, counters, intake, materials, visit_rules
from .calendar import Deadline, add_days, count_on, hall_day
from .case_time import schedule, today
from .cases import Case, CaseId, Step, Terms, find, move, officer
from .catalogue import ClerkId, CounterId, Name, Service, ServiceId, TicketId
from .context import Context
from .materials import Item, Mark
from .refusals import Conflict, Invalid, NotFound
from .visits import Command, Event, Ticket

if TYPE_CHECKING:
    from .state import Hall


class ToldItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is missing. ``later_due``: it may follow until this day, once the rest is there (容缺)."""

    material: str
    name: Name
    form: Literal["shown", "kept", "copy"] = "shown"
    copies: int = 1
    standard: Name | None = None
    issuer: Name | None = None
    where: Name | None = None
    promise: bool = False  # a signed promise is enough
    later_due: str | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A notice as the hall remembers it, to know the matter again when the visitor comes back."""

    id: str
    day: str
    at: int
    service: ServiceId
    matter: str
    repeat: int
    items: tuple[ToldItem, ...]
    ticket: TicketId | None = None
    case: CaseId | None = None
    counter: CounterId | None = None
    clerk: ClerkId | None = None
    fresh: tuple[str, ...] = ()
    previous: str | None = None


class GiveNotice(Command, frozen=True, kw_only=True):
    """To the visitor at the counter, or for a ``case`` whose papers were taken (``counter``: at a window, else by post).

    ``previous``: the notice the visitor brought along. ``person``: keyed hash of the applicant. ``note`` is sealed.
    """

    counter: CounterId | None = None
    ticket: TicketId | None = None
    service: ServiceId | None = None
    case: CaseId | None = None
    marks: tuple[Mark, ...] = ()
    person: str | None = None
    previous: str | None = None
    note: str | None = None


class NoticeGiven(Event, frozen=True, kw_only=True, tag="notice_given"):
    """``matter`` tells the same matter again; ``repeat``: 1 for its first notice; ``fresh``: asked for now, not before."""

    notice: str
    day: str
    service: ServiceId
    service_name: Name
    version: str
    items: tuple[ToldItem, ...]
    matter: str
    terms: Terms
    ticket: TicketId | None = None
    case: CaseId | None = None
    counter: CounterId | None = None
    clerk: ClerkId | None = None
    repeat: int = 1
    fresh: tuple[str, ...] = ()
    previous: str | None = None
    basis: Name | None = None
    conditions: Name | None = None
    fee: Name | None = None
    lang: str = "zh"
    note: str | None = None


class Effect(NamedTuple):
    """What happens if nothing is told in writing: the application counts as accepted after this day."""

    service: ServiceId
    due: dt.date
    known: bool
    on_the_spot: bool


class _About(NamedTuple):
    service: Service
    items: tuple[Item, ...]
    ticket: Ticket | None
    case: Case | None
    clerk: ClerkId | None


# ------------------------------------------------------------------ for the desk


def effect(hall: Hall, service: Service, now: int) -> Effect | None:
    """Shown to the clerk before it happens. ``None``: the catalogue names no term for the answer."""
    due: Deadline | None = add_days(hall_day(now, hall.setup), service.answer, hall.setup)
    if due is None:
        return None
    return Effect(service.id, due.date, due.known, on_the_spot=service.answer.value == 0)


# ------------------------------------------------------------------ decide


def give(hall: Hall, command: GiveNotice, context: Context) -> list[Event]:
    """Raises Conflict ``materials-unchecked`` or ``nothing-missing``, NotFound ``unknown-one-time-notice``."""
    events: list[Event] = []
    if command.case is not None:
        about = _of_case(hall, command, command.case, context)
    else:
        events, about = _at_counter(hall, command, context)
    verdict = materials.verdict(about.items)
    if verdict.unchecked:
        raise Conflict("materials-unchecked", count=len(verdict.unchecked))
    if not verdict.missing:
        raise Conflict("nothing-missing", service=about.service.name)
    return [*events, _given(hall, command, about, context)]


def _of_case(hall: Hall, command: GiveNotice, case_id: CaseId, context: Context) -> _About:
    case = find(hall, case_id, "received", "told")
    if command.counter is not None:
        clerk = counters.staffed(hall, command.counter, context).clerk
    else:
        clerk = officer(hall, case, context)
    service = visit_rules.find_service(hall, case.matter.service)
    return _About(service, intake.items_of_case(case, service, command.marks), None, case, clerk)


def _at_counter(hall: Hall, command: GiveNotice, context: Context) -> tuple[list[Event], _About]:
    if command.counter is None:
        raise Invalid("nothing-asked")
    counter = counters.staffed(hall, command.counter, context)
    ticket = visit_rules.own_ticket(hall, counter, command.ticket, "serving")
    wanted = command.service or ticket.service
    if wanted is None:
        raise Invalid("nothing-asked")
    service = visit_rules.find_service(hall, wanted)
    events = checklist.marked(hall, counter, ticket, command.marks, service)
    marks = {**ticket.marks, **{one.material: one for one in command.marks}}
    return events, _About(service, materials.check_list((service,), marks), ticket, None, counter.clerk)


def _given(hall: Hall, command: GiveNotice, about: _About, context: Context) -> NoticeGiven:
    service, ticket, case = about.service, about.ticket, about.case
    if command.previous is not None and command.previous not in hall.told:
        raise NotFound("unknown-one-time-notice", notice=command.previous)
    matter = _matter(hall, command, about)
    before = _told_before(hall, about, matter)
    items = tuple(_item(hall, item, context) for item in about.items if item.mark in ("missing", "later"))
    known = {item.material for told in before for item in told.items}
    lang = ticket.lang if ticket else case.matter.lang if case else "zh"
    return NoticeGiven(
        notice=hall.notice_number(), day=today(context.now, hall.setup), service=service.id,
        service_name=service.name, version=hall.setup.version, items=items, matter=matter,
        terms=Terms(statutory=service.statutory, promised=service.promised), ticket=ticket.id if ticket else None,
        case=case.id if case else None, counter=command.counter, clerk=about.clerk, repeat=len(before) + 1,
        fresh=tuple(item.material for item in items if before and item.material not in known),
        previous=command.previous, basis=service.basis, conditions=service.conditions, fee=service.fee, lang=lang,
        note=command.note,
    )  # fmt: skip


def _matter(hall: Hall, command: GiveNotice, about: _About) -> str:
    """The matter of the notice that was brought along, else of the person, the case, the visit: what is known best names it."""
    if command.previous is not None and hall.told[command.previous].service == about.service.id:
        return hall.told[command.previous].matter
    person = command.person or (about.case.matter.person if about.case else None)
    if person is not None:
        return f"{about.service.id}:{person}"
    if about.case is not None:
        return f"{about.service.id}:case:{about.case.id}"
    assert about.ticket is not None, "a ticket or a case"
    return f"{about.service.id}:ticket:{about.ticket.id}"


def _told_before(hall: Hall, about: _About, matter: str) -> list[Told]:
    """The notices of this matter. One given before anybody wrote down for whom belongs to it too, when it was given in the
    same visit or for the same case; two persons in one visit (代办) stay two matters."""
    of_service = [told for told in hall.told.values() if told.service == about.service.id]
    near = {told.ticket for told in of_service if told.matter == matter} | _visit_and_cases(about)
    matters = {matter} | {
        told.matter
        for told in of_service
        if (told.ticket or told.case) in near and (_is_nameless(matter) or _is_nameless(told.matter))
    }
    return [told for told in of_service if told.matter in matters]


def _visit_and_cases(about: _About) -> set[str | None]:
    """The visit and its cases, or the case and its visits."""
    if about.case is not None:
        return {about.case.id, *about.case.visits}
    assert about.ticket is not None, "a ticket or a case"
    return {about.ticket.id, *about.ticket.cases}


def _is_nameless(matter: str) -> bool:
    return matter.split(":")[1] in ("ticket", "case")


def _item(hall: Hall, item: Item, context: Context) -> ToldItem:
    material = item.material
    due = None
    if material.later:
        workdays = materials.later_workdays(material, hall.setup.rules)
        due = count_on(hall_day(context.now, hall.setup), workdays, "workday", hall.setup).date.isoformat()
    return ToldItem(
        material=material.id, name=material.name, form=material.form, copies=material.copies,
        standard=material.standard, issuer=material.issuer, where=material.where, promise=material.promise,
        later_due=due,
    )  # fmt: skip


# ------------------------------------------------------------------ evolve


def given(hall: Hall, event: NoticeGiven, at: int) -> None:
    hall.told[event.notice] = Told(
        id=event.notice, day=event.day, at=at, service=event.service, matter=event.matter, repeat=event.repeat,
        items=event.items, ticket=event.ticket, case=event.case, counter=event.counter, clerk=event.clerk,
        fresh=event.fresh, previous=event.previous,
    )  # fmt: skip
    hall.notice_serial += 1
    hall.measures.notices += 1
    hall.measures.notices_again += event.repeat > 1
    if event.ticket is not None:
        ticket = hall.tickets[event.ticket]
        ticket.notices = (*ticket.notices, event.notice)
    if event.case is not None:
        case = hall.cases[event.case]
        move(case, "told", at)
        case.told_day = event.day
        case.steps.append(Step(at=at, what="notice_given", counter=event.counter, clerk=event.clerk))
        schedule(hall, case)


def forget_old(hall: Hall, day: str) -> None:
    """At the day's turn: notices of long ago leave the state; the projections keep them."""
    before = dt.date.fromisoformat(day) - dt.timedelta(days=hall.setup.rules.notice_keep_days)
    hall.told = {id_: told for id_, told in hall.told.items() if told.day >= before.isoformat()}
