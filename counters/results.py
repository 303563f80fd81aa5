"""The issue window (综合窗口出件): results to take in, to hand over, to send; and the cases the windows have to see to (W3, V12).

What is closed leaves the list with the day; who came with a ticket for a result is found by the ticket's case.
"""

from __future__ import annotations

from typing import Any

from queue_server.core.cases import Case
from queue_server.core.hall import Hall
from queue_server.views import Scene, ViewKind, iso
from queue_server.web.masks import mask
from queue_server.web.texts import department_name
from queue_server.web.words import t

from .case_rows import Rows

Json = dict[str, Any]
ROWS_MAX = 200
CLOSED_MAX = 30
LISTS = ("mend", "take_in", "collect", "send", "sent", "closed")
HERE = ("called", "serving")  # the visitor stands at a window


def make(hall: Hall, arg: str | None, scene: Scene) -> Json:
    """Every list of the issue window. The oldest come first, what is closed the other way round."""
    rows, here = Rows(hall, scene), visitors(hall)
    lists: dict[str, list[Case]] = {name: [] for name in LISTS}
    for case in sorted(hall.cases.values(), key=lambda case: (case.since, case.id)):
        name = list_of(case)
        if name is not None:
            lists[name].append(case)
    lists["closed"] = lists["closed"][::-1][:CLOSED_MAX]
    return {
        "tick": iso(scene.tick, hall),
        "counts": {name: len(found) for name, found in lists.items()},
        "lists": {
            name: [_row(rows, case, here.get(case.id)) for case in found[:ROWS_MAX]] for name, found in lists.items()
        },
    }


def list_of(case: Case) -> str | None:
    """``None``: it lies with a department, or nothing was ever to be handed over."""
    match case.state:
        case "received" | "told" | "returned":
            return "mend"
        case "decided":
            return "take_in"
        case "ready":
            return "send" if case.delivery == "courier" else "collect"
        case "sent":
            return "sent"
        case "closed" if case.ending in ("collected", "delivered"):
            return "closed"
    return None


def visitors(hall: Hall) -> dict[str, Json]:
    """Who has come for which result: those at a window before those who wait."""
    found: dict[str, Json] = {}
    for ticket in hall.tickets.values():
        if ticket.kind != "issue" or not ticket.cases or ticket.state not in ("waiting", *HERE):
            continue
        counter = hall.counters[ticket.counter].label if ticket.counter is not None else None
        for case in ticket.cases:
            if case not in found or found[case]["counter"] is None:
                found[case] = {
                    "id": ticket.id, "number": ticket.number, "state": ticket.state, "at": ticket.counter,
                    "counter": counter,
                }  # fmt: skip
    return found


def _row(rows: Rows, case: Case, visitor: Json | None) -> Json:
    lang = rows.lang
    last = _last_day(rows, case)
    return {
        **rows.row(case),
        "department": department_name(rows.hall, case.matter.department, lang),
        "decision": case.decision,
        "decision_text": t(lang, f"case.decision.{case.decision}") if case.decision is not None else None,
        "delivery": case.delivery,
        "address": mask(rows.scene.unseal(case.matter.applicant.address), "address"),
        "parcel": {"company": case.parcel.company, "number": case.parcel.number} if case.parcel is not None else None,
        "since_text": rows.day(case.since),
        "due": last,
        "late": last is not None and last["left"] is not None and last["left"] < 0,
        "reason": rows.scene.unseal(case.return_reason) if case.state == "returned" else None,
        "visitor": visitor,
    }


def _last_day(rows: Rows, case: Case) -> Json | None:
    """The one that the window can still keep."""
    if case.state == "returned":
        return rows.dues.terms(case)["promised"]
    return rows.dues.answer(case) if case.state == "received" else rows.dues.delivery(case)


def topics(hall: Hall, arg: str | None) -> frozenset[str]:
    """All cases, and the tickets of those who come for a result."""
    queue = hall.queue_of_kind.get("issue")
    return frozenset({"hall", "cases"} | ({f"queue:{queue}"} if queue is not None else set()))


RESULTS = ViewKind(name="results", make=make, topics=topics, template="results_live.html", first=False)
