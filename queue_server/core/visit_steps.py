"""What each event does to a ticket, its counter and the order of its queue. Nothing here refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import cases, forecast, measures
from .catalogue import ServiceId
from .counters import Counter
from .visits import (
    SECOND,
    Leg,
    ServiceFinished,
    ServiceStarted,
    Ticket,
    TicketCalled,
    TicketCancelled,
    TicketExpired,
    TicketHeld,
    TicketIssued,
    TicketMissed,
    TicketPutBack,
    TicketRecalled,
    TicketReinstated,
    TicketResumed,
    TicketTransferred,
    move,
)  # fmt: skip

if TYPE_CHECKING:
    from .state import Hall


def issued(hall: Hall, event: TicketIssued, at: int) -> None:
    ticket = Ticket(
        id=event.ticket, number=event.number, queue=event.queue, service=event.service,
        service_name=event.service_name, version=event.version, package=event.package, services=event.services,
        kind=event.kind, channel=event.channel, lang=event.lang, needs=event.needs, arrival=at,
        head_start=event.head_start, rank=at - event.head_start, order=hall.next_order(), promised=event.promised,
        ahead_promised=event.ahead, changed=at, legs=[Leg(queue=event.queue, service=event.service, since=at)],
    )  # fmt: skip
    hall.tickets[ticket.id] = ticket
    hall.series[event.queue] = hall.series.get(event.queue, 0) + 1
    hall.lines.add(ticket)
    measures.arrived(hall.measures, event.queue, at)
    if event.case is not None:
        cases.link(hall, ticket.id, cases.CaseId(event.case))


def called(hall: Hall, event: TicketCalled, at: int) -> None:
    ticket, counter = hall.tickets[event.ticket], hall.counters[event.counter]
    hall.lines.remove(ticket)
    move(ticket, "called", at)
    hall.call_total += 1
    ticket.wanted, ticket.counter, ticket.why = None, counter.id, event.why
    ticket.call_id, ticket.call_count, ticket.call_at = event.call, 1, at
    ticket.by_choice = ticket.by_choice or event.why.rule == "chosen"
    hall.called_by_queue[ticket.queue] = hall.called_of(ticket.queue) + 1
    if ticket.first_called is None:
        ticket.first_called, ticket.first_contact, ticket.first_clerk = at, counter.id, event.clerk
        waited = (at - ticket.arrival) // SECOND
        forecast.learn(hall.pace(ticket.queue), waited, ticket.ahead_promised, ticket.promised)
        measures.called(hall.measures, ticket.queue, at, waited, ticket.promised)
    leg = ticket.legs[-1]
    leg.counter, leg.clerk, leg.called, leg.calls = counter.id, event.clerk, at, 1
    counter.ticket, counter.state, counter.since = ticket.id, "called", at
    hall.ring(ticket, at)


def recalled(hall: Hall, event: TicketRecalled, at: int) -> None:
    ticket = hall.tickets[event.ticket]
    ticket.call_count, ticket.call_at, ticket.legs[-1].calls = event.count, at, event.count
    hall.ring(ticket, at)


def started(hall: Hall, event: ServiceStarted, at: int) -> None:
    ticket, counter = hall.tickets[event.ticket], hall.counters[event.counter]
    move(ticket, "serving", at)
    ticket.started = at
    ticket.legs[-1].started = at
    counter.state, counter.since = "serving", at


def _leave(hall: Hall, ticket: Ticket, at: int, outcome: str, note: str | None = None) -> Counter:
    """The ticket leaves its counter: the counter is free, the leg is closed. The state is moved by the caller."""
    assert ticket.counter is not None
    counter = hall.counters[ticket.counter]
    if counter.state == "serving":
        counter.serving_us += at - counter.since
        measures.served(hall.measures, ticket.queue, at, (at - counter.since) // SECOND)
    counter.ticket, counter.state, counter.since = None, "free", at
    ticket.counter = None
    leg = ticket.legs[-1]
    leg.ended, leg.outcome, leg.note = at, outcome, note
    return counter


def _wait_again(hall: Hall, ticket: Ticket, at: int) -> None:
    move(ticket, "waiting", at)
    ticket.order = hall.next_order()
    ticket.call_id, ticket.call_count, ticket.started, ticket.hold = None, 0, None, None
    hall.lines.add(ticket)
    ticket.legs.append(Leg(queue=ticket.queue, service=ticket.service, since=at))


def finished(hall: Hall, event: ServiceFinished, at: int) -> None:
    ticket = hall.tickets[event.ticket]
    counter = _leave(hall, ticket, at, event.outcome, event.note)
    leg = ticket.legs[-1]
    leg.done = (*leg.done, *event.done)
    ticket.finished = (*ticket.finished, *(one.service for one in event.done if one.service in ticket.services))
    move(ticket, "done", at)
    ticket.reason = event.outcome if event.outcome != "done" else None
    counter.served += 1
    measures.ended(hall.measures, ticket.queue, "done")
    if event.outcome == "unserved":
        measures.unserved(hall.measures, event.cause)
    if event.untold:
        hall.measures.untold.append(ticket.id)
    assert counter.clerk is not None, "somebody finished it"
    hall.clerks[counter.clerk].served += 1


def missed(hall: Hall, event: TicketMissed, at: int) -> None:
    ticket = hall.tickets[event.ticket]
    _leave(hall, ticket, at, "no_show")
    move(ticket, "no_show", at)
    ticket.missed_at = hall.called_of(ticket.queue)
    measures.ended(hall.measures, ticket.queue, "no_show")


def put_back_(hall: Hall, event: TicketPutBack, at: int) -> None:
    """A wrong call is taken back: the place in the queue is the old one, and so is the counter it was sent to."""
    ticket = hall.tickets[event.ticket]
    counter, order = _leave(hall, ticket, at, "put_back"), ticket.order
    _wait_again(hall, ticket, at)
    hall.lines.remove(ticket)
    ticket.order = order
    if ticket.why is not None and ticket.why.rule == "wanted":
        ticket.wanted = counter.id
    hall.lines.add(ticket)


def held(hall: Hall, event: TicketHeld, at: int) -> None:
    ticket = hall.tickets[event.ticket]
    _leave(hall, ticket, at, f"held:{event.kind}", event.note)
    move(ticket, "held", at)
    ticket.hold, ticket.by_choice = event.kind, True


def resumed(hall: Hall, event: TicketResumed, at: int) -> None:
    ticket = hall.tickets[event.ticket]
    if event.to == "waiting":
        ticket.returned = True
        _wait_again(hall, ticket, at)
        return
    counter = hall.counters[event.counter]
    move(ticket, "serving", at)
    ticket.counter, ticket.started, ticket.hold = counter.id, at, None
    leg = Leg(queue=ticket.queue, service=ticket.service, since=at, counter=counter.id, clerk=event.clerk, started=at)
    ticket.legs.append(leg)
    counter.ticket, counter.state, counter.since = ticket.id, "serving", at


def _services_after(ticket: Ticket, event: TicketTransferred) -> tuple[ServiceId, ...]:
    """A service that is new to the visit takes the place of the present one, or comes last when that one is done."""
    if event.service is None or event.service in ticket.services:
        return ticket.services
    if ticket.service in ticket.finished or ticket.service not in ticket.services:
        return (*ticket.services, event.service)
    return tuple(event.service if one == ticket.service else one for one in ticket.services)


def expired(hall: Hall, event: TicketExpired, at: int) -> None:
    """Left unserved at closing; not a no-show."""
    ticket = hall.tickets[event.ticket]
    hall.lines.remove(ticket)
    ticket.reason = event.reason
    leg = ticket.legs[-1]
    leg.ended, leg.outcome = at, "expired"
    move(ticket, "expired", at)


def transferred(hall: Hall, event: TicketTransferred, at: int) -> None:
    ticket = hall.tickets[event.ticket]
    _leave(hall, ticket, at, "transferred", event.note)
    ticket.services = _services_after(ticket, event)
    ticket.queue, ticket.service, ticket.service_name = event.queue, event.service, event.service_name
    ticket.kind, ticket.wanted, ticket.by_choice = event.kind, event.to_counter, True
    _wait_again(hall, ticket, at)


def cancelled(hall: Hall, event: TicketCancelled, at: int) -> None:
    ticket = hall.tickets[event.ticket]
    if ticket.state == "waiting":
        hall.lines.remove(ticket)
    if ticket.counter is not None:
        _leave(hall, ticket, at, "cancelled")
    move(ticket, "cancelled", at)
    ticket.reason, ticket.hold = event.by, None
    measures.ended(hall.measures, ticket.queue, "cancelled")


def reinstated(hall: Hall, event: TicketReinstated, at: int) -> None:
    ticket = hall.tickets[event.ticket]
    ticket.rank, ticket.returned, ticket.by_choice = event.rank, True, True
    _wait_again(hall, ticket, at)
    measures.returned(hall.measures, ticket.queue)
