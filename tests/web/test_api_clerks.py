"""Skills of clerks over the API: changed by a manager, at once, on record."""

from __future__ import annotations

from small_server import Server


def test_a_changed_skill_counts_at_once_and_is_on_record(server: Server) -> None:
    server.open("4", "zhao")
    answer = server.ask("PATCH", "/clerks/zhao", json={"skills": ["B"]})
    assert answer.status_code == 200, answer.text
    assert answer.json()["clerk"] == {
        "id": "zhao", "name": "赵敏", "skills": ["B"], "counter": "4", "takes": {"serves": ["B"], "helps": []},
    }  # fmt: skip
    server.take("c1")
    assert server.at("4", "next").status_code == 204, "c1 is the window's work, but she has not learnt it"
    server.ask("PATCH", "/clerks/zhao", json={"skills": ["B", "C"]})
    assert server.at("4", "next").status_code == 200
    kinds = [event["kind"] for event in server.get("/log").json()["events"]]
    assert kinds.count("clerk_changed") == 2


def test_only_a_manager_changes_skills_and_only_known_ones(server: Server) -> None:
    assert server.ask("PATCH", "/clerks/zhao", by="clerk", json={"skills": ["B"]}).json()["code"] == "wrong-role"
    assert server.ask("PATCH", "/clerks/zhao", json={"skills": ["Z"]}).json()["code"] == "unknown-skill"
    assert server.ask("PATCH", "/clerks/nobody", json={"skills": ["B"]}).json()["code"] == "unknown-clerk"
    assert server.ask("PATCH", "/clerks/zhao", json={}).json()["code"] == "bad-body"
    assert server.ask("PATCH", "/clerks/zhao", json={"skills": ["x"] * 1}).status_code == 422
