"""Bearer tokens: valid at once in every process, known in no file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from queue_server.store import StoreFailed, Token, Tokens

NOW = 1_767_578_400_000_000


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def tokens(tmp_path: Path, seconds: Seconds) -> Iterator[Tokens]:
    found = Tokens(tmp_path / "data" / "tokens.db", seconds)
    yield found
    found.close()


@pytest.fixture
def elsewhere(tokens: Tokens, tmp_path: Path) -> Iterator[Tokens]:
    """The same tokens in another process."""
    found = Tokens(tmp_path / "data" / "tokens.db")
    yield found
    found.close()


def test_a_token_is_found_by_its_secret(tokens: Tokens) -> None:
    token, secret = tokens.issue("clerk", "李敏", NOW)
    assert len(secret) >= 43
    for _ in range(2):
        assert tokens.find(secret) == Token(token, "clerk", "李敏", NOW)


@pytest.mark.parametrize("secret", ["", "guess", "\udcff", "x" * 10_000])
def test_other_secrets_find_nothing(tokens: Tokens, secret: str) -> None:
    tokens.issue("admin", "", NOW)
    assert tokens.find(secret) is None


def test_the_secret_stands_in_no_file(tokens: Tokens, tmp_path: Path) -> None:
    _, secret = tokens.issue("admin", "root", NOW)
    assert all(secret.encode() not in path.read_bytes() for path in (tmp_path / "data").iterdir())


def test_a_token_of_another_process_is_valid_at_once(tokens: Tokens, elsewhere: Tokens) -> None:
    _, known = tokens.issue("display", "", NOW)
    assert tokens.find(known)
    _, secret = elsewhere.issue("kiosk", "door", NOW)
    found = tokens.find(secret)
    assert found is not None and found.role == "kiosk"


def test_a_token_revoked_elsewhere_ends_within_the_trusted_time(
    tokens: Tokens, elsewhere: Tokens, seconds: Seconds
) -> None:
    (gone, secret), (_, other) = tokens.issue("kiosk", "", NOW), tokens.issue("display", "", NOW)
    assert tokens.find(secret) and tokens.find(other) and tokens.find(secret) and tokens.find(other)
    assert elsewhere.revoke(gone)
    assert elsewhere.find(secret) is None
    seconds.now += 0.1
    assert tokens.find(secret) is not None, "believed unasked"
    seconds.now += 0.2
    assert tokens.find(secret) is None
    assert tokens.find(other) is not None


def test_without_a_clock_a_token_revoked_elsewhere_ends_at_once(tokens: Tokens, elsewhere: Tokens) -> None:
    token, secret = tokens.issue("kiosk", "", NOW)
    assert elsewhere.find(secret) and elsewhere.find(secret)
    tokens.revoke(token)
    assert elsewhere.find(secret) is None


def test_a_revoked_token_ends_at_once_and_is_listed_no_more(tokens: Tokens) -> None:
    token, secret = tokens.issue("kiosk", "", NOW)
    kept, _ = tokens.issue("admin", "", NOW + 1)
    assert tokens.find(secret)
    assert [item.id for item in tokens.list()] == [token, kept]
    assert tokens.revoke(token)
    assert tokens.find(secret) is None
    assert not tokens.revoke(token) and not tokens.revoke("unknown")
    assert [item.id for item in tokens.list()] == [kept]


@pytest.mark.parametrize(
    ("role", "name"), [("boss", ""), ("visitor", ""), ("clerk", ""), ("clerk", "  "), ("kiosk", "x" * 65), ("guest", "a\n")]
)
def test_bad_roles_and_names_are_refused(tokens: Tokens, role: Any, name: str) -> None:
    with pytest.raises(ValueError):
        tokens.issue(role, name, NOW)
    assert tokens.list() == []


def test_a_disk_that_takes_nothing_is_a_failure(tokens: Tokens, tmp_path: Path) -> None:
    tokens._connection.execute("PRAGMA query_only = 1")
    with pytest.raises(StoreFailed) as failed:
        tokens.issue("admin", "", NOW)
    assert failed.value.reason == "read_only"
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreFailed):
        Tokens(tmp_path / "file" / "tokens.db")
