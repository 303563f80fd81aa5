"""Applications over the public API, from the question to the result (MISSION W1, W3, W7, V3 to V8, V12)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from case_server import (
    ALL,
    APPLICANT,
    DOCUMENT,
    NAME,
    PHONE,
    accepted,
    case_server,
    make_case_data,
    marked,
    ok,
    visit,
)
from small_server import HALL, Server

DAY = 24 * 3_600_000_000


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Server]:
    with case_server(tmp_path, make_case_data(tmp_path)) as found:
        yield found


# ------------------------------------------------------------------ the whole path


def test_from_the_question_to_the_result(tmp_path: Path) -> None:
    """Consultation, one-time notice, second visit, acceptance with a deferred paper, back office, result by courier."""
    secrets = make_case_data(tmp_path)
    with case_server(tmp_path, secrets) as hall:
        clock = hall.clock
        told = first_visit(hall)
        case = second_visit(hall, told)
        files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert case.encode() in files, "log, answers and projections are on disk"
        assert [word for word in (NAME, DOCUMENT, PHONE) if word.encode() in files] == []
    clock.at += DAY
    with case_server(tmp_path, secrets, clock) as hall:
        kept = ok(hall.get(f"/cases/{case}", by="ou"))["case"]
        assert kept["applicant"]["name"] == NAME, "a restart keeps everything"
        in_the_back_office(hall, case)
        clock.at += 2 * DAY
        result(hall, case)
        key = ok(hall.get(f"/cases/{case}"))["case"]["follow_url"].rpartition("=")[2]
    clock.at += 30 * DAY
    with case_server(tmp_path, secrets, clock) as hall:
        old = ok(hall.get(f"/cases/{case}", by=None, params={"key": key}))["case"]
        assert case not in hall.hall.state.cases
        assert (old["state"], old["ending_text"], old["parcel"]["number"]) == ("closed", "已送达", "EMS123")
        assert (old["applicant"]["name"], old["number"], old["in_time"]) == ("张**明", "A001", True)
        assert [step["what"] for step in old["steps"]] == [
            "case_accepted", "case_decided", "result_ready", "result_sent", "result_delivered",
        ]  # fmt: skip
        assert ok(hall.get("/cases", params={"q": case}))["cases"][0]["id"] == case
        notice = ok(hall.get(f"/one-time-notices/{told}"))["notice"]
        assert notice["number"] == "C001" and notice["items"][0]["name"] == "身份证"


def first_visit(hall: Server) -> str:
    """The consultant names the service, looks at the papers, and tells what is missing."""
    hall.open("5", "li")
    ok(hall.post("/tickets", {"kind": "fallback"}, by="kiosk"), 201)
    ok(hall.at("5", "next", by="li"))
    ok(hall.at("5", "start", by="li"))
    named = ok(hall.at("5", "services", {"services": ["a1"], "note": f"{NAME}来问"}, by="li"))
    assert (named["ticket"]["services"], named["ticket"]["service"]) == (["a1"], "a1")
    ok(hall.at("5", "materials", {"marks": marked(photo="ok", pledge="promised")}, by="li"))
    moved = ok(hall.at("5", "transfer", {"service": "a1"}, by="li"))["ticket"]
    assert moved["queue"] == "A"
    hall.open("1", "wang")
    ok(hall.at("1", "next", by="wang"))
    here = ok(hall.at("1", "start", by="wang"))["ticket"]
    assert [mark["material"] for mark in here["marks"]] == ["photo", "pledge"], "nobody looks at a paper twice"
    body = {"marks": marked(card="missing"), "document": DOCUMENT}
    answer = ok(hall.at("1", "one-time-notice", body, by="wang"))
    notice = answer["notice"]
    assert ([item["name"] for item in notice["items"]], notice["repeat"]) == (["身份证"], 1)
    key = notice["follow_url"].rpartition("=")[2]
    held = ok(hall.get(f"/one-time-notices/{notice['id']}", by=None, params={"key": key}))
    assert held["notice"]["id"] == notice["id"]
    done = ok(hall.at("1", "finish", {"outcome": "unserved", "cause": "papers"}, by="wang"))
    assert done["ticket"]["state"] == "done"
    number: str = notice["id"]
    return number


def second_visit(hall: Server, told: str) -> str:
    """Accepted with a paper that follows; the receipt has a date."""
    visit(hall)
    body = {"marks": marked(card="ok", photo="later", pledge="promised"), "promise": True, "delivery": "courier",
            "applicant": APPLICANT}  # fmt: skip
    first = hall.at("1", "accept", body, by="wang", headers={"idempotency-key": "k1"})
    case = ok(first)["case"]
    assert case["state"] == "accepted" and case["promised"]["due_text"] == "1月12日 星期一"
    assert [owed["kind"] for owed in case["owed"]] == ["later", "promised"]
    assert set(case["applicant"].values()) == {"person", None}, "an answer that is kept holds no personal text"
    again = hall.at("1", "accept", body, by="wang", headers={"idempotency-key": "k1"})
    assert again.json() == first.json(), "the first answer again, not a second case"
    assert ok(hall.get("/cases"))["cases"][0]["applicant"]["name"] == "张**明"
    assert hall.hall.state.told[told].repeat == 1
    ok(hall.at("1", "finish", by="wang"))
    number: str = case["id"]
    return number


def in_the_back_office(hall: Server, case: str) -> None:
    at = f"/cases/{case}"
    assert ok(hall.post(f"{at}/take", {}, by="ou"))["case"]["state"] == "review"
    body = {"kind": "correction", "materials": ["card"], "note": f"请{NAME}补正"}
    stopped = ok(hall.post(f"{at}/stop", body, by="ou"))["case"]
    assert stopped["stop"]["kind_text"] == "等申请人补正" and stopped["promised"] is None
    held = ok(hall.get(at, by=None, params={"key": stopped["follow_url"].rpartition("=")[2]}))["case"]
    assert held["stop"]["note"] == f"请{NAME}补正", "the applicant reads what is asked for"
    hall.clock.at += DAY
    resumed = ok(hall.post(f"{at}/resume", {}, by="ou"))["case"]
    assert resumed["promised"]["due"] == "2026-01-13"
    hall.open("1", "wang")
    settled = ok(hall.post(f"{at}/settle", {"material": "photo", "counter": "1"}, by="wang"))["case"]
    assert settled["owed"][0]["how_text"] == "已补"
    assert ok(hall.post(f"{at}/settle", {"material": "pledge", "how": "kept"}, by="ou"))["case"]["unsettled"] == 0
    decided = ok(hall.post(f"{at}/decide", {"decision": "granted"}, by="ou"))["case"]
    assert (decided["state"], decided["in_time"]) == ("decided", True)


def result(hall: Server, case: str) -> None:
    hall.open("1", "wang")
    assert ok(hall.post(f"/cases/{case}/ready", {"counter": "1"}, by="wang"))["case"]["state"] == "ready"
    sent = ok(hall.post(f"/cases/{case}/send", {"company": "邮政", "number": "EMS123", "counter": "1"}, by="wang"))
    assert sent["case"]["parcel"]["company"] == "邮政"
    assert ok(hall.post(f"/cases/{case}/deliver", {}, by="wang"))["case"]["ending"] == "delivered"


# ------------------------------------------------------------------ at the window


def test_papers_are_taken_then_accepted(hall: Server) -> None:
    ticket = visit(hall)
    case = ok(hall.at("1", "receive", {"applicant": APPLICANT}))["case"]
    assert (case["state"], case["answer"]["left"], case["can"][0]) == ("received", 5, "accept")
    ok(hall.at("1", "finish"))
    later = ok(hall.at("1", "accept", {"case": case["id"], "marks": ALL}))["case"]
    assert (later["id"], later["state"], later["ticket"]) == (case["id"], "accepted", ticket["id"])
    assert ok(hall.get(f"/cases/{case['id']}"))["case"]["applicant"]["document"] == DOCUMENT


def test_a_notice_for_a_case_by_the_department(hall: Server) -> None:
    visit(hall)
    case = ok(hall.at("1", "receive"))["case"]["id"]
    body = {"marks": marked(card="missing", photo="ok", pledge="ok"), "note": "寄出"}
    told = ok(hall.post(f"/cases/{case}/one-time-notice", body, by="ou"))
    assert (told["case"]["state"], told["notice"]["case"]) == ("told", case)
    again = ok(hall.at("1", "one-time-notice", {"case": case, "marks": marked(card="ok", photo="missing", pledge="ok")}))
    assert (again["notice"]["repeat"], again["notice"]["fresh"]) == (2, ["照片"])
    ok(hall.at("1", "reject", {"case": case, "reason": "elsewhere", "note": "不归这里"}))
    assert ok(hall.get(f"/cases/{case}"))["case"]["ending"] == "rejected"


def test_a_matter_is_known_again_by_the_document(hall: Server) -> None:
    for repeat in (1, 2):
        visit(hall)
        body = {"marks": marked(card="missing", photo="ok", pledge="ok"), "document": f" {DOCUMENT[:6]}-{DOCUMENT[6:]}"}
        assert ok(hall.at("1", "one-time-notice", body))["notice"]["repeat"] == repeat
        ok(hall.at("1", "finish"))


def test_a_package_is_done_service_by_service(hall: Server) -> None:
    visit(hall, None, "4", package="birth")
    ok(hall.at("4", "accept", {"marks": marked(card="ok", photo="ok")}))
    one = ok(hall.at("4", "done", {"quantity": 2}))["ticket"]
    assert (one["service"], one["finished"]) == ("a1", ["b1"])
    ok(hall.at("4", "services", {"package": "birth"}))
    moved = ok(hall.at("4", "transfer", {"rest": True}))["ticket"]
    assert (moved["service"], moved["queue"], len(moved["cases"])) == ("a1", "A", 1)


def test_free_services_and_tide_windows(hall: Server) -> None:
    ticket = visit(hall)
    ok(hall.at("1", "free", {"item": "copies", "quantity": 3}))
    assert hall.hall.state.measures.free == {"copies": 3}
    ok(hall.at("1", "free", {"item": "copies", "ticket": ticket["id"]}))
    before = hall.hall.state.counters["2"].kind  # type: ignore[index]
    body = {"serves": ["C"], "kind": "fallback", "minutes": 30}
    changed = ok(hall.ask("PATCH", "/counters/2", json=body))["counter"]
    assert (changed["kind"], changed["tide"]["until"][11:16]) == ("fallback", "10:30")
    hall.clock.at += 31 * 60_000_000
    ok(hall.post("/tickets", {"service": "a1"}), 201)
    assert hall.hall.state.counters["2"].kind == before, "it came back by itself"  # type: ignore[index]


def test_decided_on_the_spot_and_handed_over(hall: Server) -> None:
    visit(hall, "a2")
    case = ok(hall.at("1", "accept"))["case"]["id"]
    decided = ok(hall.post(f"/cases/{case}/decide", {"decision": "granted", "counter": "1"}, by="wang"))["case"]
    assert decided["at_once"] is True
    handed = ok(hall.post(f"/cases/{case}/hand-over", {"counter": "1", "by": "ticket"}, by="wang"))["case"]
    assert handed["ending_text"] == "已领取"


def test_returned_mended_extended_and_withdrawn(hall: Server) -> None:
    case = accepted(hall)
    at = f"/cases/{case}"
    ok(hall.post(f"{at}/take", {}, by="ou"))
    back = ok(hall.post(f"{at}/return", {"to": "window", "reason": "章不清"}, by="ou"))["case"]
    assert (back["state"], back["return_reason"]) == ("returned", None)
    assert ok(hall.get(at, by="ou"))["case"]["return_reason"] == "章不清"
    assert ok(hall.post(f"{at}/forward", {"counter": "1", "note": "已补章"}, by="wang"))["case"]["state"] == "accepted"
    longer = ok(hall.post(f"{at}/extend", {"days": 10, "reason": "情况复杂"}))["case"]
    assert longer["terms"]["statutory"] == "20 个工作日，延长 10 个工作日"
    moved = ok(hall.post(f"{at}/return", {"to": "department", "department": "e", "reason": "不归我们"}, by="ou"))["case"]
    assert moved["department"]["id"] == "e"
    assert ok(hall.post(f"{at}/withdraw", {"note": "不办了"}, by="deng"))["case"]["ending"] == "withdrawn"


# ------------------------------------------------------------------ looking


def test_who_sees_the_applicant(hall: Server) -> None:
    case = accepted(hall, applicant=APPLICANT)
    names = {by: ok(hall.get(f"/cases/{case}", by=by))["case"]["applicant"]["name"] for by in ("admin", "manager", "ou", "wang")}
    assert set(names.values()) == {NAME}
    assert ok(hall.get(f"/cases/{case}", by="deng"))["case"]["applicant"]["name"] == "张**明", "of another department"
    url = ok(hall.get(f"/cases/{case}"))["case"]["follow_url"]
    held = ok(hall.get(f"/cases/{case}", by=None, params={"key": url.rpartition("=")[2]}))["case"]
    assert (held["applicant"]["phone"], held["can"], held["visits"]) == ("138****5678", [], [])
    assert url.startswith(f"http://hall.test/c/{case}?key=")


def test_who_serves_the_visitor_sees_the_applicant(hall: Server) -> None:
    case = accepted(hall, applicant=APPLICANT)
    assert ok(hall.get(f"/cases/{case}", by="li"))["case"]["applicant"]["name"] == "张**明"
    ok(hall.at("1", "finish"))
    hall.open("5", "li")
    ok(hall.post("/tickets", {"kind": "issue", "case": case}, by="kiosk"), 201)
    ok(hall.at("5", "next", by="li"))
    assert ok(hall.get(f"/cases/{case}", by="li"))["case"]["applicant"]["name"] == NAME


def test_cases_are_listed_and_found(hall: Server) -> None:
    one = accepted(hall, applicant=APPLICANT)
    ok(hall.at("1", "finish"))
    visit(hall, "b1")
    two = ok(hall.at("1", "accept", {"marks": marked(card="ok", photo="ok")}))["case"]["id"]
    found = lambda **params: [case["id"] for case in ok(hall.get("/cases", params=params))["cases"]]  # noqa: E731
    assert found() == [two, one]
    assert found(department="e") == [two] and found(department="none") == []
    assert found(state="accepted") == [two, one] and found(state="closed") == [] and found(state="open") == [two, one]
    assert found(q="小明") == [one] and found(q=DOCUMENT) == [one] and found(q="a001") == [one]
    assert found(q="乙一") == [two] and found(q=two) == [two] and found(q="nobody") == [] and found(q="？") == []
    page = ok(hall.get("/cases", params={"limit": 1}))
    assert ([case["id"] for case in page["cases"]], page["next"]) == ([two], 1)
    assert ok(hall.get("/cases", params={"limit": 1, "offset": 1}))["next"] is None


# ------------------------------------------------------------------ collecting with a ticket


def test_a_ticket_for_a_result(hall: Server) -> None:
    case = accepted(hall)
    ok(hall.at("1", "finish"))
    key = ok(hall.get(f"/cases/{case}"))["case"]["follow_url"].rpartition("=")[2]
    taken = ok(hall.post("/tickets", {"kind": "issue", "case": case, "case_key": key}, by="kiosk"), 201)["ticket"]
    assert "cases" not in taken, "only staff are told"
    assert ok(hall.get(f"/tickets/{taken['id']}"))["ticket"]["cases"] == [case]
    assert taken["id"] in ok(hall.get(f"/cases/{case}"))["case"]["visits"]


def test_a_kiosk_is_told_nothing_about_a_number_somebody_typed(hall: Server) -> None:
    case = accepted(hall)
    ok(hall.at("1", "finish"))
    answers = [hall.post("/tickets", {"kind": "issue", "case": number}, by="kiosk") for number in (case, "20260105-0099")]
    assert [sorted(ok(answer, 201)["ticket"]) for answer in answers][0] == sorted(answers[1].json()["ticket"])
    linked, other = (ok(hall.get(f"/tickets/{answer.json()['ticket']['id']}"))["ticket"] for answer in answers)
    assert (linked["cases"], other["cases"]) == ([case], [])
    held = hall.get(f"/tickets/{linked['id']}", by=None, params={"key": answers[0].json()["ticket"]["key"]})
    assert case not in held.text


def test_a_case_on_a_socket(hall: Server) -> None:
    case = accepted(hall)
    key = ok(hall.get(f"/cases/{case}"))["case"]["follow_url"].rpartition("=")[2]
    with hall.live(f"case/{case}", by=None, query=f"?key={key}") as socket:
        assert case in str(socket.receive_json()["view"])
    with hall.client.websocket_connect(f"{HALL}/live/case/{case}", headers=hall.bearer("wang")) as socket:
        assert socket.receive_json()["view"]
