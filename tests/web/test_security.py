"""Attacks that were tried: what a stranger sends, what a visitor's key opens, and what must never be written in clear."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running_hall import PretendClock
from small_server import Server, make_data, serving
from starlette.testclient import TestClient, WebSocketDenialResponse
from test_api import is_problem
from test_sockets import denied

from queue_server import app
from queue_server.settings import Settings
from queue_server.store import Tokens
from queue_server.web.access import COOKIE
from queue_server.web.requests import FORM_BYTES_MAX, FORM_FIELDS_MAX
from queue_server.web.shapes import DONE_MAX

FORM = {"content-type": "application/x-www-form-urlencoded"}
SCRIPT = "\"><script>alert('x')</script>"
PLANTED = "Planted-13800138000"
FOREIGN = [
    "http://evil.test", "null", "", "http://[", "http://hall.test:8080", "http://hall.test@evil.test", "hall.test",
    "http://hall.test.evil.test",
]  # fmt: skip


def signed_in(server: Server, by: str) -> dict[str, str]:
    return {"cookie": f"{COOKIE}={server.secrets[by]}"}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Server]:
    """The demo, in which everybody may do everything."""
    secrets = make_data(tmp_path)

    async def nothing(running: Any) -> None:
        """Nobody is simulated."""

    clock = PretendClock()
    application = app.build(Settings({}, voice="off"), tmp_path, clock, always_open=True, demo=nothing)
    with TestClient(application, raise_server_exceptions=False, base_url="http://hall.test") as client:
        yield Server(client, secrets, clock)


# ------------------------------------------------------------------ other sites


@pytest.mark.parametrize("origin", FOREIGN)
def test_no_other_site_acts_with_our_cookie(server: Server, origin: str) -> None:
    headers = signed_in(server, "manager") | {"origin": origin}
    is_problem(server.post("/counters/1/close", by=None, headers=headers), 403, "wrong-origin")
    for path in ("/leave", "/enter"):
        assert server.client.post(path, headers={"origin": origin}, data={"token": "x"}).status_code == 403
    with pytest.raises(WebSocketDenialResponse) as refusal, server.live("load", None, **headers):
        pass
    is_problem(refusal.value, 403, "wrong-origin")


def test_a_request_that_names_no_host_has_no_origin_of_its_own(server: Server) -> None:
    headers = signed_in(server, "manager") | {"origin": "null", "host": ""}
    is_problem(server.post("/counters/1/close", by=None, headers=headers), 403, "wrong-origin")


def test_the_demo_is_open_to_people_not_to_pages_of_others(demo: Server) -> None:
    assert demo.post("/counters/1/open", {}, by=None).status_code == 200
    assert demo.post("/counters/1/close", {}, by=None, headers={"origin": "http://hall.test"}).status_code == 200
    answer = demo.post("/counters/1/open", {}, by=None, headers={"origin": "http://evil.test"})
    is_problem(answer, 403, "wrong-origin")


@pytest.mark.parametrize(
    "target", ["//[", "http://[", "//evil.test", "/\\evil.test", "/\t/evil.test", "\\\\evil.test", "/a\r\nb", "https:evil.test"]
)  # fmt: skip
def test_signing_in_stays_here_whatever_is_asked(server: Server, target: str) -> None:
    assert server.client.get("/enter", params={"next": target}).status_code == 200
    form = {"token": server.secrets["clerk"], "next": target}
    answer = server.client.post("/enter", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/h/small/desk")


def test_the_way_back_to_a_page_survives_signing_in(server: Server) -> None:
    answer = server.client.get("/h/small/desk/1", follow_redirects=False)
    assert answer.headers["location"] == "/enter?next=/h/small/desk/1"
    answer = server.client.get("/h/small/desk/1%26next=x%23", follow_redirects=False)
    assert answer.headers["location"] == "/enter?next=/h/small/desk/1%26next%3Dx%23"


# ------------------------------------------------------------------ too much


@pytest.mark.parametrize("path", ["/enter", "/h/small/kiosk/tickets", "/h/small/kiosk/aids"])
@pytest.mark.parametrize("body", [b"&" * (FORM_BYTES_MAX + 1), b"token=" + b"a" * FORM_BYTES_MAX])
def test_a_form_has_an_end(server: Server, path: str, body: bytes) -> None:
    answer = server.client.post(path, content=body, headers=FORM | server.bearer("kiosk"))
    assert answer.status_code == 413


def test_a_form_has_so_many_fields(server: Server) -> None:
    body = "&".join(["a=1"] * (FORM_FIELDS_MAX + 1))
    assert server.client.post("/enter", content=body, headers=FORM).status_code == 400


def test_a_visit_has_so_many_services(server: Server) -> None:
    server.open("1")
    server.take(), server.at("1", "next"), server.at("1", "start")
    is_problem(server.at("1", "finish", {"services": [{}] * (DONE_MAX + 1)}), 422, "bad-body")
    assert server.at("1", "finish", {"services": [{}] * DONE_MAX}).status_code == 200


@pytest.mark.parametrize("view", ["start/x", "board/A.01", "board/A.1000", "board/A.", "board/A.0", "board/A.1.1"])
def test_nobody_makes_up_views(server: Server, view: str) -> None:
    denied(server, view, 404, "unknown-view", by=None)


@pytest.mark.parametrize("view", ["load/x", "kiosk/x"])
def test_nobody_makes_up_views_for_staff(server: Server, view: str) -> None:
    denied(server, view, 404, "unknown-view", by="admin")


def test_guesses_are_limited(tmp_path: Path) -> None:
    with serving(tmp_path, make_data(tmp_path), requests_per_minute_max=5) as server:
        wrong = {"authorization": "Bearer wrong"}
        answers = [server.get("/counters", by=None, headers=wrong).status_code for _ in range(7)]
        assert answers == [401] * 5 + [429] * 2
        assert server.get("/load").status_code == 200, "who has a token is not limited"


def test_a_guest_is_limited_everywhere(tmp_path: Path) -> None:
    with serving(tmp_path, make_data(tmp_path), requests_per_minute_max=5) as server:
        answers = [server.get("/counters", by="guest").status_code for _ in range(7)]
        assert answers == [200] * 5 + [429] * 2
        assert server.client.get("/docs/api").status_code == 429


def test_visitors_behind_one_address_do_not_shut_each_other_out(tmp_path: Path) -> None:
    with serving(tmp_path, make_data(tmp_path), requests_per_minute_max=5) as server:
        first, second = server.take(), server.take()
        for ticket in (first, second):
            for path in (f"/t/{ticket['id']}", f"/api/v1/halls/small/tickets/{ticket['id']}"):
                for _ in range(2):
                    assert server.client.get(path, params={"key": ticket["key"]}).status_code == 200
        own = [server.get(f"/tickets/{first['id']}", by=None, params={"key": first["key"]}) for _ in range(2)]
        assert [answer.status_code for answer in own] == [200, 429], "each holder has a limit of one's own"
        guesses = [server.client.get(f"/t/{second['id']}", params={"key": "x"}).status_code for _ in range(7)]
        assert guesses == [404] * 5 + [429] * 2


# ------------------------------------------------------------------ tickets of others


def test_nobody_learns_which_tickets_there_are(server: Server) -> None:
    known, unknown = server.take()["id"], "AAAAAAAAAAAA"
    for path in ("/api/v1/halls/small/tickets/{}", "/t/{}", "/api/v1/halls/small/tickets/{}/slip.png"):
        answers = [server.client.get(path.format(ticket), params={"key": "wrong"}) for ticket in (known, unknown)]
        assert answers[0].status_code == answers[1].status_code in (403, 404)
        assert answers[0].content == answers[1].content
    for ticket in (known, unknown):
        denied(server, f"ticket/{ticket}?key=wrong", 403, "wrong-ticket-key", by=None)


def test_a_visitor_far_away_does_not_use_up_the_paper(server: Server) -> None:
    ticket = server.take()
    key = {"key": ticket["key"]}
    is_problem(server.post(f"/tickets/{ticket['id']}/print", by=None, params=key), 401, "not-signed-in")
    is_problem(server.post(f"/tickets/{ticket['id']}/print", by="guest", params=key), 403, "wrong-role")
    assert server.post(f"/tickets/{ticket['id']}/print", by="kiosk").status_code == 202


# ------------------------------------------------------------------ screens that lie


def test_only_a_loudspeaker_says_what_was_spoken_or_that_it_cannot(server: Server) -> None:
    server.open("1")
    server.take()
    server.at("1", "next")
    with server.live("board", None, "?name=loudspeaker&sound=1") as stranger:
        stranger.receive_json()
        stranger.send_json({"sound": "blocked"})
        stranger.send_json({"ack": "c1", "count": 1, "how": "spoken"})
        stranger.send_json({"ack": "c1", "count": 1, "how": "shown"})
        while not (proof := server.hall.delivery.of("c1"))["shown"]:  # type: ignore[index]
            pass
    assert proof is not None and proof["spoken"] is None
    assert server.hall.sound.status()["blocked"] == 0
    assert not [alarm for alarm in server.get("/load").json()["alarms"] if alarm["code"] == "blocked"]


@pytest.mark.parametrize(
    ("by", "name"), [(None, "anybody"), ("guest", "guest-1"), ("display", " [31mx"), ("manager", " [31mx")]
)
def test_a_stranger_has_no_name_in_the_log_and_a_device_no_control_signs(
    server: Server, by: str | None, name: str
) -> None:
    server.open("1")
    server.take()
    with server.live("board", by, "?name=%1b[31mx") as board:
        board.receive_json()
        server.at("1", "next")
        board.send_json({"ack": "c1", "count": 1, "how": "shown"})
        while not (shown := server.hall.delivery._proofs["c1", 1].shown):
            pass
    assert [device.rpartition("-")[0] for device in shown] == [name.strip()]


# ------------------------------------------------------------------ what people write


def test_what_is_written_about_a_visitor_is_nowhere_in_clear(server: Server, tmp_path: Path) -> None:
    """Also not in the answers that are kept for retries."""
    server.open("1")
    keys = ({"idempotency-key": f"key-{number}"} for number in range(9))
    ticket = server.take()["id"]
    chosen = server.at("1", "call", {"ticket": ticket, "reason": PLANTED}, headers=next(keys))
    assert chosen.status_code == 200 and chosen.json()["call"]["why"]
    for act, body in (
        ("start", {}), ("hold", {"kind": "step", "note": PLANTED}), ("resume", {"ticket": ticket, "to": "serving"}),
        ("finish", {"note": PLANTED}),
    ):  # fmt: skip
        assert server.at("1", act, body, headers=next(keys)).status_code == 200
    for path in (tmp_path / "halls" / "small").glob("*.db*"):
        assert PLANTED.encode() not in path.read_bytes(), path.name
    sealed = sqlite3.connect(tmp_path / "halls" / "small" / "hall.db").execute("SELECT body FROM log").fetchall()
    notes = [text for (body,) in sealed for text in body.split('"') if text.startswith("v1:")]
    assert [server.hall.unseal(note) for note in notes] == [PLANTED] * 3
    assert server.hall.store.vault.erase(ticket)
    assert [server.hall.unseal(note) for note in notes] == [None] * 3


def test_the_desk_still_reads_the_reason(server: Server) -> None:
    server.open("1")
    server.at("1", "call", {"ticket": server.take()["id"], "reason": PLANTED})
    with server.live("desk/1") as desk:
        assert PLANTED in desk.receive_json()["view"]["ticket"]["why"]


def test_signs_nobody_sees_become_spaces(server: Server) -> None:
    notice = {"text": {"zh": "一\x1b[2J\u202e二", "en": "a\nb\x07"}}
    assert server.post("/notices", notice).json()["notice"]["text"] == {"zh": "一 [2J 二", "en": "a\nb "}
    server.open("1")
    server.at("1", "pause", {"reason": "午\x9b餐"})
    assert server.get("/counters").json()["counters"][0]["reason"] == "午 餐"


@pytest.mark.parametrize(
    "path", ["/", "/h/small/board", "/h/small/board/A", "/h/small/sign/1", "/h/small/desk", "/h/small/desk/1", "/h/small/manager"]
)  # fmt: skip
def test_markup_is_text_on_every_page_and_in_every_fragment(server: Server, path: str) -> None:
    server.post("/notices", {"text": SCRIPT})
    server.open("1", SCRIPT)
    server.at("1", "pause", {"reason": SCRIPT})
    page = server.client.get(path, headers=server.bearer("admin"), params={"lang": SCRIPT, "part": SCRIPT})
    if page.status_code == 404:
        page = server.client.get(path, headers=server.bearer("admin"))
    assert page.status_code == 200
    assert "<script>" not in page.text and "script-src 'self'" in page.headers["content-security-policy"]
    for view in ("board", "counter/1", "desk/1", "load", "start"):
        with server.live(view, "admin", "?format=html") as socket:
            assert "<script>" not in socket.receive_json()["html"]


# ------------------------------------------------------------------ files


def test_files_are_for_their_owner_alone(server: Server, tmp_path: Path) -> None:
    server.take()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".db"}
    assert [path for path in files if path.stat().st_mode & 0o077] == []


def test_no_secret_is_in_a_file(server: Server, tmp_path: Path) -> None:
    key = server.take()["key"]
    tokens = Tokens(tmp_path / "tokens.db")
    tokens.close()
    for path in tmp_path.rglob("*.db*"):
        text = path.read_bytes()
        assert not [secret for secret in (key, *server.secrets.values()) if secret.encode() in text], path.name


def test_a_hall_without_enquiries_has_a_kiosk_nevertheless(server: Server) -> None:
    """Also the page that says no: whatever is posted, nobody meets a fault of ours."""
    kiosk = server.bearer("kiosk")
    for path in ("/h/small/kiosk", "/h/small/kiosk/search?q=zzzz"):
        assert server.client.get(path, headers=kiosk).status_code == 200
    answer = server.client.post("/h/small/kiosk/tickets", data={"kind": "nothing"}, headers=kiosk)
    assert answer.status_code == 422
