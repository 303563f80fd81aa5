"""Counters: who sits where, with which lease, and in which state.

    closed -> free -> called -> serving -> free     paused <-> free     any without a ticket -> closed

A counter is leased to one clerk; a command there renews the lease, and so does an open desk (see ``Tick.present``).
When it lapses an alarm is raised and another clerk may take over without asking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from .calendar import Standing, standing
from .catalogue import ClerkId, CounterId, TicketId, WindowKind
from .context import Context
from .refusals import Conflict, Invalid, NotAllowed, NotFound
from .visits import MINUTE, Command, Event

if TYPE_CHECKING:
    from .state import Hall

CHANGE_US_MAX = 24 * 60 * MINUTE  # a change for longer is a lasting one
FREE_QUANTITY_MAX = 999

CounterState = Literal["closed", "free", "called", "serving", "paused"]


class TideNow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a changed counter goes back to: at ``until``, or when the load of ``rule`` is over."""

    serves: tuple[str, ...]
    helps: tuple[str, ...]
    kind: WindowKind
    until: int | None = None
    rule: str | None = None


class Counter(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A service point as it is now. ``serves`` and ``helps`` list queue or service ids."""

    id: CounterId
    label: str
    kind: WindowKind
    zone: str
    serves: tuple[str, ...]
    helps: tuple[str, ...]
    state: CounterState = "closed"
    since: int = 0  # of this state
    clerk: ClerkId | None = None
    ticket: TicketId | None = None
    lease_until: int = 0
    lapsed: bool = False
    reason: str | None = None  # of the pause
    until: int | None = None  # when the pause is meant to end
    served: int = 0  # tickets finished today
    serving_us: int = 0  # time spent serving today
    staffed_since: int | None = None
    staffed_us: int = 0
    tide: TideNow | None = None
    by_hand: bool = False  # changed by a person today: tides by load leave it alone


class Clerk(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A person who serves, known from the hall file or recorded at the first opening."""

    id: ClerkId
    name: str
    counter: CounterId | None = None
    skills: tuple[str, ...] = ()
    served: int = 0
    departments: tuple[str, ...] = ()
    decides: bool = False
    recorded: bool = False  # not in the hall file: takes whatever the window does


class OpenCounter(Command, frozen=True, kw_only=True):
    counter: CounterId
    clerk: ClerkId


class TakeOverCounter(Command, frozen=True, kw_only=True):
    counter: CounterId
    clerk: ClerkId


class PauseCounter(Command, frozen=True, kw_only=True):
    counter: CounterId
    reason: str = ""
    minutes: int | None = None


class CloseCounter(Command, frozen=True, kw_only=True):
    counter: CounterId


class ChangeCounter(Command, frozen=True, kw_only=True):
    """``until`` (an instant): the counter comes back by itself then, to what it was before the first such change."""

    counter: CounterId
    serves: tuple[str, ...] | None = None
    helps: tuple[str, ...] | None = None
    kind: WindowKind | None = None
    until: int | None = None


class GiveFree(Command, frozen=True, kw_only=True):
    """Something the hall does for nothing: an id of ``free_services``."""

    counter: CounterId
    item: str
    quantity: int = 1
    ticket: TicketId | None = None


class CounterEvent(Event, frozen=True, kw_only=True):
    counter: CounterId


class ClerkRecorded(Event, frozen=True, kw_only=True, tag="clerk_recorded"):
    clerk: ClerkId
    name: str
    skills: tuple[str, ...] = ()


class CounterOpened(CounterEvent, frozen=True, kw_only=True, tag="counter_opened"):
    clerk: ClerkId


class CounterTakenOver(CounterEvent, frozen=True, kw_only=True, tag="counter_taken_over"):
    clerk: ClerkId
    from_clerk: ClerkId


class CounterPaused(CounterEvent, frozen=True, kw_only=True, tag="counter_paused"):
    reason: str = ""
    until: int | None = None


class CounterResumed(CounterEvent, frozen=True, kw_only=True, tag="counter_resumed"):
    pass


class CounterClosed(CounterEvent, frozen=True, kw_only=True, tag="counter_closed"):
    pass


class CounterChanged(CounterEvent, frozen=True, kw_only=True, tag="counter_changed"):
    """What it is from now on, complete. ``cause``: a person, the load (``tide``: by which rule), or the return from either."""

    serves: tuple[str, ...]
    helps: tuple[str, ...]
    kind: WindowKind | None = None  # None: as it was
    until: int | None = None
    cause: Literal["manager", "load", "return"] = "manager"
    tide: str | None = None


class FreeGiven(CounterEvent, frozen=True, kw_only=True, tag="free_given"):
    clerk: ClerkId
    item: str
    quantity: int = 1
    ticket: TicketId | None = None


class LeaseRenewed(CounterEvent, frozen=True, kw_only=True, tag="lease_renewed"):
    pass


class LeaseLapsed(CounterEvent, frozen=True, kw_only=True, tag="lease_lapsed"):
    clerk: ClerkId


# ------------------------------------------------------------------ decide


def find(hall: Hall, counter: CounterId) -> Counter:
    """Raises NotFound ``unknown-counter``."""
    try:
        return hall.counters[counter]
    except KeyError:
        raise NotFound("unknown-counter", counter=counter) from None


def standing_of(hall: Hall, counter: Counter, now: int) -> Standing:
    """Open, early, in a break or closed, by the counter's own hours where it has some. Nobody is kept from working longer."""
    return standing(now, hall.setup, hall.counter_hours.get(counter.id))


def staffed(hall: Hall, counter_id: CounterId, context: Context) -> Counter:
    """The counter, when it is open and the actor may work there."""
    counter = find(hall, counter_id)
    if counter.state == "closed":
        raise Conflict("counter-closed", counter=counter.label)
    _must_be_own(counter, context)
    return counter


def _must_be_own(counter: Counter, context: Context) -> None:
    if not context.actor.manages and counter.clerk != context.actor.id:
        raise NotAllowed("not-your-counter", counter=counter.label)


def _recorded(hall: Hall, clerk: ClerkId, counter: Counter) -> list[Event]:
    """A clerk nobody knows yet is put on record, with the counter's skills; one who sits elsewhere is refused."""
    known = hall.clerks.get(clerk)
    if known is None:
        return [ClerkRecorded(clerk=clerk, name=clerk, skills=counter.serves + counter.helps)]
    if known.counter is not None and known.counter != counter.id:
        raise Conflict("clerk-elsewhere", clerk=known.name, counter=hall.counters[known.counter].label)
    return []


def open_(hall: Hall, command: OpenCounter, context: Context) -> list[Event]:
    """Opening one's own open counter changes nothing; opening one's own paused counter goes on."""
    counter = find(hall, command.counter)
    _must_be_self(command.clerk, context)
    if counter.clerk is not None and counter.clerk != command.clerk:
        raise Conflict("counter-taken", counter=counter.label, clerk=hall.clerks[counter.clerk].name)
    events = _recorded(hall, command.clerk, counter)
    if counter.state == "closed":
        return [*events, CounterOpened(counter=counter.id, clerk=command.clerk)]
    return [CounterResumed(counter=counter.id)] if counter.state == "paused" else []


def _must_be_self(clerk: ClerkId, context: Context) -> None:
    if not clerk or len(clerk) > 64 or not clerk.isprintable():
        raise Invalid("bad-clerk")
    if not context.actor.manages and clerk != context.actor.id:
        raise NotAllowed("not-yourself", clerk=clerk)


def take_over(hall: Hall, command: TakeOverCounter, context: Context) -> list[Event]:
    """A manager may at any time, a clerk when the lease has lapsed. The ticket at the counter stays there."""
    counter = find(hall, command.counter)
    _must_be_self(command.clerk, context)
    if counter.clerk == command.clerk:
        return []
    events = _recorded(hall, command.clerk, counter)
    if counter.clerk is None:
        return [*events, CounterOpened(counter=counter.id, clerk=command.clerk)]
    if not context.actor.manages and context.now < counter.lease_until:
        raise Conflict("counter-leased", counter=counter.label, clerk=hall.clerks[counter.clerk].name)
    return [*events, CounterTakenOver(counter=counter.id, clerk=command.clerk, from_clerk=counter.clerk)]


def pause(hall: Hall, command: PauseCounter, context: Context) -> list[Event]:
    counter = staffed(hall, command.counter, context)
    _must_be_empty(hall, counter)
    if command.minutes is not None and not 1 <= command.minutes <= 480:
        raise Invalid("bad-minutes", minutes=command.minutes)
    until = context.now + command.minutes * MINUTE if command.minutes else None
    return [CounterPaused(counter=counter.id, reason=command.reason, until=until)]


def close(hall: Hall, command: CloseCounter, context: Context) -> list[Event]:
    counter = find(hall, command.counter)
    if counter.state == "closed":
        return []
    _must_be_own(counter, context)
    _must_be_empty(hall, counter)
    return [CounterClosed(counter=counter.id)]


def _must_be_empty(hall: Hall, counter: Counter) -> None:
    if counter.ticket is not None:
        raise Conflict("ticket-open", number=hall.tickets[counter.ticket].number, counter=counter.label)


def change(hall: Hall, command: ChangeCounter, context: Context) -> list[Event]:
    """Raises Invalid ``unknown-skill``, ``serves-nothing`` or ``bad-until``."""
    counter = find(hall, command.counter)
    serves = counter.serves if command.serves is None else tuple(dict.fromkeys(command.serves))
    helps = counter.helps if command.helps is None else tuple(dict.fromkeys(command.helps))
    for entry in serves + helps:
        if entry not in hall.queues and entry not in hall.services:
            raise Invalid("unknown-skill", entry=entry)
    if not serves:
        raise Invalid("serves-nothing", counter=counter.label)
    helps = tuple(entry for entry in helps if entry not in serves)
    kind = command.kind if command.kind != counter.kind else None
    if command.until is not None and not context.now < command.until <= context.now + CHANGE_US_MAX:
        raise Invalid("bad-until")
    lasting = command.until is None and counter.tide is None
    if lasting and kind is None and (serves, helps) == (counter.serves, counter.helps):
        return []
    return [CounterChanged(counter=counter.id, serves=serves, helps=helps, kind=kind, until=command.until)]


def give_free(hall: Hall, command: GiveFree, context: Context) -> list[Event]:
    """Raises Invalid ``unknown-free-service`` or ``bad-quantity``, NotFound ``unknown-ticket``."""
    counter = staffed(hall, command.counter, context)
    assert counter.clerk is not None, "it is staffed"
    if command.item not in {item.id for item in hall.setup.free_services}:
        raise Invalid("unknown-free-service", item=command.item)
    if not 1 <= command.quantity <= FREE_QUANTITY_MAX:
        raise Invalid("bad-quantity", quantity=command.quantity)
    ticket = command.ticket or counter.ticket
    if ticket is not None and ticket not in hall.tickets:
        raise NotFound("unknown-ticket", ticket=ticket[:64])
    return [
        FreeGiven(counter=counter.id, clerk=counter.clerk, item=command.item, quantity=command.quantity, ticket=ticket)
    ]


def leases(hall: Hall, present: frozenset[CounterId], context: Context) -> list[Event]:
    """Leases that end now: renewed where a desk is open, lapsed elsewhere."""
    events: list[Event] = []
    for counter in hall.counters.values():
        if counter.clerk is None or counter.lapsed or counter.lease_until > context.now:
            continue
        if counter.id in present:
            events.append(LeaseRenewed(counter=counter.id))
        else:
            events.append(LeaseLapsed(counter=counter.id, clerk=counter.clerk))
    return events


# ------------------------------------------------------------------ evolve


def renew(hall: Hall, counter: Counter, at: int) -> None:
    counter.lease_until = at + hall.setup.rules.lease_minutes * MINUTE
    counter.lapsed = False


def recorded(hall: Hall, event: ClerkRecorded, at: int) -> None:
    hall.clerks[event.clerk] = Clerk(id=event.clerk, name=event.name, skills=event.skills, recorded=True)


def opened(hall: Hall, event: CounterOpened, at: int) -> None:
    counter = hall.counters[event.counter]
    counter.clerk, counter.state, counter.since, counter.staffed_since = event.clerk, "free", at, at
    counter.reason = counter.until = None
    hall.clerks[event.clerk].counter = counter.id
    renew(hall, counter, at)
    hall.forget_staffing()


def taken_over(hall: Hall, event: CounterTakenOver, at: int) -> None:
    counter = hall.counters[event.counter]
    hall.clerks[event.from_clerk].counter = None
    hall.clerks[event.clerk].counter = counter.id
    counter.clerk = event.clerk
    renew(hall, counter, at)
    hall.forget_staffing()


def paused(hall: Hall, event: CounterPaused, at: int) -> None:
    counter = hall.counters[event.counter]
    counter.state, counter.since, counter.reason, counter.until = "paused", at, event.reason or None, event.until
    renew(hall, counter, at)
    hall.forget_staffing()


def resumed(hall: Hall, event: CounterResumed, at: int) -> None:
    counter = hall.counters[event.counter]
    counter.state, counter.since, counter.reason, counter.until = "free", at, None, None
    renew(hall, counter, at)
    hall.forget_staffing()


def closed(hall: Hall, event: CounterClosed, at: int) -> None:
    leave(hall, hall.counters[event.counter], at)
    hall.release_wanted(event.counter)
    hall.forget_staffing()


def leave(hall: Hall, counter: Counter, at: int) -> None:
    """Nobody sits here any more."""
    assert counter.clerk is not None and counter.staffed_since is not None, "only an open counter is left"
    hall.clerks[counter.clerk].counter = None
    counter.staffed_us += at - counter.staffed_since
    counter.clerk = counter.ticket = counter.staffed_since = counter.reason = counter.until = None
    counter.state, counter.since, counter.lapsed, counter.lease_until = "closed", at, False, 0


def changed(hall: Hall, event: CounterChanged, at: int) -> None:
    """A change for a while remembers what was before the first of them; a lasting one, and a return, forget it."""
    counter = hall.counters[event.counter]
    before = counter.tide or TideNow(serves=counter.serves, helps=counter.helps, kind=counter.kind)
    for_a_while = event.cause == "load" or event.until is not None
    counter.tide = msgspec.structs.replace(before, until=event.until, rule=event.tide) if for_a_while else None
    counter.by_hand = counter.by_hand or event.cause == "manager"
    counter.serves, counter.helps, counter.kind = event.serves, event.helps, event.kind or counter.kind
    hall.forget_staffing()


def free_given(hall: Hall, event: FreeGiven) -> None:
    hall.measures.free[event.item] = hall.measures.free.get(event.item, 0) + event.quantity


def lapsed(hall: Hall, event: LeaseLapsed, at: int) -> None:
    hall.counters[event.counter].lapsed = True
