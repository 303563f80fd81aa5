"""The hall as a whole: new set-ups, the turn of the day, notices, leases. Time comes in as a :class:`~.setup.Tick`."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import msgspec

from . import case_time, catalogue_changes, emergency, one_time, tides
from . import counters as c
from .calendar import day_start, hall_day, last_closing
from .catalogue import CounterId, Setup
from .context import Context
from .forecast import Pace
from .measures import Measures
from .refusals import Conflict, Invalid, NotFound
from .setup import (
    CallDelivered,
    ClockJumped,
    DayClosed,
    DayOpened,
    HallClosed,
    ImportSetup,
    Notice,
    NoticePosted,
    NoticeWithdrawn,
    PostNotice,
    RecordDelivery,
    SetupImported,
    Tick,
    WithdrawNotice,
)  # fmt: skip
from .visits import MINUTE, Event, TicketExpired, move

if TYPE_CHECKING:
    from .state import Hall

NOTICES_MAX = 20
NOTICE_LENGTH_MAX = 300


# ------------------------------------------------------------------ decide


def import_setup(hall: Hall, command: ImportSetup, context: Context) -> list[Event]:
    """The same file again changes nothing. What open tickets, open cases and staffed counters need must stay.

    Raises Conflict ``still-needed``, ``counter-open``, ``catalogue-changed``.
    """
    if command.digest == hall.digest:
        return []
    if command.base is not None:
        catalogue_changes.must_be_current(hall, command.base)
    _must_keep(hall, command.setup)
    _must_keep_cases(hall, command.setup)
    version = catalogue_changes.version_of_file(hall, command.setup, context)
    imported = SetupImported(digest=command.digest, text=command.text, setup=command.setup, version=version)
    return [imported, *case_time.moved(hall, command.setup)]


def _must_keep_cases(hall: Hall, new: Setup) -> None:
    """The departments of open cases: else nobody could work on them."""
    departments = {department.id for department in new.departments}
    for case in hall.cases.values():
        if case.is_open and case.matter.department not in departments:
            raise Conflict("still-needed", what=case.matter.department, number=case.id)
    catalogue_changes.must_keep_service_of_cases(hall, {service.id for service in new.services})


def _must_keep(hall: Hall, new: Setup) -> None:
    """Queues of today's tickets, with their letters (no number twice in a day); services of those that may yet be served."""
    queues = {queue.id for queue in new.queues}
    letters = {queue.letter: queue.id for queue in new.queues}
    services = {service.id for service in new.services}
    counters = {counter.id for counter in new.counters}
    for ticket in hall.tickets.values():
        letter, issued_in = ticket.number.rstrip("0123456789"), ticket.legs[0].queue
        if ticket.queue not in queues or letters.get(letter, issued_in) != issued_in:
            raise Conflict("still-needed", what=ticket.queue, number=ticket.number)
        if not catalogue_changes.unfinished(ticket):
            continue
        if ticket.service is not None and ticket.service not in services:
            raise Conflict("still-needed", what=ticket.service, number=ticket.number)
    for counter in hall.counters.values():
        if counter.state != "closed" and counter.id not in counters:
            raise Conflict("counter-open", counter=counter.label)


def post_notice(hall: Hall, command: PostNotice, context: Context) -> list[Event]:
    texts = (command.text.zh, command.text.en)
    if not command.text.zh.strip() or any(len(text) > NOTICE_LENGTH_MAX for text in texts):
        raise Invalid("bad-notice", length=NOTICE_LENGTH_MAX)
    if command.zone is not None and command.zone not in {zone.id for zone in hall.setup.zones}:
        raise Invalid("unknown-zone", zone=command.zone)
    if command.minutes is not None and not 1 <= command.minutes <= 1440:
        raise Invalid("bad-minutes", minutes=command.minutes)
    if len(hall.notices) >= NOTICES_MAX:
        raise Conflict("too-many-notices", limit=NOTICES_MAX)
    until = context.now + command.minutes * MINUTE if command.minutes else None
    return [NoticePosted(notice=command.notice, text=command.text, level=command.level, zone=command.zone, until=until)]


def withdraw_notice(hall: Hall, command: WithdrawNotice) -> list[Event]:
    if all(notice.id != command.notice for notice in hall.notices):
        raise NotFound("unknown-notice", notice=command.notice)
    return [NoticeWithdrawn(notice=command.notice)]


def record_delivery(command: RecordDelivery) -> list[Event]:
    return [
        CallDelivered(
            call=command.call,
            count=command.count,
            shown=command.shown,
            spoken=command.spoken,
            watching=command.watching,
        )  # fmt: skip
    ]


def tick(hall: Hall, command: Tick, context: Context) -> list[Event]:
    """Everything that time alone brings about."""
    events: list[Event] = []
    if command.jumped_seconds:
        events.append(ClockJumped(seconds=command.jumped_seconds))
    today = hall_day(context.now, hall.setup).isoformat()
    if hall.day is None:
        return [DayOpened(day=today), *events]
    if today > hall.day:  # the alarm comes last: the new day would wipe it
        return [_closing(hall, hall.day), DayOpened(day=today), *events]
    for notice in hall.notices:
        if notice.until is not None and notice.until <= context.now:
            events.append(NoticeWithdrawn(notice=notice.id, expired=True))
    events += c.leases(hall, command.present, context)
    events += _closed(hall, context)
    return events + case_time.tick(hall, context.now) + tides.tick(hall, context.now)


def _closed(hall: Hall, context: Context) -> list[Event]:
    """At the last closing, where the rule says so, tickets that still wait end: left unserved, not a no-show."""
    end = _closing_instant(hall)
    if end is None or context.now < end:
        return []
    assert hall.day is not None
    waiting = [] if context.always_open else [x.id for x in hall.tickets.values() if x.state == "waiting"]
    return [*(TicketExpired(ticket=ticket, reason="closing") for ticket in waiting), HallClosed(day=hall.day)]


def _closing_instant(hall: Hall) -> int | None:
    """Once a hall day; ``None`` when it is over, or when nothing happens then."""
    rules = hall.setup.rules
    if rules.at_closing != "expire" or hall.day is None or hall.closed_day == hall.day:
        return None
    end = last_closing(datetime.date.fromisoformat(hall.day), hall.setup, hall.own_hours)
    return None if end is None else end + rules.closing_grace_minutes * MINUTE


def _closing(hall: Hall, today: str) -> DayClosed:
    return DayClosed(
        day=today,
        expired=tuple(ticket.id for ticket in hall.tickets.values() if ticket.is_open),
        closed=tuple(counter.id for counter in hall.counters.values() if counter.state != "closed"),
    )


def due(hall: Hall) -> int:
    if hall.day is None:
        return hall.at
    tomorrow = datetime.date.fromisoformat(hall.day) + datetime.timedelta(days=1)
    instants = [day_start(tomorrow, hall.setup)]
    instants += [notice.until for notice in hall.notices if notice.until is not None]
    instants += [x.lease_until for x in hall.counters.values() if x.clerk is not None and not x.lapsed]
    for instant in (_closing_instant(hall), hall.agenda.first(), tides.due(hall)):
        if instant is not None:
            instants.append(instant)
    return min(instants)


# ------------------------------------------------------------------ evolve


def setup_imported(hall: Hall, event: SetupImported, at: int) -> None:
    """Counters and clerks that stay keep their state; what they serve comes from the new file."""
    assert event.setup is not None, "the store puts the set-up back when it reads the event"
    old_counters, old_clerks = hall.counters, hall.clerks
    hall.setup, hall.digest = event.setup, event.digest
    if event.version:
        hall.setup = msgspec.structs.replace(event.setup, version=event.version)
        catalogue_changes.count_version(hall, event.version)
    elif event.setup.version not in hall.file_versions:
        hall.file_versions = (*hall.file_versions, event.setup.version)
    hall.counters, hall.clerks = {}, {}
    for item in event.setup.counters:
        kept = old_counters.get(item.id)
        new = c.Counter(
            id=item.id, label=item.label, kind=item.kind, zone=item.zone, serves=item.serves, helps=item.helps, since=at
        )
        if kept is not None:
            kept.label, kept.kind, kept.zone, kept.serves, kept.helps = (
                new.label, new.kind, new.zone, new.serves, new.helps,
            )  # fmt: skip
            kept.tide, kept.by_hand = None, False
        hall.counters[item.id] = kept or new
    for person in event.setup.clerks:
        known = old_clerks.get(person.id)
        hall.clerks[person.id] = c.Clerk(
            id=person.id, name=person.name, skills=person.skills,
            counter=known.counter if known else None, served=known.served if known else 0,
            departments=person.departments, decides=person.decides,
        )  # fmt: skip
    for clerk_id, clerk in old_clerks.items():
        hall.clerks.setdefault(clerk_id, clerk)
    for ticket in hall.tickets.values():
        if ticket.wanted is not None and ticket.wanted not in hall.counters:
            ticket.wanted = None
    hall.index()


def day_opened(hall: Hall, event: DayOpened) -> None:
    """Numbers begin again at 1; yesterday's tickets are in the projections."""
    hall.day = event.day
    hall.tickets, hall.series, hall.called_by_queue = {}, {}, {}
    hall.rings, hall.zone_rings, hall.measures = [], {}, Measures()
    hall.paces = {queue: Pace(low=pace.low, high=pace.high) for queue, pace in hall.paces.items()}
    hall.jumped = None
    hall.case_serial = hall.notice_serial = 0
    emergency.forget_ended(hall)
    one_time.forget_old(hall, event.day)
    for counter in hall.counters.values():
        counter.served = counter.serving_us = counter.staffed_us = 0
        counter.by_hand = False
    for clerk in hall.clerks.values():
        clerk.served = 0
    hall.index()
    case_time.forget_closed(hall, event.day)


def day_closed(hall: Hall, event: DayClosed, at: int) -> None:
    for ticket_id in event.expired:
        ticket = hall.tickets[ticket_id]
        if ticket.state == "waiting":
            hall.lines.remove(ticket)
        ticket.reason = f"day_closed:{ticket.state}"
        leg = ticket.legs[-1]
        leg.ended, leg.outcome = at, leg.outcome or "expired"
        move(ticket, "expired", at)
        ticket.counter = None
    for counter_id in event.closed:
        c.leave(hall, hall.counters[CounterId(counter_id)], at)
    hall.forget_staffing()


def notice_posted(hall: Hall, event: NoticePosted, at: int) -> None:
    hall.notices.append(
        Notice(
            id=event.notice,
            text=event.text,
            level=event.level,
            zone=event.zone,
            since=at,
            until=event.until,
        )  # fmt: skip
    )


def notice_withdrawn(hall: Hall, event: NoticeWithdrawn) -> None:
    hall.notices = [notice for notice in hall.notices if notice.id != event.notice]
