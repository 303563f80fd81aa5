"""Staff call for help over the public API: who, where, who is coming, how it ended; and what was written is sealed."""

from __future__ import annotations

from small_server import Server


def test_a_call_for_help(server: Server) -> None:
    server.open("1")
    called = server.post("/emergencies", {"kind": "medical", "counter": "1"}, by="clerk")
    assert called.status_code == 201
    one = called.json()["emergency"]
    assert (one["id"], one["kind"], one["by"], one["zone"], one["coming"]) == ("e1", "medical", "li", "A", [])
    again = server.post("/emergencies", {"counter": "1"}, by="clerk")
    assert (again.status_code, again.json()["emergency"]["id"]) == (200, "e1"), "pressed twice, called once"
    assert server.post("/emergencies/e1/answer", {}).json()["emergency"]["coming"] == ["boss"]
    assert server.post("/emergencies/e1/answer", {}).json()["emergency"]["coming"] == ["boss"]
    ended = server.post("/emergencies/e1/end", {"note": "老人摔倒，已送医"}, by="clerk").json()["emergency"]
    assert (ended["ended_by"], "note" in ended) == ("li", False)
    sealed = server.hall.state.emergencies[0].note
    assert sealed is not None and "老人" not in sealed and server.hall.unseal(sealed) == "老人摔倒，已送医"


def test_a_place_in_words(server: Server) -> None:
    called = server.post("/emergencies", {"kind": "fire", "place": "二楼楼梯口"}, by="clerk").json()["emergency"]
    assert (called["place"], called["counter"], called["zone"]) == ("二楼楼梯口", None, None)


def test_a_retry_gets_the_first_answer(server: Server) -> None:
    answers = [
        server.post("/emergencies", {"zone": "A"}, by="clerk", headers={"idempotency-key": "once"}) for _ in range(2)
    ]
    assert [answer.json()["emergency"]["id"] for answer in answers] == ["e1", "e1"]
    assert len(server.hall.state.emergencies) == 1
