"""Who is next at this counter, and why.

Score = time waited + head start of the visitor's class. As everybody's waiting grows alike, the order of two tickets never
changes while they wait: it is the order of ``rank = arrival - head start``. So each queue is a sorted list, and the next
ticket is found in a time that does not depend on how many wait.

The bound (tested in ``tests/properties``): for t, u waiting in one queue at a counter that serves it alike, and outside the
exceptions that are events with a reason, if u came later but is called first, then arrival(u) - arrival(t) <= h(u) - h(t).
Head start as an affine rule: DOMAIN 5.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sortedcontainers import SortedList

from .catalogue import CounterId, QueueId, TicketId
from .visits import MINUTE, SECOND, Ticket, Why

if TYPE_CHECKING:
    from .counters import Counter
    from .state import Hall


class Place(NamedTuple):
    """A waiting ticket's place in the order of its queue."""

    rank: int
    order: int
    ticket: TicketId


class Line:
    """The waiting tickets of one queue, in order; and the same by service, for counters that take only some."""

    def __init__(self) -> None:
        self.all: SortedList[Place] = SortedList()
        self.parts: dict[str, SortedList[Place]] = {}

    def add(self, place: Place, part: str) -> None:
        self.all.add(place)
        self.parts.setdefault(part, SortedList()).add(place)

    def remove(self, place: Place, part: str) -> None:
        self.all.remove(place)
        self.parts[part].remove(place)
        if not self.parts[part]:
            del self.parts[part]

    def first(self, part: str | None = None) -> Place | None:
        places = self.all if part is None else self.parts.get(part)
        return places[0] if places else None


class Lines:
    """All waiting tickets of a hall. Derived from the tickets: never stored."""

    def __init__(self) -> None:
        self.queues: dict[QueueId, Line] = {}
        self.wanted: dict[CounterId, SortedList[Place]] = {}

    def add(self, ticket: Ticket) -> None:
        place = Place(ticket.rank, ticket.order, ticket.id)
        if ticket.wanted is not None:
            self.wanted.setdefault(ticket.wanted, SortedList()).add(place)
        else:
            self.queues.setdefault(ticket.queue, Line()).add(place, part_of(ticket))

    def remove(self, ticket: Ticket) -> None:
        place = Place(ticket.rank, ticket.order, ticket.id)
        if ticket.wanted is not None:
            self.wanted[ticket.wanted].remove(place)
        else:
            self.queues[ticket.queue].remove(place, part_of(ticket))

    def waiting(self, queue: QueueId) -> int:
        line = self.queues.get(queue)
        return len(line.all) if line else 0

    def ahead(self, ticket: Ticket) -> int:
        """How many of the queue would now be called before this waiting ticket."""
        place = Place(ticket.rank, ticket.order, ticket.id)
        if ticket.wanted is not None:
            return int(self.wanted[ticket.wanted].bisect_left(place))
        return int(self.queues[ticket.queue].all.bisect_left(place))

    def ahead_of_rank(self, queue: QueueId, rank: int) -> int:
        """How many would be called before a ticket that joined this queue now with this rank."""
        line = self.queues.get(queue)
        return int(line.all.bisect_right(Place(rank, 1 << 62, TicketId("")))) if line else 0

    def oldest(self, hall: Hall, queue: QueueId) -> Ticket | None:
        """The ticket at the head of the queue."""
        line = self.queues.get(queue)
        place = line.first() if line else None
        return hall.tickets[place.ticket] if place else None


def part_of(ticket: Ticket) -> str:
    """The part of its queue a ticket waits in: its service, or its window kind when no service is named."""
    return ticket.service if ticket.service is not None else f"kind:{ticket.kind}"


def first_of(hall: Hall, entries: tuple[str, ...], kind: str | None = None) -> Ticket | None:
    """The ticket with the lowest rank in the queues and services listed, or taken for this window kind alone."""
    best: Place | None = None
    for entry in entries:
        line = hall.lines.queues.get(QueueId(entry))
        if line is not None:
            place = line.first()
        elif (queue := hall.queue_of.get(entry)) and (line := hall.lines.queues.get(queue)):
            place = line.first(entry)
        else:
            continue
        if place is not None and (best is None or place < best):
            best = place
    if kind is not None and (queue := hall.queue_of_kind.get(kind)) and (line := hall.lines.queues.get(queue)):
        place = line.first(f"kind:{kind}")
        if place is not None and (best is None or place < best):
            best = place
    return hall.tickets[best.ticket] if best is not None else None


def pick(hall: Hall, counter: Counter, now: int) -> tuple[Ticket, Why] | None:
    """The next ticket for this counter, and why.

    Tickets sent to this very counter and those of its own queues come first, by rank. Others are called when these are
    empty, or together with these once they have waited ``help_after_minutes``. Of all this, only what the clerk can do.
    """
    work = hall.work(counter)
    own = first_of(hall, work.serves, counter.kind)
    wanted = hall.lines.wanted.get(counter.id)
    if wanted:
        sent = hall.tickets[wanted[0].ticket]
        if own is None or (sent.rank, sent.order) < (own.rank, own.order):
            return sent, _why(hall, "wanted", sent, now)
    other = first_of(hall, work.helps)
    if other is not None and (own is None or _overdue(hall, other, now) and other.rank < own.rank):
        return other, _why(hall, "helping" if own is None else "overdue", other, now)
    if own is None:
        return None
    return own, _why(hall, _own_rule(hall, own), own, now)


def _own_rule(hall: Hall, ticket: Ticket) -> str:
    if ticket.returned:
        return "returned"
    if ticket.head_start:
        line = hall.lines.queues.get(ticket.queue)
        # A head start only explains the call if somebody who came earlier is passed over.
        if line is not None and any(hall.tickets[p.ticket].arrival < ticket.arrival for p in line.all[1:6]):
            return "head_start"
    return "longest"


def _overdue(hall: Hall, ticket: Ticket, now: int) -> bool:
    return now - ticket.arrival >= hall.setup.rules.help_after_minutes * MINUTE


def _why(hall: Hall, rule: str, ticket: Ticket, now: int) -> Why:
    return Why(
        rule=rule,  # type: ignore[arg-type]
        waited_seconds=max(0, now - ticket.arrival) // SECOND,
        minutes=ticket.head_start // MINUTE,
        visitor_class=_favoured(hall, ticket) if ticket.head_start else None,
        queue=ticket.queue,
    )


def _favoured(hall: Hall, ticket: Ticket) -> str | None:
    """The class that gave the head start: the first with the most minutes."""
    return max(ticket.needs, key=lambda need: hall.classes[need].minutes if need in hall.classes else -1, default=None)


def order_for(hall: Hall, counter: Counter, limit: int) -> list[Ticket]:
    """The counter's own waiting tickets in the order it will call them, at most ``limit``."""
    places: list[Place] = []
    serves = hall.work(counter).serves
    for entry in serves:
        line = hall.lines.queues.get(QueueId(entry))
        if line is not None:
            places += line.all[:limit]
        elif (queue := hall.queue_of.get(entry)) and (line := hall.lines.queues.get(queue)):
            places += line.parts.get(entry, SortedList())[:limit]
    wanted = hall.lines.wanted.get(counter.id)
    if wanted:
        places += wanted[:limit]
    kinds = hall.queue_of_kind.get(counter.kind)
    if kinds and kinds not in serves and (line := hall.lines.queues.get(kinds)):
        places += line.parts.get(f"kind:{counter.kind}", SortedList())[:limit]
    return [hall.tickets[place.ticket] for place in sorted(set(places))[:limit]]


def count_for(hall: Hall, entries: tuple[str, ...]) -> int:
    """How many wait in these queues and services."""
    total = 0
    for entry in entries:
        line = hall.lines.queues.get(QueueId(entry))
        if line is not None:
            total += len(line.all)
        elif (queue := hall.queue_of.get(entry)) and (line := hall.lines.queues.get(queue)):
            total += len(line.parts.get(entry, ()))
    return total
