"""Projections: tables for reports, made from the events alone.

:func:`changes` says which queries of ``projections.sql`` an event causes. It sees the event and nothing else, never
the live state, which moves on while a batch is being written. :func:`apply` runs them in order, a run of equal
queries in one go.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from queue_server.core import checklist as k
from queue_server.core import counters as c
from queue_server.core import emergency as e
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.cases import CaseEvent
from queue_server.core.hall import AnyEvent
from queue_server.core.one_time import NoticeGiven

from .projections_cases import Change as Change
from .projections_cases import case_changes, emergency_changes, free_changes, notice_changes
from .queries import load_queries

TABLES = {  # and their keys
    "visits": "ticket", "calls": "call", "servings": "seq", "shifts": "seq", "days": "day", "cases": "id",
    "notices": "notice", "deferrals": "id", "free_given": "seq", "emergencies": "emergency", "case_stops": "seq",
    "counter_changes": "seq",
}  # fmt: skip

_SQL = load_queries("projections.sql")
_first = itemgetter(0)
_encode = msgspec.json.Encoder().encode


def _json(value: object) -> str | None:
    return None if value is None else _encode(value).decode()


def changes(seq: int, at: int, event: AnyEvent) -> list[Change]:
    """What this event does to the projections."""
    match event:
        case v.TicketIssued():
            return [(_SQL["visit_issued"], _issued(at, event))]
        case v.TicketCalled():
            return _called(seq, at, event)
        case v.TicketRecalled():
            return [
                (_SQL["visit_recalled"], (event.ticket,)),
                (_SQL["call_repeated"], (event.call, at, event.count)),
            ]
        case v.ServiceStarted():
            return [
                (_SQL["call_ended"], (event.ticket, at, "started")),
                (_SQL["serving_started"], (event.ticket, at, event.counter, event.clerk, seq)),
                (_SQL["visit_started"], (event.ticket, at)),
            ]
        case v.ServiceFinished():
            return [
                (_SQL["serving_ended"], (event.ticket, at, event.outcome, _json(event.done))),
                (_SQL["visit_finished"], (event.ticket, at, event.outcome, event.cause, len(event.untold))),
            ]
        case CaseEvent():
            return case_changes(seq, at, event)
        case NoticeGiven():
            told = [(_SQL["visit_told"], (event.ticket,))] if event.ticket is not None else []
            return [*notice_changes(at, event), *told]
        case e.EmergencyCalled() | e.EmergencyAnswered() | e.EmergencyEnded():
            return emergency_changes(at, event)
        case c.FreeGiven():
            return free_changes(seq, at, event)
        case v.TicketEvent():
            return _left(seq, at, event)
        case c.CounterEvent():
            return _counter(seq, at, event)
        case s.DayOpened():
            return [(_SQL["day_opened"], (event.day, at, seq))]
        case s.DayClosed():
            return _day_closed(seq, at, event)
        case s.CallDelivered():
            figures = (event.call, at, len(event.shown), len(event.spoken), event.watching)
            return [(_SQL["call_delivered"], figures)]
        case _:
            return []


def _issued(at: int, event: v.TicketIssued) -> tuple[Any, ...]:
    low, likely, high = (None, None, None) if event.promised is None else msgspec.structs.astuple(event.promised)
    return (
        event.ticket, event.number, event.queue, event.service, _json(event.service_name), event.version, event.package,
        _json(event.services), event.kind, event.channel, event.lang, _json(event.needs), event.head_start, event.ahead,
        low, likely, high, at,
    )  # fmt: skip


def _called(seq: int, at: int, event: v.TicketCalled) -> list[Change]:
    why = event.why
    who = (event.ticket, at, event.call, event.counter, event.clerk)
    rule = (why.rule, why.waited_seconds, why.minutes, why.visitor_class, why.reason)
    return [
        (_SQL["call_made"], (*who, seq, *rule)),
        (_SQL["visit_called"], (*who, int(why.rule == "chosen"))),
    ]


def _left(seq: int, at: int, event: v.TicketEvent) -> list[Change]:
    """The ticket leaves its counter without being done, or comes back into the queue."""
    ticket = event.ticket
    match event:
        case v.TicketMissed():
            return [_ended(ticket, at, "no_show"), (_SQL["visit_missed"], (ticket, at))]
        case v.TicketPutBack():
            return [_ended(ticket, at, "put_back"), (_SQL["visit_put_back"], (ticket, at))]
        case v.TicketHeld():
            return [*_both_ended(ticket, at, "held"), (_SQL["visit_held"], (ticket, at, event.kind))]
        case v.TicketTransferred():
            target = (event.queue, event.service, _json(event.service_name), event.kind)
            return [*_both_ended(ticket, at, "transferred"), (_SQL["visit_transferred"], (ticket, at, *target))]
        case v.TicketCancelled():
            return [_ended(ticket, at, "cancelled"), (_SQL["visit_cancelled"], (ticket, at, event.by))]
        case v.TicketReinstated():
            return [(_SQL["visit_reinstated"], (ticket, at))]
        case v.TicketExpired():
            return [(_SQL["visit_closing"], (ticket, at, event.reason))]
        case k.MaterialsMarked() | k.ServicesAssigned() | k.ServiceDone():
            return _in_hand(event)
        case v.TicketResumed():
            resumed = (_SQL["visit_resumed"], (ticket, at, event.to, event.counter, event.clerk))
            if event.to == "waiting":
                return [resumed]
            return [resumed, (_SQL["serving_started"], (ticket, at, event.counter, event.clerk, seq))]
        case _:
            raise AssertionError(f"{type(event).__name__} has no place in the projections: add one")


def _in_hand(event: k.MaterialsMarked | k.ServicesAssigned | k.ServiceDone) -> list[Change]:
    """Something is done at the counter, and the ticket stays there. Marks are for the day, not for reports."""
    match event:
        case k.ServicesAssigned():
            named = (event.service, _json(event.service_name), event.package, event.version)
            return [(_SQL["visit_assigned"], (event.ticket, _json(event.services), *named))]
        case k.ServiceDone():
            found: list[Change] = [(_SQL["serving_done_one"], (event.ticket, _json(event.done)))]
            if event.next is not None:
                found.append((_SQL["visit_next"], (event.ticket, event.next, _json(event.next_name))))
            return found
        case _:
            return []


def _ended(ticket: str, at: int, outcome: str) -> Change:
    return _SQL["call_ended"], (ticket, at, outcome)


def _both_ended(ticket: str, at: int, outcome: str) -> list[Change]:
    """From being called or from being served; each update finds nothing to do in the other case."""
    return [_ended(ticket, at, outcome), (_SQL["serving_ended"], (ticket, at, outcome, None))]


def _counter(seq: int, at: int, event: c.CounterEvent) -> list[Change]:
    counter = event.counter
    match event:
        case c.CounterOpened():
            return [(_SQL["shift_began"], (counter, at, event.clerk, seq))]
        case c.CounterTakenOver():
            return [
                (_SQL["shift_ended"], (counter, at, "taken_over")),
                (_SQL["shift_began"], (counter, at, event.clerk, seq)),
            ]
        case c.CounterPaused():
            return [(_SQL["shift_paused"], (counter, at))]
        case c.CounterResumed():
            return [(_SQL["shift_resumed"], (counter, at))]
        case c.CounterClosed():
            return [(_SQL["shift_ended"], (counter, at, "closed"))]
        case c.CounterChanged():
            what = (_json(event.serves), _json(event.helps), event.kind, event.until, event.cause, event.tide)
            return [(_SQL["counter_changed"], (counter, at, seq, *what))]
        case _:
            return []


def _day_closed(seq: int, at: int, event: s.DayClosed) -> list[Change]:
    found: list[Change] = [_ended(ticket, at, "expired") for ticket in event.expired]
    found += [(_SQL["serving_ended"], (ticket, at, "expired", None)) for ticket in event.expired]
    found += [(_SQL["visit_expired"], (ticket, at)) for ticket in event.expired]
    found += [(_SQL["shift_ended"], (counter, at, "day_closed")) for counter in event.closed]
    return [*found, (_SQL["day_closed"], (event.day, at, seq, len(event.expired)))]


def apply(connection: sqlite3.Connection, found: Iterable[Change]) -> None:
    """Run the changes in order. A run of equal queries is one ``executemany``: half the cost of a morning's rush."""
    for sql, run in groupby(found, _first):
        connection.executemany(sql, [parameters for _, parameters in run])
