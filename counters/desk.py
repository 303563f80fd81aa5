"""The clerk's desk: what a clerk needs to see to work, as one view of the state.

The view is plain data in the language asked for, because three things read it: the desk page, the terminal
(``python -m counters``) and programs of others over the API. It holds instants; readers tick them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from queue_server.core.catalogue import CounterId, QueueId
from queue_server.core.counters import Counter
from queue_server.core.hall import Hall
from queue_server.core.routing import Place, count_for, order_for, pick
from queue_server.core.visits import SECOND, Ticket
from queue_server.views import Scene, ViewKind, iso, must_know
from queue_server.web.texts import clerk_name, why_text, window_text
from queue_server.web.ticket_story import is_hidden

from .desk_case import case_of, classes_of, visitor_facts, wish_of
from .desk_consult import free_rows, onward
from .emergency_rows import emergency_rows

ROWS_MAX = 20  # a desk lists at most so many of anything, and says how many there are


def make(hall: Hall, arg: str | None, scene: Scene) -> dict[str, Any]:
    """The desk of counter ``arg``. Raises NotFound."""
    counter = _counter(hall, arg)
    held, missed = _set_aside(hall, counter)
    ticket = hall.tickets.get(counter.ticket) if counter.ticket else None
    rules = hall.setup.rules
    return {
        "hall": {"id": hall.setup.id, "name": hall.setup.name[scene.lang]},
        "counter": _counter_facts(hall, counter, scene),
        "today": {
            "served": counter.served,
            "mean_seconds": counter.serving_us // SECOND // counter.served if counter.served else None,
        },
        "rules": {
            "call_max": rules.call_max, "recall_gap_seconds": rules.recall_gap_seconds, "blind": rules.blind,
        },
        "ticket": case_of(hall, ticket, scene) if ticket else None,
        "onward": onward(hall, counter, ticket, scene),
        "free": free_rows(hall, scene.lang),
        "emergencies": emergency_rows(hall, scene),
        "next": _next(hall, counter, scene),
        "own": _listed(hall, order_for(hall, counter, ROWS_MAX), _own_count(hall, counter), scene),
        "helping": _listed(hall, _helping(hall, counter), count_for(hall, hall.work(counter).helps), scene),
        "held": _listed(hall, held[:ROWS_MAX], len(held), scene),
        "missed": _listed(hall, missed[:ROWS_MAX], len(missed), scene),
    }  # fmt: skip


def topics(hall: Hall, arg: str | None) -> frozenset[str]:
    """The desk looks at its own counter, at the queues it calls from, and at the cases of its visitor."""
    counter = _counter(hall, arg)
    ticket = hall.tickets.get(counter.ticket) if counter.ticket else None
    cases = {f"case:{case}" for case in ticket.cases} if ticket else set()
    if ticket and ticket.state == "serving":  # how it stands where the visit may go on
        cases |= {f"queue:{hall.queue_of[service]}" for service in ticket.services if service in hall.queue_of}
    return frozenset({"hall", f"counter:{counter.id}"} | {f"queue:{queue}" for queue in _queues(hall, counter)} | cases)


DESK = ViewKind(name="desk", make=make, topics=topics, template="desk_live.html", first=True)


def _counter(hall: Hall, arg: str | None) -> Counter:
    counter = hall.counters.get(CounterId(arg or ""))
    must_know(counter, "unknown-counter", counter=arg)
    assert counter is not None, "must_know raised"
    return counter


def _queues(hall: Hall, counter: Counter) -> set[str]:
    """Every queue this counter may call from."""
    found = {hall.queue_of.get(entry, entry) for entry in counter.serves + counter.helps}
    if counter.kind in hall.queue_of_kind:
        found.add(hall.queue_of_kind[counter.kind])
    return found


def _counter_facts(hall: Hall, counter: Counter, scene: Scene) -> dict[str, Any]:
    """``lease_until``: until then nobody else may take this counter over without being asked."""
    return {
        "id": counter.id,
        "label": counter.label,
        "window": window_text(scene.lang, counter.label),
        "kind": counter.kind,
        "zone": counter.zone,
        "state": counter.state,
        "since": iso(counter.since or None, hall),
        "clerk": counter.clerk,
        "clerk_name": clerk_name(hall, counter.clerk),
        "lease_until": iso(counter.lease_until or None, hall),
        "lapsed": counter.lapsed,
        "reason": counter.reason,
        "until": iso(counter.until, hall),
        "serves": list(counter.serves),
        "helps": list(counter.helps),
    }


def _next(hall: Hall, counter: Counter, scene: Scene) -> dict[str, Any] | None:
    """Who would be called now, and why. A blind hall tells the number and the time only, so that nobody can choose."""
    if counter.state == "closed":
        return None
    found = pick(hall, counter, scene.tick)
    if found is None:
        return None
    ticket, why = found
    shown = row_of(hall, ticket, scene)
    if shown["hidden"]:
        return {**shown, "why": None}
    said = [leg.note for leg in ticket.legs if leg.note]
    return {
        **shown,
        **visitor_facts(hall, ticket, scene),
        "why": why_text(scene.lang, why, hall),
        "said": scene.unseal(said[-1]) if said else None,
    }


def _listed(hall: Hall, tickets: Iterable[Ticket], count: int, scene: Scene) -> dict[str, Any]:
    return {"count": count, "tickets": [row_of(hall, ticket, scene) for ticket in tickets]}


def row_of(hall: Hall, ticket: Ticket, scene: Scene) -> dict[str, Any]:
    """One line of a list. ``hidden``: the hall keeps what the visitor came for to itself until the call. ``noted``: colleagues
    left notes, which one press shows."""
    hidden = is_hidden(hall, ticket)
    counter = ticket.legs[-1].counter
    return {
        "id": ticket.id,
        "number": ticket.number,
        "hidden": hidden,
        "service": None if hidden else wish_of(hall, ticket, scene.lang),
        "classes": [] if hidden else classes_of(hall, ticket, scene.lang),
        "arrival": iso(ticket.arrival, hall),
        "state": ticket.state,
        "changed": iso(ticket.changed, hall),
        "wanted": ticket.wanted is not None,
        "returned": ticket.returned,
        "hold": ticket.hold,
        "noted": not hidden and any(leg.note for leg in ticket.legs),
        "counter": hall.counters[counter].label if counter in hall.counters else None,
    }


def _own_count(hall: Hall, counter: Counter) -> int:
    """All that :func:`order_for` would list without a limit."""
    serves = hall.work(counter).serves
    count = count_for(hall, serves) + len(hall.lines.wanted.get(counter.id, ()))
    queue = hall.queue_of_kind.get(counter.kind)
    if queue is not None and queue not in serves and (line := hall.lines.queues.get(queue)):
        count += len(line.parts.get(f"kind:{counter.kind}", ()))
    return count


def _helping(hall: Hall, counter: Counter) -> list[Ticket]:
    """Tickets of other queues that this counter may call, in their order."""
    places: list[Place] = []
    for entry in hall.work(counter).helps:
        line = hall.lines.queues.get(QueueId(hall.queue_of.get(entry, entry)))
        if line is None:
            continue
        places += line.all[:ROWS_MAX] if entry in hall.queues else line.parts.get(entry, [])[:ROWS_MAX]
    return [hall.tickets[place.ticket] for place in sorted(set(places))[:ROWS_MAX]]


# ------------------------------------------------------------------ held and missed

_aside: dict[str, tuple[int, int, list[Ticket]]] = {}  # by hall: (identity, seq, tickets), see below


def _aside_of(hall: Hall) -> list[Ticket]:
    """All held and missed tickets of the day, newest first. Forty desks share one look through the day's tickets per
    event; each looking for itself would cost a busy hall a third of a processor."""
    known = _aside.get(hall.setup.id)
    if known is not None and known[:2] == (id(hall), hall.seq):
        return known[2]
    found = [ticket for ticket in hall.tickets.values() if ticket.state in ("held", "no_show")]
    found.sort(key=lambda ticket: -ticket.changed)
    _aside[hall.setup.id] = (id(hall), hall.seq, found)
    return found


def _set_aside(hall: Hall, counter: Counter) -> tuple[list[Ticket], list[Ticket]]:
    """Held and missed tickets this counter can take up again; those that were last here come first."""
    queues = _queues(hall, counter)
    near = [x for x in _aside_of(hall) if x.queue in queues or x.legs[-1].counter == counter.id]
    near.sort(key=lambda ticket: ticket.legs[-1].counter != counter.id)
    return [x for x in near if x.state == "held"], [x for x in near if x.state == "no_show"]
