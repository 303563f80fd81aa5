"""What the calls about applications refuse, each code at least once; and that a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from case_server import ALL, accepted, case_server, make_case_data, marked, ok, visit
from small_server import Server
from test_api import is_problem

from queue_server.web.operations import OPERATIONS

FIRST = "20260105-0001"
DAY = 24 * 3_600_000_000
LATER = marked(card="ok", photo="later", pledge="promised")
SEEN: set[str] = set()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Server]:
    with case_server(tmp_path, make_case_data(tmp_path)) as found:
        yield found


def refused(answer: Any, status: int, code: str) -> None:
    is_problem(answer, status, code)
    SEEN.add(code)


# ------------------------------------------------------------------ at the window

AT_WINDOW: list[tuple[str, Any, int, str]] = [
    ("materials", {"marks": marked(none="ok")}, 422, "unknown-material"),
    ("materials", {"marks": marked(card="later")}, 409, "not-deferrable"),
    ("materials", {"marks": marked(card="promised")}, 409, "not-promisable"),
    ("materials", {"marks": [{"material": "card", "mark": "perhaps"}]}, 422, "bad-body"),
    ("materials", {}, 422, "bad-body"),
    ("materials", {"marks": ALL, "ticket": "none"}, 404, "unknown-ticket"),
    ("services", {}, 422, "one-target"),
    ("services", {"services": ["a1"], "package": "birth"}, 422, "one-target"),
    ("services", {"services": ["none"]}, 422, "unknown-service"),
    ("services", {"package": "none"}, 422, "unknown-package"),
    ("services", {"services": ["a1"], "note": "x" * 1001}, 422, "note-too-long"),
    ("done", {"quantity": 0}, 422, "bad-quantity"),
    ("done", {"service": "none"}, 422, "unknown-service"),
    ("receive", {"marks": marked(none="ok")}, 422, "unknown-material"),
    ("receive", {"applicant": {"name": "x" * 65}}, 422, "bad-body"),
    ("receive", {"applicant": {"document": "x" * 33}}, 422, "bad-body"),
    ("receive", {"applicant": {"phone": "x" * 33}}, 422, "bad-body"),
    ("receive", {"applicant": {"address": "x" * 201}}, 422, "bad-body"),
    ("receive", {"applicant": {"agent": "x" * 65}}, 422, "bad-body"),
    ("accept", {"marks": marked(card="missing")}, 409, "materials-missing"),
    ("accept", {}, 409, "materials-unchecked"),
    ("accept", {"marks": LATER}, 409, "promise-missing"),
    ("accept", {"case": "20260105-0009"}, 404, "unknown-case"),
    ("accept", {"marks": ALL, "delivery": "pigeon"}, 422, "bad-body"),
    ("accept", {"service": "none"}, 422, "unknown-service"),
    ("accept", {"service": "c1", "delivery": "courier"}, 409, "no-courier"),
    ("reject", {}, 422, "bad-body"),
    ("reject", {"reason": "other", "case": "none"}, 404, "unknown-case"),
    ("one-time-notice", {}, 409, "materials-unchecked"),
    ("one-time-notice", {"marks": ALL}, 409, "nothing-missing"),
    ("one-time-notice", {"marks": marked(card="missing", photo="ok", pledge="ok"), "previous": "GZ-1"}, 404,
     "unknown-one-time-notice"),
    ("free", {"item": "none"}, 422, "unknown-free-service"),
    ("free", {"item": "copies", "quantity": 1000}, 422, "bad-quantity"),
    ("free", {"item": "copies", "ticket": "none"}, 404, "unknown-ticket"),
    ("transfer", {"rest": True, "service": "a1"}, 422, "one-target"),
]  # fmt: skip


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all of these: a refusal changes nothing."""
    directory = tmp_path_factory.mktemp("window")
    with case_server(directory, make_case_data(directory)) as found:
        visit(found)
        yield found


@pytest.mark.parametrize(("act", "body", "status", "code"), AT_WINDOW)
def test_at_the_window(window: Server, act: str, body: Any, status: int, code: str) -> None:
    seq = window.hall.state.seq
    refused(window.at("1", act, body, by="wang"), status, code)
    assert window.hall.state.seq == seq and window.hall.state.cases == {}


def test_a_service_is_done_once_and_then_nothing_is_left(hall: Server) -> None:
    visit(hall)
    ok(hall.at("1", "done"))
    refused(hall.at("1", "done"), 409, "already-done")
    refused(hall.at("1", "transfer", {"rest": True}), 409, "nothing-left")


def test_one_open_case_for_a_service_in_a_visit(hall: Server) -> None:
    accepted(hall)
    refused(hall.at("1", "accept", {"marks": ALL}), 409, "case-exists")
    refused(hall.at("1", "accept", {"case": FIRST}), 409, "case-state")


def test_nobody_is_served_here(hall: Server) -> None:
    refused(hall.at("1", "materials", {"marks": []}), 409, "counter-closed")
    hall.open("1", "wang")
    refused(hall.at("1", "accept", {"marks": ALL}), 409, "no-ticket")
    refused(hall.at("9", "accept", {"marks": ALL}), 404, "unknown-counter")
    hall.take()
    ok(hall.at("1", "next"))
    refused(hall.at("1", "receive", {}), 409, "ticket-not-serving")
    refused(hall.at("1", "receive", {}, by="li"), 403, "not-your-counter")
    refused(hall.at("1", "receive", {}, by="kiosk"), 403, "wrong-role")
    refused(hall.at("1", "receive", {}, by=None), 401, "not-signed-in")


def test_a_visitor_who_named_no_service(hall: Server) -> None:
    visit(hall, None, "5", kind="fallback")
    refused(hall.at("5", "accept", {}), 422, "nothing-asked")


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_a_counter_changes_for_a_day_at_most(hall: Server, minutes: int) -> None:
    refused(hall.ask("PATCH", "/counters/2", json={"kind": "fallback", "minutes": minutes}), 422, "bad-minutes")


# ------------------------------------------------------------------ about a case

ABOUT: list[tuple[str, str, Any, str, int, str]] = [
    # what has happened to the case, the act, its body, who asks
    ("", "take", {}, "deng", 403, "not-your-department"),
    ("t", "take", {}, "ouyi", 409, "case-taken"),
    ("", "take", {}, "kiosk", 403, "wrong-role"),
    ("", "return", {"to": "queue"}, "ou", 422, "reason-missing"),
    ("", "return", {"to": "department", "department": "d", "reason": "x"}, "ou", 422, "unknown-department"),
    ("s", "return", {"to": "queue", "reason": "x"}, "ou", 409, "case-stopped"),
    ("", "forward", {"counter": "1"}, "wang", 409, "case-state"),
    ("", "decide", {"decision": "granted", "counter": "1"}, "wang", 403, "no-authority"),
    ("", "decide", {"decision": "granted", "counter": "1"}, "li", 403, "not-your-counter"),
    ("t", "decide", {"decision": "granted"}, "ouyi", 409, "case-taken"),
    ("t", "decide", {"decision": "refused"}, "ou", 422, "reason-missing"),
    ("lt", "decide", {"decision": "granted"}, "ou", 409, "still-owed"),
    ("", "decide", {"decision": "granted"}, "ou", 409, "case-state"),
    ("", "decide", {"decision": "perhaps"}, "ou", 422, "bad-body"),
    ("s", "stop", {"kind": "correction"}, "ou", 409, "case-stopped"),
    ("", "stop", {"kind": "test"}, "ou", 409, "procedure-not-listed"),
    ("", "stop", {"kind": "correction", "workdays": 0}, "ou", 422, "bad-workdays"),
    ("", "stop", {"kind": "correction", "materials": ["none"]}, "ou", 422, "unknown-material"),
    ("", "resume", {}, "ou", 409, "case-not-stopped"),
    ("", "extend", {"days": 5, "reason": "x"}, "ou", 403, "needs-manager"),
    ("e", "extend", {"days": 5, "reason": "x"}, "manager", 409, "already-extended"),
    ("", "extend", {"days": 31, "reason": "x"}, "manager", 422, "bad-workdays"),
    ("", "extend", {"days": 5}, "manager", 422, "reason-missing"),
    ("", "extend", {"days": 5, "reason": "x" * 1001}, "manager", 422, "note-too-long"),
    ("", "settle", {"material": "photo"}, "ou", 404, "nothing-owed"),
    ("l", "settle", {"material": "photo", "how": "kept"}, "ou", 422, "bad-settlement"),
    ("l", "settle", {"material": "photo", "counter": "2"}, "wang", 409, "counter-closed"),
    ("l", "withdraw", {"cause": "overdue_material"}, "ou", 409, "nothing-overdue"),
    ("", "withdraw", {"cause": "not_completed"}, "ou", 409, "nothing-overdue"),
    ("", "ready", {}, "ou", 409, "case-state"),
    ("", "hand-over", {"counter": "1"}, "wang", 409, "case-state"),
    ("td", "hand-over", {"counter": "1", "by": "ticket", "ticket": "none"}, "wang", 404, "unknown-ticket"),
    ("td", "send", {"company": "x", "number": "1"}, "ou", 409, "no-address"),
    ("ctd", "send", {"company": "", "number": "1"}, "ou", 422, "bad-shipment"),
    ("", "deliver", {}, "wang", 409, "case-state"),
    ("", "one-time-notice", {}, "ou", 409, "case-state"),
]  # fmt: skip
STEPS: dict[str, Callable[[Server], Any]] = {
    "t": lambda hall: hall.post(f"/cases/{FIRST}/take", {}, by="ou"),
    "s": lambda hall: hall.post(f"/cases/{FIRST}/stop", {"kind": "hearing"}, by="ou"),
    "e": lambda hall: hall.post(f"/cases/{FIRST}/extend", {"days": 5, "reason": "x"}),
    "d": lambda hall: hall.post(f"/cases/{FIRST}/decide", {"decision": "granted"}, by="ou"),
}


@pytest.mark.parametrize(("before", "act", "body", "by", "status", "code"), ABOUT)
def test_about_a_case(hall: Server, before: str, act: str, body: Any, by: str, status: int, code: str) -> None:
    """``l``: a paper follows; ``c``: by courier."""
    fields: dict[str, Any] = {"marks": LATER, "promise": True} if "l" in before else {"marks": ALL}
    accepted(hall, **fields, **({"delivery": "courier"} if "c" in before else {}))
    for step in before:
        if step in STEPS:
            ok(STEPS[step](hall))
    seq = hall.hall.state.seq
    refused(hall.post(f"/cases/{FIRST}/{act}", body, by=by), status, code)
    assert hall.hall.state.seq == seq


def test_a_term_that_is_over_is_not_extended(hall: Server) -> None:
    accepted(hall)
    hall.clock.at += 30 * DAY
    refused(hall.post(f"/cases/{FIRST}/extend", {"days": 5, "reason": "x"}), 409, "term-over")


BODIES: dict[str, Any] = {
    "return": {"to": "queue", "reason": "x"}, "decide": {"decision": "granted"}, "stop": {"kind": "correction"},
    "extend": {"days": 1, "reason": "x"}, "settle": {"material": "photo"}, "send": {"company": "x", "number": "1"},
}  # fmt: skip


@pytest.mark.parametrize("act", [x.path.rpartition("/")[2] for x in OPERATIONS if x.id.startswith("case-")])
def test_a_case_that_is_not_there(window: Server, act: str) -> None:
    refused(window.post(f"/cases/none/{act}", {"counter": "1", **BODIES.get(act, {})}), 404, "unknown-case")


# ------------------------------------------------------------------ looking, and tickets


def test_looking(hall: Server) -> None:
    accepted(hall)
    refused(hall.get(f"/cases/{FIRST}", by=None), 401, "not-signed-in")
    refused(hall.get(f"/cases/{FIRST}", by="kiosk"), 403, "wrong-role")
    refused(hall.get(f"/cases/{FIRST}", by=None, params={"key": "x"}), 403, "wrong-case-key")
    ticket = next(iter(hall.hall.state.tickets))
    refused(hall.get(f"/cases/{ticket}", by=None, params={"key": hall.hall.ticket_key(ticket)}), 403, "wrong-case-key")
    refused(hall.get("/cases/none"), 404, "unknown-case")
    refused(hall.get("/one-time-notices/none"), 404, "unknown-one-time-notice")
    refused(hall.get("/one-time-notices/none", by=None, params={"key": "x"}), 403, "wrong-case-key")
    refused(hall.get("/cases", params={"state": "lost"}), 422, "unknown-state")
    refused(hall.get("/cases", params={"limit": "x"}), 422, "bad-limit")
    refused(hall.get("/cases", by="kiosk"), 403, "wrong-role")


def test_a_ticket_for_a_result_that_cannot_be(hall: Server) -> None:
    accepted(hall)
    asked = {"kind": "issue", "case": FIRST}
    refused(hall.post("/tickets", asked | {"case_key": "x"}, by="kiosk"), 403, "wrong-case-key")
    refused(hall.post("/tickets", asked | {"case": "none"}), 404, "unknown-case")
    refused(hall.post("/tickets", asked | {"service": "a1"}), 422, "too-much-asked")
    refused(hall.post("/tickets", {"kind": "integrated", "case": FIRST}), 422, "too-much-asked")
    ok(hall.post(f"/cases/{FIRST}/withdraw", {}, by="ou"))
    refused(hall.post("/tickets", asked), 409, "case-state")
    key = hall.hall.case_key(FIRST)
    refused(hall.post("/tickets", asked | {"case_key": key}, by="kiosk"), 409, "case-state")
    assert ok(hall.post("/tickets", asked, by="kiosk"), 201), "without the key nothing is said"


# ------------------------------------------------------------------ calls for help


def test_calls_for_help_that_cannot_be(hall: Server) -> None:
    refused(hall.post("/emergencies", {}), 422, "no-place")
    refused(hall.post("/emergencies", {"place": "x" * 65}), 422, "no-place")
    refused(hall.post("/emergencies", {"zone": "none"}), 422, "unknown-zone")
    refused(hall.post("/emergencies", {"counter": "none"}), 404, "unknown-counter")
    refused(hall.post("/emergencies", {"zone": "A"}, by="kiosk"), 403, "wrong-role")
    refused(hall.post("/emergencies/e9/answer", {}), 404, "unknown-emergency")
    ok(hall.post("/emergencies", {"zone": "A"}), 201)
    refused(hall.post("/emergencies/e1/end", {"note": "x" * 1001}), 422, "note-too-long")
    ok(hall.post("/emergencies/e1/end", {}))
    refused(hall.post("/emergencies/e1/end", {}), 409, "emergency-ended")
    refused(hall.post("/emergencies/e1/answer", {}), 409, "emergency-ended")


# ------------------------------------------------------------------ nothing is left out


def test_every_code_that_these_calls_name_is_refused_somewhere_above() -> None:
    """Those of the whole server (limits, faults, bodies that are no JSON) have tests of their own."""
    if len(SEEN) < 20:
        pytest.skip("not all tests of this file were run")
    calls = [x for x in OPERATIONS if x.part == "cases" or x.id.startswith("emergency")]
    calls += [x for x in OPERATIONS if x.id in ("materials", "assign", "done", "receive", "accept", "reject",
                                                "one-time-notice", "free")]  # fmt: skip
    named = {code for call in calls for codes in call.refusals.values() for code in codes}
    elsewhere = {
        "unknown-hall", "not-found", "server-error", "too-many-requests", "bad-token", "wrong-origin", "bad-json",
        "bad-request", "body-too-large", "bad-key", "key-reused", "not-ready", "too-busy", "store-failed",
        "ticket-elsewhere",
    }  # fmt: skip
    assert named - SEEN - elsewhere == set()
