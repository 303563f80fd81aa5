"""Who may do what: roles, tokens, cookies, origins, keys, limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from factory import TEN
from small_server import HALL, Server, make_data, serving
from test_api import is_problem

from queue_server import maintenance
from queue_server.web.access import COOKIE

EVERYBODY = {"admin", "manager", "clerk", "kiosk", "display", "guest", None}
STAFF = {"admin", "manager", "clerk"}
MANAGERS = {"admin", "manager"}

ALLOWED: list[tuple[str, str, Any, set[str | None]]] = [
    ("GET", "/services", None, EVERYBODY),
    ("GET", "/counters", None, EVERYBODY),
    ("POST", "/tickets", {"service": "a1"}, STAFF | {"kiosk"}),
    ("GET", "/tickets/{ticket}", None, STAFF | {"kiosk"}),
    ("POST", "/tickets/{ticket}/cancel", {}, STAFF | {"kiosk"}),
    ("POST", "/tickets/{missed}/reinstate", {}, STAFF),
    ("POST", "/counters/2/open", {}, STAFF),
    ("POST", "/counters/1/next", {}, MANAGERS),
    ("PATCH", "/counters/1", {"serves": ["A"]}, MANAGERS),
    ("POST", "/notices", {"text": "x"}, MANAGERS),
    ("GET", "/load", None, STAFF),
    ("GET", "/log", None, MANAGERS),
    ("GET", "/healthz", None, EVERYBODY),
    ("GET", "/readyz", None, EVERYBODY),
]


@pytest.mark.parametrize("by", sorted(EVERYBODY, key=str))
@pytest.mark.parametrize(
    ("method", "path", "body", "allowed"), ALLOWED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_roles(server: Server, method: str, path: str, body: Any, allowed: set[str | None], by: str | None) -> None:
    server.open("1", "wang")
    missed = server.take()
    server.at("1", "next"), server.at("1", "no-show")
    path = path.replace("{missed}", missed["id"]).replace("{ticket}", server.take()["id"])
    answer = server.ask(method, path, by, **({} if body is None else {"json": body}))
    if by in allowed:
        assert answer.status_code < 300, answer.text
    elif by is None:
        is_problem(answer, 401, "not-signed-in")
        assert answer.headers["www-authenticate"] == "Bearer"
    else:
        is_problem(answer, 403, "not-your-counter" if by == "clerk" and path == "/counters/1/next" else "wrong-role")


# ------------------------------------------------------------------ clerks


def test_a_clerk_works_at_ones_own_counter_only(server: Server) -> None:
    assert server.at("1", "open", by="clerk").json()["counter"]["clerk"] == "li"
    is_problem(server.at("2", "open", {"clerk": "wang"}, by="clerk"), 403, "not-yourself")
    server.open("2", "wang")
    for act in ("next", "recall", "start", "finish", "no-show", "put-back", "pause", "close"):
        is_problem(server.at("2", act, by="clerk"), 403, "not-your-counter")
    is_problem(server.at("2", "take-over", by="clerk"), 409, "clerk-elsewhere")


def test_a_manager_acts_for_a_clerk_and_an_admin_in_every_role(server: Server) -> None:
    server.open("1", "li")
    server.take()
    assert server.at("1", "next", by="admin").status_code == 200
    assert server.at("1", "start", by="clerk").status_code == 200


# ------------------------------------------------------------------ tokens


@pytest.mark.parametrize(
    "value", ["Bearer nonsense", "Bearer ", "nonsense", "Basic {clerk}", "Bearer {clerk}x", "Bearer ü"]
)
def test_tokens_that_are_none(server: Server, value: str) -> None:
    header = value.replace("{clerk}", server.secrets["clerk"]).encode("latin-1")
    for path in ("/load", "/services"):
        is_problem(server.get(path, by=None, headers={"authorization": header}), 401, "bad-token")


def test_the_scheme_may_be_written_in_any_case(server: Server) -> None:
    header = {"authorization": f"bearer {server.secrets['manager']}"}
    assert server.get("/load", by=None, headers=header).status_code == 200


def test_a_new_token_is_valid_at_once_and_a_revoked_one_soon_is_not(server: Server, tmp_path: Path) -> None:
    server.secrets["new"] = maintenance.new_token(tmp_path, "manager", "new", TEN)
    assert server.get("/load", by="new").status_code == 200
    tokens = server.client.app.state.tokens  # type: ignore[attr-defined]
    found = tokens.find(server.secrets["new"])
    tokens.revoke(found.id)
    is_problem(server.get("/load", by="new"), 401, "bad-token")


# ------------------------------------------------------------------ the key of a ticket


def test_a_key_opens_its_own_ticket_only(server: Server) -> None:
    mine, other = server.take(), server.take()
    assert server.get(f"/tickets/{mine['id']}", by=None, params={"key": mine["key"]}).status_code == 200
    for key in (other["key"], "", "x" * 500, "ü"):
        is_problem(server.get(f"/tickets/{mine['id']}", by=None, params={"key": key}), 403, "wrong-ticket-key")
    is_problem(server.get(f"/tickets/{mine['id']}", by=None), 401, "not-signed-in")
    wrong_key = server.get("/tickets/nothing", by=None, params={"key": mine["key"]})
    is_problem(wrong_key, 403, "wrong-ticket-key")


# ------------------------------------------------------------------ browsers


@pytest.mark.parametrize("role", ["clerk", "manager", "kiosk", "display"])
def test_signing_in_sets_a_strict_cookie(server: Server, role: str) -> None:
    answer = server.client.post("/enter", data={"token": server.secrets[role]}, follow_redirects=False)
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=") and "httponly" in cookie and "samesite=strict" in cookie


def test_a_cookie_acts_only_from_our_own_pages(server: Server) -> None:
    server.client.cookies.set(COOKIE, server.secrets["manager"])
    assert server.get("/load", by=None).status_code == 200, "reading harms nobody: the answer stays in this browser"
    post = {"path": "/notices", "body": {"text": "x"}, "by": None}
    is_problem(server.post(**post), 403, "wrong-origin")
    for origin in ("http://evil.test", "null", "http://hall.test.evil.test"):
        is_problem(server.post(**post, headers={"origin": origin}), 403, "wrong-origin")
    assert server.post(**post, headers={"origin": "http://hall.test"}).status_code == 201
    assert server.post(**post, headers={"sec-fetch-site": "same-origin"}).status_code == 201


def test_signing_in_from_another_site_is_refused(server: Server) -> None:
    data = {"token": server.secrets["manager"]}
    answer = server.client.post("/enter", data=data, headers={"origin": "http://evil.test"}, follow_redirects=False)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


@pytest.mark.parametrize("target", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)"])
def test_signing_in_never_leads_elsewhere(server: Server, target: str) -> None:
    data = {"token": server.secrets["clerk"], "next": target}
    answer = server.client.post("/enter", data=data, follow_redirects=False)
    assert answer.headers["location"].startswith("/h/small/")


def test_a_wrong_token_at_the_door(server: Server) -> None:
    answer = server.client.post("/enter", data={"token": "nonsense"}, follow_redirects=False)
    assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)


def test_a_cookie_that_is_no_longer_valid_is_nobody(server: Server) -> None:
    server.client.cookies.set(COOKIE, "nonsense")
    is_problem(server.get("/load", by=None), 401, "not-signed-in")
    assert server.get("/services", by=None).status_code == 200


# ------------------------------------------------------------------ limits


def test_the_public_is_limited_and_the_hall_is_not(tmp_path: Path) -> None:
    with serving(tmp_path, make_data(tmp_path), requests_per_minute_max=5) as server:
        answers = [server.get("/services", by=None) for _ in range(7)]
        assert [answer.status_code for answer in answers].count(200) >= 5
        is_problem(answers[-1], 429, "too-many-requests")
        assert answers[-1].headers["retry-after"]
        for by in ("admin", "manager", "clerk", "kiosk", "display"):
            assert [server.get("/services", by=by).status_code for _ in range(7)] == [200] * 7


def test_security_headers_on_pages(server: Server) -> None:
    headers = server.client.get("/enter").headers
    assert (
        "script-src 'self'" in headers["content-security-policy"] and "unsafe" not in headers["content-security-policy"]
    )
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")
    assert HALL.startswith("/api/")
