"""The live views: their messages, who may follow them, and proof of delivery."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from factory import MINUTE
from small_server import Server, make_data, serving
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect
from test_api import instant, is_problem

VIEWS = ["board", "board/A", "board/B", "counter/1", "desk/1", "load"]


def denied(server: Server, view: str, status: int, code: str, by: str | None = "manager", **headers: str) -> None:
    with pytest.raises(WebSocketDenialResponse) as refusal, server.live(view, by, **headers):
        pass
    is_problem(refusal.value, status, code)


# ------------------------------------------------------------------ messages


@pytest.mark.parametrize("view", VIEWS)
def test_the_whole_view_at_once(server: Server, view: str) -> None:
    server.open("1")
    with server.live(view) as socket:
        message = socket.receive_json()
        assert set(message) == {"seq", "at", "view"}
        assert message["seq"] == server.hall.state.seq
        assert isinstance(message["view"], dict)
        instant(message["at"])


def test_a_call_is_in_the_first_message_after_its_commit(server: Server) -> None:
    server.open("1")
    server.take(), server.take()
    with server.live("board", by=None) as board:
        assert board.receive_json()["view"]["calls"] == []
        called = server.at("1", "next").json()
        message = board.receive_json()
        ring = message["view"]["calls"][0]
        assert {name: ring[name] for name in ("id", "number", "counter", "count")} == {
            "id": called["call"]["id"], "number": "A001", "counter": "1", "count": 1,
        }  # fmt: skip
        assert ring["seq"] <= message["seq"]
        instant(ring["at"])
        server.at("1", "put-back"), server.at("1", "next")
        server.clock.at += MINUTE
        server.at("1", "recall")
        while (message := board.receive_json())["view"]["calls"][0]["count"] != 2:
            pass
        rings = message["view"]["calls"]
        assert [(ring["id"], ring["count"]) for ring in rings] == [("c2", 2), ("c1", 1)]
        assert rings[0]["seq"] > rings[1]["seq"]


def test_a_board_that_comes_back_has_every_call(server: Server) -> None:
    """Defects 7, 9 and 11 of PEERS 3B: calls between two fetches were lost, and after a reconnect all of them."""
    server.open("1")
    for _ in range(12):
        server.take()
        server.at("1", "next"), server.at("1", "start"), server.at("1", "finish")
    with server.live("board", by=None) as board, server.live("board/A", by=None) as zone:
        calls = [call["id"] for call in board.receive_json()["view"]["calls"]]
        assert calls == [f"c{number}" for number in range(12, 2, -1)]
        assert [call["id"] for call in zone.receive_json()["view"]["calls"]] == calls


def test_a_phone_follows_its_ticket_with_the_key(server: Server) -> None:
    server.open("1")
    ticket = server.take()
    with server.live(f"ticket/{ticket['id']}", by=None, query=f"?key={ticket['key']}") as phone:
        assert phone.receive_json()["view"]["number"] == "A001"
        server.at("1", "next")
        assert phone.receive_json()["view"]["state"] == "called"


def test_when_nothing_changes_the_view_comes_again(tmp_path: Path) -> None:
    with serving(tmp_path, make_data(tmp_path), heartbeat_seconds=0.1, tick_seconds=1e6) as server:
        with server.live("counter/1", by=None) as sign:
            first = sign.receive_json()
            server.clock.at += MINUTE
            again = sign.receive_json()
            assert (again["seq"], again["view"]) == (first["seq"], first["view"])
            assert instant(again["at"]) > instant(first["at"])


def test_html_in_place_of_the_view_for_our_own_pages(server: Server) -> None:
    with server.live("board", by=None, query="?format=html") as board:
        message = board.receive_json()
        assert "html" in message and "view" not in message
        assert isinstance(message["html"], str)


# ------------------------------------------------------------------ who may follow what


@pytest.mark.parametrize("by", ["admin", "manager", "clerk", "kiosk", "display", "guest", None])
@pytest.mark.parametrize("view", VIEWS)
def test_roles(server: Server, view: str, by: str | None) -> None:
    allowed = {"desk/1": {"admin", "manager", "clerk"}, "load": {"admin", "manager"}}.get(view)
    if allowed is None or by in allowed:
        with server.live(view, by) as socket:
            assert set(socket.receive_json()) == {"seq", "at", "view"}
    elif by is None:
        denied(server, view, 401, "not-signed-in", by)
    else:
        denied(server, view, 403, "wrong-role", by)


def test_a_ticket_needs_its_key_or_staff(server: Server) -> None:
    ticket, other = server.take(), server.take()
    denied(server, f"ticket/{ticket['id']}", 401, "not-signed-in", None)
    denied(server, f"ticket/{ticket['id']}", 403, "wrong-role", "display")
    with pytest.raises(WebSocketDenialResponse) as refusal:
        with server.live(f"ticket/{ticket['id']}", None, f"?key={other['key']}"):
            pass
    is_problem(refusal.value, 403, "wrong-ticket-key")
    with server.live(f"ticket/{ticket['id']}", "clerk") as socket:
        assert socket.receive_json()["view"]["number"] == "A001"


@pytest.mark.parametrize("view", ["nothing", "desk", "counter", "ticket", "board/A/B", "", "board/%20"])
def test_views_that_are_none(server: Server, view: str) -> None:
    denied(server, view, 404, "unknown-view")


@pytest.mark.parametrize("view", ["counter/9", "desk/9", "board/X", "ticket/nothing"])
def test_what_the_hall_does_not_have(server: Server, view: str) -> None:
    with server.live(view) as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    assert closed.value.code == 4404


def test_unknown_halls(server: Server) -> None:
    with pytest.raises(WebSocketDenialResponse) as refusal:
        with server.client.websocket_connect("/api/v1/halls/other/live/board"):
            pass
    is_problem(refusal.value, 404, "unknown-hall")


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "http://hall.test.evil.test"])
@pytest.mark.parametrize("by", [None, "manager"])
def test_pages_of_other_sites_may_not_listen(server: Server, origin: str, by: str | None) -> None:
    denied(server, "board", 403, "wrong-origin", by, origin=origin)


def test_our_own_pages_may_listen_and_programs_need_no_origin(server: Server) -> None:
    with server.live("board", None, origin="http://testserver") as socket:
        socket.receive_json()
    server.client.cookies.set("youxu", server.secrets["clerk"])
    with server.live("desk/1", None, origin="http://testserver") as socket:
        socket.receive_json()
    denied(server, "desk/1", 403, "wrong-origin", None)


def test_a_wrong_token_is_refused_even_where_none_is_needed(server: Server) -> None:
    denied(server, "board", 401, "bad-token", None, authorization="Bearer nonsense")


def test_the_public_has_so_many_sockets_and_the_hall_is_not_limited(tmp_path: Path) -> None:
    with serving(tmp_path, make_data(tmp_path), sockets_per_address_max=2) as server:
        with server.live("board", None) as one, server.live("board", None) as two:
            one.receive_json(), two.receive_json()
            with pytest.raises(WebSocketDenialResponse) as refusal, server.live("board", None):
                pass
            assert refusal.value.status_code in (429, 503)
            with server.live("board", "display") as screen:
                screen.receive_json()
        with server.live("board", None) as again:
            again.receive_json()


# ------------------------------------------------------------------ what screens say


def test_acks_are_proof_of_delivery(server: Server) -> None:
    server.open("1")
    server.take()
    with server.live("board", "display", query="?name=board-1") as board, server.live("desk/1") as desk:
        board.receive_json(), desk.receive_json()
        server.at("1", "next")
        board.receive_json()
        board.send_json({"ack": "c1", "count": 1, "how": "shown"})
        while not _shown(server):
            desk.receive_json()
        assert _shown(server) == 1


def _shown(server: Server) -> int:
    found: Any = server.hall.delivery.of("c1")
    return int(found["shown"])


@pytest.mark.parametrize(
    "text",
    ["", "nothing", "[]", '{"ack": 5}', '{"ack": "c1", "how": "sung"}', '{"ack": "c9", "count": -1}', "{" * 5_000],
)
def test_what_is_no_ack_is_passed_over(server: Server, text: str) -> None:
    server.open("1")
    with server.live("board", "display") as board:
        board.receive_json()
        board.send_text(text)
        board.send_bytes(b"\xff\x00")
        server.take(), server.at("1", "next")
        assert board.receive_json()["view"]["calls"][0]["id"] == "c1"


def test_an_open_desk_keeps_the_lease(server: Server) -> None:
    server.open("1", "li")
    with server.live("desk/1", "clerk") as desk:
        desk.receive_json()
        server.clock.at += 11 * MINUTE
        while server.hall.state.counters["1"].lease_until <= server.clock.at:
            server.get("/counters", by=None)
        assert not server.hall.state.counters["1"].lapsed
