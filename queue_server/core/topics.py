"""What an event touches, so that only the screens that look at it are made anew.

hall            set-up, day, notices            ticket:{id}   one ticket
queues          any queue's length or wait      queue:{id}    one queue
counters        any counter's state             counter:{id}  one counter
calls           a call or recall anywhere       calls:{zone}  in one zone; zone:{zone} any counter of the zone
cases           any case or one-time notice     case:{id}     one case; department:{id} the cases of a department
emergency       somebody calls for help, comes, or it is over: with hall, so that every screen of staff is told
"""

from __future__ import annotations

from . import counters as c
from . import emergency as e
from . import setup as s
from . import visits as v
from .back_office import CaseReturned
from .cases import Case, CaseEvent, CaseId
from .hall import AnyEvent, Hall
from .one_time import NoticeGiven

CALLS = "calls"


def topics(hall: Hall, event: AnyEvent) -> set[str]:
    """Asked after ``evolve``."""
    found: set[str] = set()
    if isinstance(event, v.TicketEvent):
        ticket = hall.tickets[event.ticket]
        found |= {f"ticket:{event.ticket}", f"queue:{ticket.queue}", "queues"}
        if isinstance(event, v.TicketTransferred):
            found.add(f"queue:{ticket.legs[-2].queue}")
        if ticket.wanted is not None:
            found.add(f"counter:{ticket.wanted}")
        if isinstance(event, v.TicketIssued) and event.case is not None:
            found |= _case(hall, hall.cases[CaseId(event.case)])
    elif isinstance(event, CaseEvent):
        found |= _case(hall, hall.cases[event.case])
        if isinstance(event, CaseReturned) and event.to == "department":
            found |= {f"department:{one.id}" for one in hall.setup.departments}  # the one it left is not in the event
    elif isinstance(event, NoticeGiven):
        found |= _notice(hall, event)
    elif isinstance(event, e.EmergencyCalled | e.EmergencyAnswered | e.EmergencyEnded):
        return {"hall", "emergency"}
    elif isinstance(event, s.CallDelivered):
        return set()  # proof for the log: the desk was told by the acks themselves
    elif not isinstance(event, c.CounterEvent):
        return {"hall"}
    counter_id = getattr(event, "counter", None)
    if isinstance(event, v.TicketCancelled):
        counter_id = ticket.legs[-1].counter  # the one that called it, or set it aside
    if counter_id is not None:
        counter = hall.counters[counter_id]
        found |= {f"counter:{counter.id}", f"zone:{counter.zone}", "counters"}
        if isinstance(event, v.TicketCalled | v.TicketRecalled):
            found |= {CALLS, f"calls:{counter.zone}"}
        if isinstance(event, c.CounterOpened | c.CounterPaused | c.CounterResumed | c.CounterClosed | c.CounterChanged):
            found.add("queues")  # waits depend on who works
    return found


def _case(hall: Hall, case: Case) -> set[str]:
    """The case itself, its department, and today's visit that looks at it."""
    found = {"cases", f"case:{case.id}", f"department:{case.matter.department}"}
    return found | {f"ticket:{ticket}" for ticket in case.visits if ticket in hall.tickets}


def _notice(hall: Hall, event: NoticeGiven) -> set[str]:
    found = {"cases"} if event.case is None else _case(hall, hall.cases[event.case])
    return found if event.ticket is None else found | {f"ticket:{event.ticket}"}
