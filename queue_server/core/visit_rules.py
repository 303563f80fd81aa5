"""What a ticket may do next: commands to events. The states are in :mod:`.visits`, what events do in :mod:`.visit_steps`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import cases, forecast, routing
from .calendar import standing
from .catalogue import QueueId, Service, ServiceId, TicketId
from .context import Context
from .counters import Counter, LeaseRenewed
from .refusals import Conflict, Invalid, NotFound
from .visit_services import next_service, remaining, untold
from .visits import (
    MINUTE,
    SECOND,
    CallChosen,
    CancelTicket,
    Done,
    Event,
    FinishService,
    HoldTicket,
    MarkNoShow,
    PutBack,
    Recall,
    ReinstateTicket,
    ResumeTicket,
    ServiceFinished,
    ServiceStarted,
    StartService,
    TakeTicket,
    Ticket,
    TicketCalled,
    TicketCancelled,
    TicketHeld,
    TicketIssued,
    TicketMissed,
    TicketPutBack,
    TicketRecalled,
    TicketReinstated,
    TicketResumed,
    TicketTransferred,
    TransferTicket,
    Why,
)  # fmt: skip

if TYPE_CHECKING:
    from .state import Hall


def find(hall: Hall, ticket: TicketId) -> Ticket:
    """Raises NotFound ``unknown-ticket``."""
    try:
        return hall.tickets[ticket]
    except KeyError:
        raise NotFound("unknown-ticket", ticket=ticket) from None


def find_service(hall: Hall, service: str) -> Service:
    """Raises Invalid ``unknown-service``."""
    try:
        return hall.services[service]
    except KeyError:
        raise Invalid("unknown-service", service=service) from None


def take(hall: Hall, command: TakeTicket, context: Context) -> list[Event]:
    if command.ticket in hall.tickets:
        raise Conflict("ticket-exists", ticket=command.ticket)
    queue, service, services = _wish(hall, command)
    if command.case is not None:
        _must_be_collectable(hall, command)
    if not context.always_open:
        _must_be_taking(hall, service, context.now)
    head_start = _head_start(hall, command.needs)
    ahead = hall.lines.ahead_of_rank(queue, context.now - head_start)
    return [
        TicketIssued(
            ticket=command.ticket,
            number=hall.number_for(queue),
            queue=queue,
            service=service.id if service else None,
            service_name=service.name if service else None,
            version=hall.setup.version,
            package=command.package,
            services=services,
            kind=command.kind,
            channel=command.channel,
            lang=command.lang,
            needs=tuple(dict.fromkeys(command.needs)),
            head_start=head_start,
            ahead=ahead,
            promised=forecast.estimate(hall, queue, ahead, context.now),
            case=command.case,
        )  # fmt: skip
    ]


def _must_be_collectable(hall: Hall, command: TakeTicket) -> None:
    """Raises Invalid ``too-much-asked``, NotFound ``unknown-case``, Conflict ``case-state``."""
    if command.kind != "issue" or command.service is not None or command.package is not None:
        raise Invalid("too-much-asked")
    case = cases.find(hall, cases.CaseId(command.case or ""))
    if not case.is_open:
        raise Conflict("case-state", case=case.id, state=f"case-{case.state}")


def _must_be_taking(hall: Hall, service: Service | None, now: int) -> None:
    """A service with hours of its own follows these: it may be open when the hall is closed, and the other way round.

    Outside them a ticket is refused, or given while the hall is open, as ``rules.outside_hours`` says.
    Raises Conflict ``hall-closed`` or ``service-closed``.
    """
    general = hall.standing(now)
    if service is None or service.hours is None:
        if not general.taking:
            raise Conflict("hall-closed", opens=general.opens)
        return
    own = standing(now, hall.setup, service.hours)
    if not own.taking and not (general.taking and hall.setup.rules.outside_hours == "warn"):
        raise Conflict("service-closed", service=service.name, opens=own.opens)


def _wish(hall: Hall, command: TakeTicket) -> tuple[QueueId, Service | None, tuple[ServiceId, ...]]:
    """What the visitor came for: the queue, the first service, all services."""
    if (command.service, command.package, command.kind) == (None, None, None):
        raise Invalid("nothing-asked")
    if command.service is not None and command.package is not None:
        raise Invalid("too-much-asked")
    if command.package is not None:
        package = hall.packages.get(command.package)
        if package is None:
            raise Invalid("unknown-package", package=command.package)
        first = find_service(hall, package.services[0])
        return first.queue, first, package.services
    if command.service is not None:
        service = find_service(hall, command.service)
        return service.queue, service, (service.id,)
    queue = hall.queue_of_kind.get(command.kind or "")
    if queue is None:
        raise Invalid("kind-without-queue", kind=command.kind)
    return queue, None, ()


def _head_start(hall: Hall, needs: tuple[str, ...]) -> int:
    """The largest head start of the classes named: they do not add up."""
    minutes = 0
    for need in needs:
        if need not in hall.classes:
            raise Invalid("unknown-class", visitor_class=need)
        minutes = max(minutes, hall.classes[need].minutes)
    return minutes * MINUTE


def cancel(hall: Hall, command: CancelTicket, context: Context) -> list[Event]:
    ticket = find(hall, command.ticket)
    if ticket.state not in ("waiting", "held", "called"):
        raise Conflict("ticket-not-waiting", number=ticket.number, state=ticket.state)
    return [TicketCancelled(ticket=ticket.id, by="visitor" if context.actor.role == "visitor" else "staff")]


def reinstate(hall: Hall, command: ReinstateTicket, context: Context) -> list[Event]:
    """Back in time, the visitor is next but one; later, at the end of the queue. The number stays valid all day."""
    ticket = find(hall, command.ticket)
    if ticket.state != "no_show":
        raise Conflict("ticket-not-missed", number=ticket.number, state=ticket.state)
    passed = hall.called_of(ticket.queue) - ticket.missed_at
    in_time = passed <= hall.setup.rules.return_window_numbers
    first = hall.lines.oldest(hall, ticket.queue)
    rank = context.now
    if in_time:
        rank = min(first.rank, context.now) if first else min(ticket.rank, context.now)
    return [TicketReinstated(ticket=ticket.id, rank=rank, in_time=in_time)]


def call_next(hall: Hall, counter: Counter, context: Context) -> list[Event]:
    """Nobody waiting is no refusal. The clerk has shown to be there all the same, which is put on record once a minute."""
    _must_be_free(hall, counter)
    found = routing.pick(hall, counter, context.now)
    if found is None:
        lease = hall.setup.rules.lease_minutes * MINUTE
        stale = counter.lapsed or counter.lease_until - context.now < lease - MINUTE
        return [LeaseRenewed(counter=counter.id)] if stale else []
    return [_called(hall, counter, found[0], found[1])]


def call_chosen(hall: Hall, counter: Counter, command: CallChosen, context: Context) -> list[Event]:
    _must_be_free(hall, counter)
    ticket = find(hall, command.ticket)
    if ticket.state != "waiting":
        raise Conflict("ticket-not-waiting", number=ticket.number, state=ticket.state)
    waited = max(0, context.now - ticket.arrival) // SECOND
    why = Why(rule="chosen", waited_seconds=waited, queue=ticket.queue, reason=command.reason)
    return [_called(hall, counter, ticket, why)]


def _called(hall: Hall, counter: Counter, ticket: Ticket, why: Why) -> Event:
    assert counter.clerk is not None
    return TicketCalled(
        ticket=ticket.id, call=f"c{hall.call_total + 1}", counter=counter.id, clerk=counter.clerk, why=why
    )


def _must_be_free(hall: Hall, counter: Counter) -> None:
    if counter.ticket is not None:
        raise Conflict("ticket-open", number=hall.tickets[counter.ticket].number, counter=counter.label)
    if counter.state != "free":
        raise Conflict(f"counter-{counter.state}", counter=counter.label)


def own_ticket(hall: Hall, counter: Counter, named: TicketId | None, *states: str) -> Ticket:
    """The ticket at this counter, in one of these states. Raises Conflict."""
    if named is not None and named != counter.ticket:
        raise Conflict("ticket-elsewhere", number=find(hall, named).number, counter=counter.label)
    if counter.ticket is None:
        raise Conflict("no-ticket", counter=counter.label)
    ticket = hall.tickets[counter.ticket]
    if ticket.state not in states:
        raise Conflict(f"ticket-not-{states[0]}", number=ticket.number, state=ticket.state)
    return ticket


def recall(hall: Hall, counter: Counter, command: Recall, context: Context) -> list[Event]:
    ticket = own_ticket(hall, counter, command.ticket, "called")
    rules = hall.setup.rules
    if ticket.call_count >= rules.call_max:
        raise Conflict("call-limit", number=ticket.number, calls=rules.call_max)
    _must_have_waited(hall, ticket, context)
    assert ticket.call_id is not None
    return [TicketRecalled(ticket=ticket.id, call=ticket.call_id, counter=counter.id, count=ticket.call_count + 1)]


def _must_have_waited(hall: Hall, ticket: Ticket, context: Context) -> None:
    gap = ticket.call_at + hall.setup.rules.recall_gap_seconds * SECOND - context.now
    if gap > 0:
        raise Conflict("too-early", number=ticket.number, seconds=-(-gap // SECOND))


def start(hall: Hall, counter: Counter, command: StartService) -> list[Event]:
    ticket = own_ticket(hall, counter, command.ticket, "called")
    assert counter.clerk is not None
    return [ServiceStarted(ticket=ticket.id, counter=counter.id, clerk=counter.clerk)]


def finish(hall: Hall, counter: Counter, command: FinishService) -> list[Event]:
    """Without more, the ticket's own service is recorded once."""
    ticket = own_ticket(hall, counter, command.ticket, "serving")
    done = command.done
    if done is None:
        already = ticket.service is not None and ticket.service in ticket.finished
        done = () if already or command.outcome == "unserved" else (Done(service=ticket.service),)
    for entry in done:
        if entry.service is not None:
            find_service(hall, entry.service)
        check_quantity(entry)
    return [
        ServiceFinished(
            ticket=ticket.id, counter=counter.id, done=done, outcome=command.outcome, note=command.note,
            cause=command.cause if command.outcome == "unserved" else None, untold=untold(hall, ticket),
        )
    ]  # fmt: skip


def check_quantity(done: Done) -> None:
    """Raises Invalid ``bad-quantity``."""
    if not (1 <= done.quantity <= 999 and 1 <= done.persons <= 999):
        raise Invalid("bad-quantity", quantity=done.quantity)


def no_show(hall: Hall, counter: Counter, command: MarkNoShow, context: Context) -> list[Event]:
    ticket = own_ticket(hall, counter, command.ticket, "called")
    missing = hall.setup.rules.call_max - ticket.call_count
    if not context.actor.manages:
        if missing > 0:
            raise Conflict("too-early", number=ticket.number, calls=missing)
        _must_have_waited(hall, ticket, context)
    return [TicketMissed(ticket=ticket.id, counter=counter.id, early=missing > 0)]


def put_back(hall: Hall, counter: Counter, command: PutBack) -> list[Event]:
    return [TicketPutBack(ticket=own_ticket(hall, counter, command.ticket, "called").id, counter=counter.id)]


def hold(hall: Hall, counter: Counter, command: HoldTicket) -> list[Event]:
    ticket = own_ticket(hall, counter, command.ticket, "serving", "called")
    return [TicketHeld(ticket=ticket.id, counter=counter.id, kind=command.kind, note=command.note)]


def resume(hall: Hall, counter: Counter, command: ResumeTicket) -> list[Event]:
    ticket = find(hall, command.ticket)
    if ticket.state != "held":
        raise Conflict("ticket-not-held", number=ticket.number, state=ticket.state)
    if command.to == "serving":
        _must_be_free(hall, counter)
    return [
        TicketResumed(
            ticket=ticket.id,
            counter=counter.id,
            to=command.to,
            clerk=counter.clerk if command.to == "serving" else None,
        )  # fmt: skip
    ]


def _rest(hall: Hall, ticket: Ticket) -> Service:
    """Raises Conflict ``nothing-left``."""
    following = next_service(hall, None, remaining(ticket))
    if following is None:
        raise Conflict("nothing-left", number=ticket.number)
    return following


def transfer(hall: Hall, counter: Counter, command: TransferTicket) -> list[Event]:
    """To a service, the rest of the visit's services, a window kind or a counter: exactly one. The arrival time stays."""
    ticket = own_ticket(hall, counter, command.ticket, "serving", "called")
    if sum(x is not None for x in (command.service, command.kind, command.to_counter)) + command.rest != 1:
        raise Invalid("one-target")
    queue, service, name, kind = ticket.queue, ticket.service, ticket.service_name, ticket.kind
    if command.service is not None or command.rest:
        found = find_service(hall, command.service) if command.service is not None else _rest(hall, ticket)
        queue, service, name = found.queue, found.id, found.name
    elif command.kind is not None:
        if command.kind not in hall.queue_of_kind:
            raise Invalid("kind-without-queue", kind=command.kind)
        queue, service, name, kind = hall.queue_of_kind[command.kind], None, None, command.kind
    elif command.to_counter not in hall.counters:
        raise Invalid("unknown-counter", counter=command.to_counter)
    elif hall.counters[command.to_counter].state == "closed":
        raise Conflict("counter-closed", counter=hall.counters[command.to_counter].label)
    return [
        TicketTransferred(
            ticket=ticket.id,
            counter=counter.id,
            queue=queue,
            service=service,
            service_name=name,
            kind=kind,
            to_counter=command.to_counter,
            note=command.note,
        )  # fmt: skip
    ]
