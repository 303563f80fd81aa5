"""Requests as such: bodies, idempotency keys, languages, hours, and what is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from factory import DAY, MINUTE, TEN
from running_hall import PretendClock
from small_server import Server, make_data, serving
from test_api import is_problem

# ------------------------------------------------------------------ one answer per key


def key(text: str) -> dict[str, str]:
    return {"idempotency-key": text}


def test_a_retry_gets_the_stored_status_and_body(server: Server) -> None:
    first = server.post("/tickets", {"service": "a1"}, headers=key("k"))
    again = server.post("/tickets", {"service": "a1"}, headers=key("k"))
    assert (again.status_code, again.content) == (201, first.content)
    assert len(server.hall.state.tickets) == 1


def test_a_key_is_for_one_request_of_one_caller(server: Server) -> None:
    first = server.post("/tickets", {"service": "a1"}, headers=key("k"))
    is_problem(server.post("/tickets", {"service": "a2"}, headers=key("k")), 422, "key-reused")
    is_problem(server.post("/notices", {"text": "x"}, headers=key("k")), 422, "key-reused")
    other = server.post("/tickets", {"service": "a2"}, by="kiosk", headers=key("k"))
    assert (other.status_code, other.json() != first.json()) == (201, True)


def test_refusals_and_nobody_waiting_are_not_stored(server: Server) -> None:
    is_problem(server.at("1", "next", headers=key("k")), 409, "counter-closed")
    server.open("1")
    assert server.at("1", "next", headers=key("k")).status_code == 204
    server.take()
    called = server.at("1", "next", headers=key("k"))
    assert called.status_code == 200
    assert server.at("1", "next", headers=key("k")).content == called.content


@pytest.mark.parametrize("text", ["", "x" * 201])
def test_keys_that_are_none(server: Server, text: str) -> None:
    is_problem(server.post("/tickets", {"service": "a1"}, headers=key(text)), 422, "bad-key")


def test_answers_outlive_a_restart(tmp_path: Path) -> None:
    secrets = make_data(tmp_path)
    with serving(tmp_path, secrets) as server:
        first = server.post("/tickets", {"service": "a1"}, headers=key("k"))
    with serving(tmp_path, secrets) as server:
        again = server.post("/tickets", {"service": "a1"}, headers=key("k"))
        assert (again.status_code, again.content) == (201, first.content)
        is_problem(server.post("/tickets", {"service": "a2"}, headers=key("k")), 422, "key-reused")
        assert server.take()["number"] == "A002"


# ------------------------------------------------------------------ bodies


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"nothing", b"{}{}", b'{"a":' + b"[" * 100_000])
def test_what_is_no_json(server: Server, body: bytes) -> None:
    is_problem(server.ask("POST", "/tickets", content=body), 400, "bad-json")


def test_a_body_that_is_too_large(server: Server) -> None:
    is_problem(server.ask("POST", "/tickets", content=b" " * 262_145), 413, "body-too-large")

    def drip() -> object:
        for _ in range(300):
            yield b" " * 1_000

    is_problem(server.ask("POST", "/tickets", content=drip()), 413, "body-too-large")
    assert server.ask("POST", "/tickets", content=b'{"service": "a1"}' + b" " * 262_000).status_code == 201


def test_an_empty_body_is_an_empty_object(server: Server) -> None:
    server.open("1")
    for body in (b"", b"{}"):
        assert server.ask("POST", "/counters/1/next", content=body).status_code == 204


# ------------------------------------------------------------------ languages


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        (None, "zh-CN"), ("en", "en"), ("en-GB,zh;q=0.5", "en"), ("zh-TW", "zh-CN"), ("fr", "zh-CN"),
        ("fr,en;q=0.3", "en"),
    ],
)  # fmt: skip
def test_problems_in_the_callers_language(server: Server, accepted: str | None, lang: str) -> None:
    headers = {} if accepted is None else {"accept-language": accepted}
    answer = server.at("1", "next", headers=headers)
    is_problem(answer, 409, "counter-closed")
    assert answer.headers["content-language"] == lang
    assert answer.json()["detail"].isascii() == (lang == "en")


# ------------------------------------------------------------------ what is not there


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/halls/other/services", 404, "unknown-hall"),
        ("POST", "/api/v1/halls/other/tickets", 404, "unknown-hall"),
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/api/v1/nothing", 404, "not-found"),
        ("GET", "/tickets/nothing", 404, "unknown-ticket"),
        ("POST", "/tickets/nothing/cancel", 404, "unknown-ticket"),
        ("POST", "/tickets/nothing/reinstate", 404, "unknown-ticket"),
        ("POST", "/counters/1/jump", 404, "not-found"),
        ("DELETE", "/tickets", 405, "method-not-allowed"),
        ("GET", "/counters/1/next", 405, "method-not-allowed"),
        ("POST", "/services", 405, "method-not-allowed"),
    ],
)
def test_what_is_not_there(server: Server, method: str, path: str, status: int, code: str) -> None:
    is_problem(server.ask(method, path), status, code)


# ------------------------------------------------------------------ hours and time


def test_no_tickets_after_hours(tmp_path: Path) -> None:
    with serving(tmp_path, make_data(tmp_path), PretendClock(TEN), always_open=False) as server:
        assert server.post("/tickets", {"service": "a1"}).status_code == 201
        server.clock.at = TEN + 7 * 60 * MINUTE
        answer = server.post("/tickets", {"service": "a1"}, headers={"accept-language": "en"})
        is_problem(answer, 409, "hall-closed")
        assert "12 Jan" in answer.json()["detail"], "the next opening is said"


def test_always_open_ignores_the_hours(server: Server) -> None:
    server.clock.at = TEN + 5 * DAY + 12 * 60 * MINUTE
    assert server.take()["number"] == "A001"


def test_a_full_queue_of_commands(server: Server) -> None:
    server.hall.runner._queue_max = 0
    answer = server.post("/tickets", {"service": "a1"})
    is_problem(answer, 503, "too-busy")
    assert answer.headers["retry-after"]
