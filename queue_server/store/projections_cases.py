"""Projections of cases, one-time notices, deferred papers, free services and calls for help. Part of :mod:`.projections`."""

from __future__ import annotations

from typing import Any

import msgspec

from queue_server.core import back_office as b
from queue_server.core import case_stops as p
from queue_server.core import case_time as t
from queue_server.core import counters as c
from queue_server.core import emergency as e
from queue_server.core import intake as i
from queue_server.core import owed as o
from queue_server.core import results as r
from queue_server.core.cases import CaseEvent, Dues, Matter, Terms
from queue_server.core.materials import Line
from queue_server.core.one_time import NoticeGiven

from .queries import load_queries

Change = tuple[str, tuple[Any, ...]]  # SQL and parameters

_SQL = load_queries("projections_cases.sql")
_encode = msgspec.json.Encoder().encode


def _json(value: object) -> str:
    return _encode(value).decode()


def case_changes(seq: int, at: int, event: CaseEvent) -> list[Change]:
    """What an event of a case does to the projections."""
    case = event.case
    match event:
        case i.CaseReceived():
            opened = _opened(case, at, event.matter, event.day, event.answer_due, event.items)
            return [(_SQL["case_received"], opened)]
        case i.CaseAccepted():
            return _accepted(at, event)
        case t.CaseDeemedAccepted():
            figures = (*_terms(event.terms), *_dues(event.dues))
            return [(_SQL["case_deemed_accepted"], (case, at, event.day, *figures))]
        case p.CaseStopped():
            stop = event.stop
            row = (case, at, seq, stop.kind, stop.since, stop.limit, len(stop.materials))
            return [(_SQL["case_stopped"], (case, at, stop.since)), (_SQL["stop_began"], row)]
        case p.CaseResumed():
            resumed = (case, at, event.day, *_dues(event.dues))
            return [(_SQL["case_resumed"], resumed), (_SQL["stop_ended"], (case, at, event.day))]
        case p.CaseExtended():
            return [(_SQL["case_extended"], (case, at, event.days, *_dues(event.dues)))]
        case t.CaseDueMoved():
            return [(_SQL["case_due_moved"], (case, at, *_dues(event.dues)))]
        case t.CaseWarned():
            return [(_SQL["case_warned"], (case,))]
        case t.CaseOverdue():
            return _overdue(at, event)
        case o.MaterialSettled():
            return [(_SQL["deferral_settled"], (case, at, event.material, event.how, int(event.late)))]
        case _:
            return _moved(at, event)


def _moved(at: int, event: CaseEvent) -> list[Change]:
    """The case goes to another state."""
    case = event.case
    match event:
        case b.CaseTaken():
            return [(_SQL["case_taken"], (case, at, event.clerk))]
        case b.CaseReturned():
            state = "returned" if event.to == "window" else "accepted"
            return [(_SQL["case_returned"], (case, at, state, event.department))]
        case b.CaseForwarded():
            return [(_SQL["case_moved"], (case, at, "accepted"))]
        case b.CaseDecided():
            return [(_SQL["case_decided"], (case, at, *_decided(event)))]
        case r.ResultReady():
            return [(_SQL["case_ready"], (case, at))]
        case r.ResultSent():
            return [(_SQL["case_sent"], (case, at, event.company, event.number))]
        case r.ResultCollected():
            return [(_SQL["case_closed"], (case, at, "collected", None))]
        case r.ResultDelivered():
            return [(_SQL["case_closed"], (case, at, "delivered", None))]
        case i.CaseRejected():
            return [(_SQL["case_closed"], (case, at, "rejected", event.reason))]
        case t.CaseWithdrawn():
            return [(_SQL["case_closed"], (case, at, "withdrawn", event.cause))]
        case _:
            raise AssertionError(f"{type(event).__name__} has no place in the projections: add one")


def _opened(
    case: str, at: int, matter: Matter, day: str, answer_due: str | None, items: tuple[Line, ...]
) -> tuple[Any, ...]:
    return (
        case, at, matter.ticket, matter.service, _json(matter.service_name), matter.version, matter.package,
        matter.department, matter.first_contact, matter.first_clerk, _json(matter.applicant), matter.person, matter.lang,
        day, answer_due, _json(items),
    )  # fmt: skip


def _accepted(at: int, event: i.CaseAccepted) -> list[Change]:
    case = event.case
    accepted = (
        case, at, event.day, event.counter, event.clerk, _json(event.matter.applicant), _json(event.items),
        event.delivery, int(event.unchecked), *_terms(event.terms), *_dues(event.dues),
    )  # fmt: skip
    found: list[Change] = [
        (_SQL["case_opened"], _opened(case, at, event.matter, event.day, None, event.items)),
        (_SQL["case_accepted"], accepted),
    ]
    for owed in event.owed:
        figures = (case, at, owed.material, _json(owed.name), owed.kind, owed.due, int(owed.known))
        found.append((_SQL["deferral_opened"], figures))
    return found


def _terms(terms: Terms) -> tuple[Any, ...]:
    return terms.statutory.value, terms.statutory.unit, terms.promised.value, terms.promised.unit


def _dues(dues: Dues) -> tuple[Any, ...]:
    return dues.statutory, dues.promised, int(dues.known)


def _decided(event: b.CaseDecided) -> tuple[Any, ...]:
    in_time = None if event.in_time is None else int(event.in_time)
    return (
        event.decision, event.day, event.clerk, int(event.at_once), in_time, event.delivery_due, int(event.paper)
    )  # fmt: skip


def _overdue(at: int, event: t.CaseOverdue) -> list[Change]:
    found: list[Change] = [(_SQL["case_overdue"], (event.case,))]
    if event.material is not None:
        found.append((_SQL["deferral_overdue"], (event.case, at, event.material)))
    return found


def notice_changes(at: int, event: NoticeGiven) -> list[Change]:
    row = (
        event.notice, at, event.day, event.ticket, event.case, event.service, _json(event.service_name), event.version,
        event.counter, event.clerk, event.matter, event.repeat, _json(event.fresh), _json(event.items), event.previous,
        event.lang,
    )  # fmt: skip
    found: list[Change] = [(_SQL["notice_given"], row)]
    if event.case is not None:
        found.append((_SQL["case_told"], (event.case, at)))
    return found


def free_changes(seq: int, at: int, event: c.FreeGiven) -> list[Change]:
    return [(_SQL["free_given"], (seq, at, event.counter, event.clerk, event.item, event.quantity, event.ticket))]


def emergency_changes(
    at: int, event: e.EmergencyCalled | e.EmergencyAnswered | e.EmergencyEnded
) -> list[Change]:
    match event:
        case e.EmergencyCalled():
            place = (event.kind, event.by, event.counter, event.zone, event.place)
            return [(_SQL["emergency_called"], (event.emergency, at, *place))]
        case e.EmergencyAnswered():
            return [(_SQL["emergency_answered"], (event.emergency, at, event.by))]
        case e.EmergencyEnded():
            return [(_SQL["emergency_ended"], (event.emergency, at, event.by, event.note))]
