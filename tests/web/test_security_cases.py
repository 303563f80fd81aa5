"""Attacks on applications that were tried: keys of others, staff's words, one's notice used twice, files that are bombs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from case_server import (
    ADDRESS,
    AGENT,
    APPLICANT,
    DOCUMENT,
    NAME,
    PHONE,
    STAFF,
    accepted,
    case_server,
    cases_text,
    marked,
    ok,
    visit,
)
from factory import TEN
from small_server import ROLES, Server
from test_api import is_problem
from test_sockets import denied

from displays.case_page import COLLECTS_MAX
from queue_server import maintenance
from queue_server.setup_csv import safe, table_of, unsafe
from queue_server.setup_file import SetupError, load_setup
from queue_server.setup_tables import COLUMNS_MAX, Reading
from queue_server.setup_xlsx import PART_MAX, tables_of, to_xlsx
from queue_server.web.requests import plain

SCRIPT = "\"'><script>alert('x')</script><img src=x onerror=alert(1)>"
STAFFS, OWN = "between colleagues", "for the applicant"
RETURNING = (
    "classes:\n  - {id: returning, name: {zh: 回, en: Back}, minutes: 5, proof: {zh: 单, en: Form}, reason: {zh: 法, en: Law}}\n"
)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Server]:
    text = cases_text().replace("classes:\n", RETURNING)
    maintenance.init_hall(tmp_path, text, update=False, now=TEN)
    people = {role: (role, name) for role, name in ROLES.items()} | {name: (role, name) for name, role in STAFF.items()}
    secrets = {key: maintenance.new_token(tmp_path, role, name, TEN) for key, (role, name) in people.items()}  # type: ignore[arg-type]
    with case_server(tmp_path, secrets) as server:
        yield server


def key_of(found: dict[str, Any]) -> str:
    key: str = found["follow_url"].rpartition("=")[2]
    return key


def a_notice(hall: Server) -> dict[str, Any]:
    visit(hall)
    marks = marked(card="ok", photo="missing", pledge="ok")
    notice: dict[str, Any] = ok(hall.at("1", "one-time-notice", {"marks": marks, "document": DOCUMENT, "note": STAFFS}))["notice"]
    return notice


# ------------------------------------------------------------------ keys


def test_a_key_opens_the_one_thing_it_was_made_for(hall: Server) -> None:
    first = accepted(hall)
    ok(hall.at("1", "finish"))
    other = accepted(hall)
    ok(hall.at("1", "finish"))
    notice = a_notice(hall)
    running, ticket = hall.hall, hall.hall.state.cases[first].matter.ticket  # type: ignore[index]
    keys = (running.case_key(other), key_of(notice), running.ticket_key(ticket or ""), running.ticket_key(first), "")
    for key in keys:
        for number in (first, "20260105-9999"):
            is_problem(hall.get(f"/cases/{number}", by=None, params={"key": key}), 403, "wrong-case-key")
            assert hall.client.get(f"/c/{number}", params={"key": key}).status_code == 404
            assert hall.client.get(f"/h/small/receipt/{number}", params={"key": key}).status_code == 403
        denied(hall, f"case/{first}?key={key}", 403, "wrong-case-key", by=None)
    wrong = {"key": running.case_key(first)}
    is_problem(hall.get(f"/one-time-notices/{notice['id']}", by=None, params=wrong), 403, "wrong-case-key")
    is_problem(hall.get(f"/tickets/{ticket}", by=None, params=wrong), 403, "wrong-ticket-key")


@pytest.mark.parametrize("by", ["kiosk", "display", "guest"])
def test_devices_and_guests_see_no_case(hall: Server, by: str) -> None:
    case = accepted(hall)
    for path in ("/cases", f"/cases/{case}", "/one-time-notices/GZ-20260105-0001"):
        is_problem(hall.get(path, by=by), 403, "wrong-role")
    for view in (f"case/{case}", "office/d", "results", "desk/1"):
        denied(hall, view, 403, "wrong-role", by=by)
    for page in (f"receipt/{case}", "office/d", f"office/case/{case}", "results", "desk/1"):
        assert hall.client.get(f"/h/small/{page}", headers=hall.bearer(by)).status_code == 403


@pytest.mark.parametrize("origin", ["http://evil.test", "null"])
def test_no_other_site_takes_a_number_for_a_paper(hall: Server, origin: str) -> None:
    case = accepted(hall)
    ok(hall.at("1", "finish"))
    notice = a_notice(hall)
    for path in (f"/c/{case}/collect?key={hall.hall.case_key(case)}", f"{address(notice)}/ticket?key={key_of(notice)}"):
        assert hall.client.post(path, headers={"origin": origin}).status_code == 403


def address(notice: dict[str, Any]) -> str:
    return f"/h/small/one-time-notice/{notice['id']}"


def test_a_notice_is_worth_one_place_in_the_queue(hall: Server) -> None:
    notice = a_notice(hall)
    path, origin = f"{address(notice)}/ticket?key={key_of(notice)}", {"origin": "http://hall.test"}

    def press(nonce: str = "") -> str:
        answer = hall.client.post(path, data={"nonce": nonce}, headers=origin, follow_redirects=False)
        assert answer.status_code == 303
        where: str = answer.headers["location"]
        return where

    assert len({press(str(number)) for number in range(5)}) == 1
    numbers = set()
    for _ in range(6):
        numbers.add(where := press())
        hall.client.post(where.replace("?", "/cancel?"), headers=origin)
    assert len(numbers) == 3, "and so many a day, one after the other"


def test_a_receipt_does_not_fill_the_queue(hall: Server) -> None:
    case = accepted(hall)
    ok(hall.at("1", "finish"))
    for act, body in (("take", {}), ("decide", {"decision": "granted"}), ("ready", {})):
        ok(hall.post(f"/cases/{case}/{act}", body, by="ou"))
    numbers = set()
    for _ in range(8):
        answer = hall.client.post(f"/c/{case}/collect?key={hall.hall.case_key(case)}", follow_redirects=False)
        numbers.add(where := answer.headers["location"])
        hall.client.post(where.replace("?", "/cancel?"))
    assert len(numbers) == COLLECTS_MAX and all(where.startswith("/t/") for where in numbers)


# ------------------------------------------------------------------ what is read


def test_the_holder_reads_what_is_meant_for_him(hall: Server) -> None:
    case = accepted(hall, applicant=APPLICANT)
    at, key = f"/cases/{case}", {"key": hall.hall.case_key(case)}
    ok(hall.post(f"{at}/take", {}, by="ou"))
    ok(hall.post(f"{at}/stop", {"kind": "site_visit", "note": STAFFS}, by="ou"))
    held = hall.get(at, by=None, params=key)
    assert STAFFS not in held.text and ok(held)["case"]["stop"]["kind"] == "site_visit"
    assert STAFFS in hall.get(at, by="ou").text
    ok(hall.post(f"{at}/resume", {}, by="ou"))
    ok(hall.post(f"{at}/stop", {"kind": "correction", "materials": ["card"], "note": OWN}, by="ou"))
    held = hall.get(at, by=None, params=key)
    assert STAFFS not in held.text and ok(held)["case"]["stop"]["note"] == OWN
    ok(hall.post(f"{at}/resume", {}, by="ou"))
    ok(hall.post(f"{at}/decide", {"decision": "granted", "reason": STAFFS}, by="ou"))
    for path in (f"/api/v1/halls/small{at}", f"/c/{case}", f"/h/small/receipt/{case}"):
        assert STAFFS not in hall.client.get(path, params=key).text


def test_a_refusal_tells_its_reason(hall: Server) -> None:
    case = accepted(hall)
    ok(hall.post(f"/cases/{case}/take", {}, by="ou"))
    ok(hall.post(f"/cases/{case}/decide", {"decision": "refused", "reason": OWN}, by="ou"))
    held = ok(hall.get(f"/cases/{case}", by=None, params={"key": hall.hall.case_key(case)}))["case"]
    assert held["decision_reason"] == OWN


def test_a_colleague_who_looks_at_a_desk_sees_no_document(hall: Server) -> None:
    case = accepted(hall, applicant=APPLICANT)
    for viewer in ("deng", "wang"):
        with hall.live("desk/1", viewer) as desk:
            text = desk.receive_text()
        assert NAME in text and case in text
        assert not [secret for secret in (DOCUMENT, PHONE, ADDRESS) if secret in text]
    assert ok(hall.get(f"/cases/{case}", by="wang"))["case"]["applicant"]["document"] == DOCUMENT, "who accepted it"


def test_no_proxy_keeps_what_the_api_answers(hall: Server) -> None:
    case = accepted(hall, applicant=APPLICANT)
    key = {"key": hall.hall.case_key(case)}
    answers = [hall.get(f"/cases/{case}", by=None, params=key), hall.get("/cases"), hall.get("/cases", by=None)]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store" and answer.headers["x-content-type-options"] == "nosniff"
    for path in (f"/c/{case}", f"/h/small/receipt/{case}"):
        page = hall.client.get(path, params=key)
        assert (page.headers["cache-control"], page.headers["referrer-policy"]) == ("no-store", "same-origin")


def test_markup_of_an_applicant_is_text_wherever_it_is_shown(hall: Server) -> None:
    body = {name: SCRIPT[: 32 if name in ("document", "phone") else 64] for name in APPLICANT}
    case = accepted(hall, applicant={"kind": "enterprise", **body}, delivery="courier")
    ok(hall.post(f"/cases/{case}/take", {}, by="ou"))
    ok(hall.post(f"/cases/{case}/stop", {"kind": "correction", "materials": ["card"], "note": SCRIPT}, by="ou"))
    key = f"?key={hall.hall.case_key(case)}"
    lists = ["desk/1", "office", "office/d", "results", "manager"]
    pages = [*lists, f"office/d?case={case}", f"office/case/{case}", f"receipt/{case}"]
    for path in (*(f"/h/small/{page}" for page in pages), f"/c/{case}{key}"):
        page = hall.client.get(path, headers={} if key in path else hall.bearer("manager"))
        assert page.status_code == 200, path
        assert not [sign for sign in ("<script>", "<img src=x", "'><") if sign in page.text.replace("\\u0027", "'")], path
    for view in ("desk/1", "office/d", "results", f"case/{case}"):
        with hall.live(view, "manager", "?format=html") as socket:
            assert "<img src=x" not in socket.receive_json()["html"]


def test_applicants_are_nowhere_in_clear_and_gone_with_their_key(hall: Server, tmp_path: Path) -> None:
    case = accepted(hall, applicant=APPLICANT)
    ok(hall.post(f"/cases/{case}/take", {}, by="ou", headers={"idempotency-key": "k"}))
    for path in (tmp_path / "halls" / "small").glob("*.db*"):
        data = path.read_bytes()
        assert not [text for text in (NAME, DOCUMENT, PHONE, ADDRESS, AGENT) if text.encode() in data], path.name
    assert DOCUMENT not in hall.get("/log").text
    assert hall.hall.store.vault.erase(hall.hall.state.cases[case].matter.ticket or "")  # type: ignore[index]
    assert set(ok(hall.get(f"/cases/{case}"))["case"]["applicant"].values()) == {"person", None}


# ------------------------------------------------------------------ too much


def test_a_call_for_help_said_again_is_one_call(hall: Server) -> None:
    call = {"kind": "fire", "zone": "A", "place": "stairs"}
    first = ok(hall.post("/emergencies", call, by="li"), 201)["emergency"]
    assert ok(hall.post("/emergencies", call, by="li"))["emergency"] == first
    assert ok(hall.post("/emergencies", {**call, "kind": "medical"}, by="li"), 201)["emergency"]["id"] != first["id"]
    assert ok(hall.post("/emergencies", call, by="wang"), 201)["emergency"]["by"] == "wang", "somebody else sees it too"
    ok(hall.post(f"/emergencies/{first['id']}/end", {}, by="li"))
    ok(hall.post("/emergencies", call, by="li"), 201)


def test_a_line_of_csv_has_an_end() -> None:
    assert len(table_of(b"id," * 10_000)[0]) == COLUMNS_MAX


def test_a_mistake_in_each_of_many_rows_is_found_in_passing() -> None:
    reading = Reading()
    for number in range(100_000):  # a list that is looked through for each takes an hour
        reading.problem(("services", number, ""), "too-many-cells")
        reading.problem(("services", number, ""), "too-many-cells")
    assert len(reading.problems) == 100_000


def repacked(part: str, content: bytes) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(to_xlsx(load_setup(cases_text())))) as old, zipfile.ZipFile(found, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return found.getvalue()


def test_a_workbook_of_styles_alone_is_not_opened() -> None:
    styles = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts>%s</fonts></styleSheet>'
    with pytest.raises(SetupError) as error:
        tables_of(repacked("xl/styles.xml", styles % (b"<font/>" * (PART_MAX // 7))))
    assert error.value.problems[0].code == "too-large"


def test_a_cell_far_below_makes_no_hundred_thousand_rows_of_cells() -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row><row r="9000"><c r="A9000"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    rows = tables_of(repacked("xl/worksheets/sheet1.xml", sheet))["services"]
    assert len(rows) == 9000 and sum(map(len, rows)) == 2


@pytest.mark.parametrize("sign", ["\u061c", "\u200b", "\u202e", "\u2066", "\x1b", "\x00"])
def test_no_note_turns_a_line_around(sign: str) -> None:
    assert plain(f"a{sign}b") == "a b"


@pytest.mark.parametrize("text", ["=1+1", "＝1+1", "＋1", "－1", "＠x", "\t=1", "\r=1"])
def test_no_cell_is_a_formula_also_in_full_width(text: str) -> None:
    assert safe(text) == f"'{text}" and unsafe(safe(text)) == text
    assert maintenance._safe(text) == f"'{text}"
