"""Real answers about applications and calls for help are as described: every call of them is made once."""

from __future__ import annotations

from starlette.testclient import TestClient
from test_openapi import ask
from test_openapi import client as client  # fixtures
from test_openapi import data as data


def test_an_application_is_answered_as_described(client: TestClient) -> None:
    """From the papers to the result: every call about cases is made once."""
    at, marks = {"counter": "17"}, [{"material": "household-register", "mark": "ok"}]
    ask(client, "open", at, json={"clerk": "c23"})
    ask(client, "take", json={"service": "GA01"})
    ask(client, "change", {"counter": "17"}, json={"serves": ["E"], "minutes": 60})
    ask(client, "next", at)
    ask(client, "start", at)
    named = ask(client, "assign", at, json={"services": ["GA01", "SB01"], "note": "both"})
    assert named["ticket"]["services"] == ["GA01", "SB01"]
    assert ask(client, "materials", at, json={"marks": marks})["ticket"]["marks"] == marks
    assert ask(client, "free", at, json={"item": "copies"})["ticket"] is not None
    missing = [{"material": "portrait", "mark": "missing"}]
    told = ask(client, "one-time-notice", at, json={"marks": missing})["notice"]
    assert ask(client, "notice-told", {"notice": told["id"]})["notice"] == told
    case = about_a_case(client, at)
    key = ask(client, "case", case)["case"]["follow_url"].rpartition("=")[2]
    assert ask(client, "case", case, params={"key": key})["case"]["officer"] is None
    issued = ask(client, "take", json={"kind": "issue", "case": case["case"], "case_key": key})["ticket"]
    assert ask(client, "ticket", {"ticket": issued["id"]})["ticket"]["cases"] == [case["case"]]
    assert ask(client, "case-hand-over", case, json={"counter": "17"})["case"]["ending"] == "collected"
    ask(client, "done", at)
    ask(client, "finish", at, json={"outcome": "unserved", "cause": "left"})
    assert [one["id"] for one in ask(client, "cases", params={"state": "closed"})["cases"]][0] == case["case"]


def about_a_case(client: TestClient, at: dict[str, str]) -> dict[str, str]:
    """One is taken, refused and withdrawn; another goes to its result, with everything in between."""
    body = {"applicant": {"name": "张明", "document": "330302199001011234"}}
    first = {"case": ask(client, "receive", at, json=body)["case"]["id"]}
    marks = [{"material": "household-register", "mark": "later"}, {"material": "portrait", "mark": "missing"}]
    assert ask(client, "case-one-time-notice", first, json={"marks": marks})["case"]["state"] == "told"
    assert ask(client, "reject", at, json={"case": first["case"], "reason": "other"})["case"]["state"] == "closed"
    marks[1]["mark"] = "ok"
    case = {"case": ask(client, "accept", at, json={"marks": marks, "promise": True, **body})["case"]["id"]}
    ask(client, "case-take", case)
    ask(client, "case-return", case, json={"to": "window", "reason": "stamp"})
    ask(client, "case-forward", case, json={"counter": "17"})
    ask(client, "case-stop", case, json={"kind": "correction", "materials": ["portrait"], "note": "a new one"})
    ask(client, "case-resume", case)
    ask(client, "case-extend", case, json={"days": 5, "reason": "many"})
    ask(client, "case-settle", case, json={"material": "household-register"})
    ask(client, "case-take", case)
    ask(client, "case-decide", case, json={"decision": "granted"})
    ask(client, "case-ready", case)
    return case


def test_what_ends_without_a_result_is_answered_as_described(client: TestClient) -> None:
    """Withdrawn, or sent by courier; and a call for help."""
    at = {"counter": "18"}
    ask(client, "open", at, json={"clerk": "c24"})
    courier = next(x for x in client.app.state.halls["hall"].state.setup.services if x.courier)  # type: ignore[attr-defined]
    ask(client, "take", json={"service": "SB01"})
    ask(client, "next", at)
    ask(client, "start", at)
    marks = [{"material": material.id, "mark": "ok"} for material in courier.materials]
    body = {"service": courier.id, "marks": marks, "delivery": "courier"}
    case = {"case": ask(client, "accept", at, json=body)["case"]["id"]}
    ask(client, "case-take", case)
    ask(client, "case-decide", case, json={"decision": "granted"})
    ask(client, "case-send", case, json={"company": "EMS", "number": "1"})
    assert ask(client, "case-deliver", case)["case"]["ending_text"]
    other = {"case": ask(client, "receive", at, json={"service": "SB01"})["case"]["id"]}
    assert ask(client, "case-withdraw", other)["case"]["ending"] == "withdrawn"
    called = {"emergency": ask(client, "emergency", json={"counter": "18", "kind": "security"})["emergency"]["id"]}
    assert ask(client, "emergency", json={"counter": "18"})["emergency"]["id"] == called["emergency"]
    ask(client, "emergency-answer", called)
    assert ask(client, "emergency-end", called, json={"note": "over"})["emergency"]["ended"]
