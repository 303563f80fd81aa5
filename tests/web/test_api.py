"""The public contract, to the letter: tickets, services, counters, load, log, notices."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

import pytest
from small_server import Server

TICKET = {"id", "number", "state", "service", "kind", "queue", "ahead", "wait", "key", "follow_url"}
COUNTER = {"id", "label", "kind", "zone", "state", "serves"}


def instant(text: str) -> datetime.datetime:
    found = datetime.datetime.fromisoformat(text)
    assert found.tzinfo is not None, "times carry their offset"
    return found


def is_problem(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    body = answer.json()
    assert {"type", "title", "status", "code", "detail"} <= set(body)
    assert (body["status"], body["code"]) == (status, code)
    assert all(isinstance(body[field], str) and body[field] for field in ("type", "title", "detail"))


# ------------------------------------------------------------------ tickets


def test_a_ticket(server: Server) -> None:
    answer = server.post(
        "/tickets", {"service": "a1", "needs": ["elderly"], "channel": "phone", "lang": "en"}, by="kiosk"
    )
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/json")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert set(answer.json()) == {"ticket"}
    ticket = answer.json()["ticket"]
    assert set(ticket) >= TICKET
    assert (ticket["number"], ticket["state"], ticket["service"], ticket["kind"]) == ("A001", "waiting", "a1", None)
    assert (ticket["queue"], ticket["ahead"], ticket["wait"]) == ("A", 0, None)
    assert ticket["follow_url"] == f"http://hall.test/t/{ticket['id']}?key={ticket['key']}"


def test_only_one_of_service_package_and_kind_is_needed(server: Server) -> None:
    assert server.take("a1")["queue"] == "A"
    assert server.post("/tickets", {"package": "birth"}).json()["ticket"]["queue"] == "B"
    ticket = server.post("/tickets", {"kind": "fallback"}).json()["ticket"]
    assert (ticket["queue"], ticket["service"], ticket["kind"]) == ("C", None, "fallback")


def test_the_wait_is_a_range_in_seconds(server: Server) -> None:
    server.open()
    assert server.take()["wait"] == {"low": 0, "likely": 0, "high": 60}


def test_following_a_ticket_with_its_key(server: Server) -> None:
    server.open()
    ticket = server.take()
    seen = server.get(f"/tickets/{ticket['id']}", by=None, params={"key": ticket["key"]})
    assert seen.status_code == 200
    assert {name: seen.json()["ticket"][name] for name in TICKET} == {name: ticket[name] for name in TICKET}
    server.at("1", "next")
    seen = server.get(f"/tickets/{ticket['id']}", by=None, params={"key": ticket["key"]}).json()
    assert (seen["ticket"]["state"], seen["ticket"]["counter"], seen["call"]["id"]) == ("called", "1", "c1")
    staff = server.get(f"/tickets/{ticket['id']}").json()["ticket"]
    assert "key" not in staff, "staff need no key, and learn none"


def test_cancelling_with_the_key_or_as_staff(server: Server) -> None:
    first, second, third = server.take(), server.take(), server.take()
    answer = server.post(f"/tickets/{first['id']}/cancel", by=None, params={"key": first["key"]})
    assert (answer.status_code, answer.json()["ticket"]["state"]) == (200, "cancelled")
    assert server.post(f"/tickets/{second['id']}/cancel", {}).json()["ticket"]["state"] == "cancelled"
    is_problem(server.post(f"/tickets/{second['id']}/cancel", {}), 409, "ticket-not-waiting")
    wrong = server.post(f"/tickets/{third['id']}/cancel", by=None, params={"key": first["key"]})
    is_problem(wrong, 403, "wrong-ticket-key")
    is_problem(server.post(f"/tickets/{third['id']}/cancel", by=None), 401, "not-signed-in")


def test_tickets_of_earlier_days_can_still_be_looked_up(server: Server) -> None:
    ticket = server.take()
    server.clock.at += 24 * 3_600_000_000
    server.post("/tickets", {"service": "b1"})
    old = server.get(f"/tickets/{ticket['id']}", by=None, params={"key": ticket["key"]})
    assert (old.status_code, old.json()["ticket"]["state"]) == (200, "expired")
    is_problem(
        server.post(f"/tickets/{ticket['id']}/cancel", by=None, params={"key": ticket["key"]}), 404, "unknown-ticket"
    )


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "nothing-asked"),
        ({"service": "a1", "package": "birth"}, 422, "too-much-asked"),
        ({"service": "x"}, 422, "unknown-service"),
        ({"package": "x"}, 422, "unknown-package"),
        ({"kind": "issue"}, 422, "kind-without-queue"),
        ({"kind": "x"}, 422, "bad-body"),
        ({"service": 5}, 422, "bad-body"),
        ({"service": "a1", "needs": "elderly"}, 422, "bad-body"),
        ({"service": "a1", "needs": ["x"]}, 422, "unknown-class"),
        ({"service": "a1", "lang": "fr"}, 422, "bad-body"),
        ({"service": "a1", "channel": "pigeon"}, 422, "bad-body"),
        ([], 422, "bad-body"),
        ("a1", 422, "bad-body"),
    ],
)
def test_tickets_that_cannot_be_taken(server: Server, body: Any, status: int, code: str) -> None:
    is_problem(server.post("/tickets", body), status, code)
    assert server.hall.state.tickets == {}


def test_the_contract_only_grows_so_unknown_fields_are_passed_over(server: Server) -> None:
    assert server.post("/tickets", {"service": "a1", "colour": "red"}).status_code == 201


# ------------------------------------------------------------------ services


def test_services(server: Server) -> None:
    answer = server.get("/services", by=None).json()
    assert set(answer) == {"services", "next"}
    assert [service["id"] for service in answer["services"]] == ["a1", "a2", "b1", "b2", "c1"]
    assert set(answer["services"][0]) >= {"id", "name", "theme", "department", "queue"}
    assert answer["services"][0]["name"] == {"zh": "甲一", "en": "First of A"}
    assert answer["next"] is None


def test_services_page_by_page(server: Server) -> None:
    first = server.get("/services", by=None, params={"limit": 2}).json()
    assert ([service["id"] for service in first["services"]], first["next"]) == (["a1", "a2"], 2)
    last = server.get("/services", by=None, params={"limit": 4, "offset": 2}).json()
    assert ([service["id"] for service in last["services"]], last["next"]) == (["b1", "b2", "c1"], None)


@pytest.mark.parametrize("q", ["乙一", "yiyi", "yy", "First of B", "first of b"])
def test_services_by_name_pinyin_and_initials(server: Server, q: str) -> None:
    assert "b1" in [service["id"] for service in server.get("/services", by=None, params={"q": q}).json()["services"]]


@pytest.mark.parametrize("q", ["主题", "Theme", "部门", "Department"])
def test_services_by_theme_and_department(server: Server, q: str) -> None:
    assert len(server.get("/services", by=None, params={"q": q}).json()["services"]) == 5


@pytest.mark.parametrize("path", ["/services", "/log"])
@pytest.mark.parametrize("limit", ["-1", "x", "1.5", "²", "9" * 16])
def test_pages_that_make_no_sense(server: Server, path: str, limit: str) -> None:
    is_problem(server.get(path, params={"limit": limit}), 422, "bad-limit")


# ------------------------------------------------------------------ counters


def test_counters(server: Server) -> None:
    server.open("1")
    answer = server.get("/counters", by=None).json()
    assert set(answer) == {"counters", "next"} and answer["next"] is None
    assert all(set(counter) >= COUNTER for counter in answer["counters"])
    assert [counter["state"] for counter in answer["counters"]] == ["free", "closed", "closed", "closed", "closed"]
    assert answer["counters"][2]["serves"] == ["b1"]
    assert "clerk" not in answer["counters"][0], "the public does not learn who sits there"
    assert server.get("/counters").json()["counters"][0]["clerk"] == "clerk1"


def test_the_way_of_a_ticket(server: Server) -> None:
    """next, start and finish with ``{}`` or with no body are always valid."""
    server.open("1")
    assert (server.at("1", "next").status_code, server.at("1", "next").content) == (204, b"")
    ticket = server.take()
    called = server.at("1", "next", {})
    assert called.status_code == 200
    assert (called.json()["ticket"]["id"], called.json()["ticket"]["state"]) == (ticket["id"], "called")
    assert (called.json()["call"]["id"], called.json()["counter"]["state"]) == ("c1", "called")
    assert called.json()["call"]["why"]
    assert server.at("1", "start", {}).json()["ticket"]["state"] == "serving"
    assert server.at("1", "finish").json()["ticket"]["state"] == "done"
    finished = [event for event in server.get("/log").json()["events"] if event["kind"] == "service_finished"]
    assert finished[0]["body"]["done"] == [{"service": "a1"}]


def test_the_why_speaks_the_callers_language(server: Server) -> None:
    server.open("1")
    server.take(), server.take()
    english = server.at("1", "next", headers={"accept-language": "en"}).json()["call"]["why"]
    server.at("1", "put-back")
    chinese = server.at("1", "next", headers={"accept-language": "zh-CN"}).json()["call"]["why"]
    assert english.isascii() and not chinese.isascii()


def test_every_act_of_a_counter(server: Server) -> None:
    server.open("1"), server.open("2")
    first, second = server.take(), server.take()
    state = lambda answer: (answer.status_code, answer.json()["ticket"]["state"])  # noqa: E731
    server.at("1", "next")
    is_problem(server.at("1", "recall"), 409, "too-early")
    server.clock.at += 31_000_000
    recalled = server.at("1", "recall")
    assert (recalled.json()["call"]["id"], recalled.json()["call"]["count"]) == ("c1", 2)
    assert state(server.at("1", "no-show")) == (200, "no_show")
    assert state(server.post(f"/tickets/{first['id']}/reinstate", {})) == (200, "waiting")
    assert state(server.at("2", "call", {"ticket": first["id"], "reason": "带孩子"})) == (200, "called")
    assert state(server.at("2", "put-back")) == (200, "waiting")
    assert state(server.at("1", "next")) == (200, "called")
    server.at("1", "start")
    held = server.at("1", "hold", {"kind": "papers_back", "note": "身份证"})
    assert (*state(held), held.json()["ticket"]["hold"]) == (200, "held", "papers_back")
    about = held.json()["ticket"]["id"]
    assert state(server.at("2", "resume", {"ticket": about, "to": "serving"})) == (200, "serving")
    moved = server.at("2", "transfer", {"service": "b1"}).json()["ticket"]
    assert (moved["state"], moved["queue"], moved["arrival"]) == ("waiting", "B", held.json()["ticket"]["arrival"])
    assert server.at("1", "pause", {"reason": "喝水", "minutes": 5}).json()["counter"]["state"] == "paused"
    assert server.at("1", "open", {"clerk": "clerk1"}).json()["counter"]["state"] == "free"
    assert server.at("1", "take-over", {"clerk": "wang"}).json()["counter"]["clerk"] == "wang"
    assert server.at("1", "close").json()["counter"]["state"] == "closed"
    assert second["number"] == "A002"


def test_acts_on_a_named_ticket(server: Server) -> None:
    server.open("1"), server.open("2")
    mine, other = server.take(), server.take()
    server.at("1", "next"), server.at("2", "next")
    is_problem(server.at("1", "start", {"ticket": other["id"]}), 409, "ticket-elsewhere")
    assert server.at("1", "start", {"ticket": mine["id"]}).status_code == 200
    is_problem(server.at("1", "finish", {"ticket": "nothing"}), 404, "unknown-ticket")
    assert (
        server.at("1", "finish", {"ticket": mine["id"], "services": [{"service": "a2", "quantity": 2}]}).status_code
        == 200
    )


@pytest.mark.parametrize("target", [{"service": "b1"}, {"kind": "fallback"}, {"counter": "2"}])
def test_transfers(server: Server, target: dict[str, str]) -> None:
    server.open("1"), server.open("2")
    server.take()
    server.at("1", "next")
    assert server.at("1", "transfer", target | {"note": "n"}).status_code == 200


@pytest.mark.parametrize("text", ["x", "张三", "a" * 64])
def test_any_text_is_a_clerk(server: Server, text: str) -> None:
    answer = server.at("1", "open", {"clerk": text})
    assert (answer.status_code, answer.json()["counter"]["clerk"]) == (200, text)


def test_refusals_at_counters(server: Server) -> None:
    is_problem(server.at("1", "next"), 409, "counter-closed")
    is_problem(server.at("9", "next"), 404, "unknown-counter")
    is_problem(server.at("1", "open", {"clerk": "x" * 65}), 422, "bad-clerk")
    server.open("1", "li")
    is_problem(server.at("1", "open", {"clerk": "wang"}), 409, "counter-taken")
    is_problem(server.at("2", "open", {"clerk": "li"}), 409, "clerk-elsewhere")
    is_problem(server.at("1", "start"), 409, "no-ticket")
    is_problem(server.at("1", "hold", {"kind": "for ever"}), 422, "bad-body")
    is_problem(server.at("1", "hold", {}), 422, "bad-body")
    is_problem(server.at("1", "pause", {"minutes": 0}), 422, "bad-minutes")
    ticket = server.take()
    is_problem(server.at("1", "call", {"ticket": ticket["id"]}), 422, "reason-missing")
    is_problem(server.at("1", "call", {"ticket": ticket["id"], "reason": "x" * 5_000}), 422, "note-too-long")
    server.at("1", "next")
    is_problem(server.at("1", "next"), 409, "ticket-open")
    is_problem(server.at("1", "transfer", {}), 422, "one-target")


@pytest.mark.parametrize("ticket", ["../x", "x y", "", "x" * 65, "票", "a:b"])
@pytest.mark.parametrize("act", ["call", "hold", "finish", "transfer", "resume"])
def test_ids_that_are_none_are_refused_and_nothing_breaks(server: Server, act: str, ticket: str) -> None:
    server.open("1")
    server.take()
    body = {"ticket": ticket, "reason": "r", "note": "n", "kind": "step"}
    if act == "transfer":
        body = {"ticket": ticket, "note": "n", "service": "b1"}
    if act == "resume":
        body = {"ticket": ticket}
    answer = server.at("1", act, body)
    assert answer.status_code in (404, 409, 422), answer.text


def test_what_a_counter_serves(server: Server) -> None:
    answer = server.ask("PATCH", "/counters/1", json={"serves": ["B", "c1"]})
    assert (answer.status_code, answer.json()["counter"]["serves"]) == (200, ["B", "c1"])
    is_problem(server.ask("PATCH", "/counters/1", json={"serves": ["x"]}), 422, "unknown-skill")
    is_problem(server.ask("PATCH", "/counters/1", json={"serves": []}), 422, "serves-nothing")
    is_problem(server.ask("PATCH", "/counters/9", json={"serves": ["B"]}), 404, "unknown-counter")


# ------------------------------------------------------------------ the hall


def test_notices(server: Server) -> None:
    answer = server.post("/notices", {"text": "今日较忙", "zone": "A", "minutes": 10})
    assert answer.status_code == 201
    notice = answer.json()["notice"]
    assert (notice["text"], notice["level"], notice["zone"]) == ({"zh": "今日较忙", "en": "今日较忙"}, "info", "A")
    assert (instant(notice["until"]) - instant(notice["since"])).total_seconds() == 600
    both = server.post("/notices", {"text": {"zh": "忙", "en": "Busy"}, "level": "safety"}).json()["notice"]
    assert both["text"] == {"zh": "忙", "en": "Busy"}
    assert server.post(f"/notices/{both['id']}/withdraw").status_code == 200
    is_problem(server.post(f"/notices/{both['id']}/withdraw"), 404, "unknown-notice")
    is_problem(server.post("/notices", {"text": " "}), 422, "bad-notice")
    is_problem(server.post("/notices", {}), 422, "bad-body")
    is_problem(server.post("/notices", {"text": "x", "zone": "X"}), 422, "unknown-zone")


def test_load(server: Server) -> None:
    server.open("1")
    server.take()
    answer = server.get("/load")
    assert answer.status_code == 200
    assert {"queues", "counters", "alarms"} <= set(answer.json())


def test_the_log(server: Server) -> None:
    server.open("1", "li")
    server.take()
    server.at("1", "next", by="clerk")
    answer = server.get("/log").json()
    assert set(answer) == {"events", "next"} and answer["next"] is None
    events = answer["events"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert all({"seq", "at", "kind", "body", "actor"} <= set(event) for event in events)
    assert [instant(event["at"]) for event in events] == sorted(instant(event["at"]) for event in events)
    assert (events[-1]["kind"], events[-1]["actor"]) == ("ticket_called", "li")
    assert server.get("/log", params={"after": len(events) - 1}).json()["events"] == events[-1:]
    assert server.get("/log", params={"after": 10**9}).json()["events"] == []
    page = server.get("/log", params={"after": 1, "limit": 2}).json()
    assert ([event["seq"] for event in page["events"]], page["next"]) == ([2, 3], 3)


def test_the_log_names_its_set_up_by_digest(server: Server) -> None:
    from factory import TEXT

    first = server.get("/log", params={"limit": 1}).json()["events"][0]
    assert first["body"]["digest"] == hashlib.sha256(TEXT.encode()).hexdigest()


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/metrics", 200)])
def test_the_root(server: Server, path: str, status: int) -> None:
    assert server.get(path, by=None).status_code == status
