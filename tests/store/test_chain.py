"""The hash chain, computed here a second time from its description."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from queue_server.store.chain import GENESIS, Row, broken, hash_of

TEXTS = ("ticket_issued", "kiosk-1", "retry-7", '{"ticket":"票"}')


def described(prev_hash: bytes, seq: int, at: int, version: int, texts: tuple[str, str, str | None, str]) -> bytes:
    """As the docstring of chain.py has it."""
    numbers = [seq, at, version, *(-1 if text is None else len(text.encode()) for text in texts)]
    head = b"".join(number.to_bytes(8, "big", signed=True) for number in numbers)
    return hashlib.sha256(prev_hash + head + "".join(text or "" for text in texts).encode()).digest()


@pytest.mark.parametrize("key", ["retry-7", "", None])
def test_the_hash_is_what_the_description_says(key: str | None) -> None:
    texts = (TEXTS[0], TEXTS[1], key, TEXTS[3])
    assert hash_of(GENESIS, 1, 1_767_578_400_000_000, 1, texts) == described(GENESIS, 1, 1_767_578_400_000_000, 1, texts)


def test_no_key_is_not_an_empty_key() -> None:
    none, empty = (TEXTS[0], TEXTS[1], None, TEXTS[3]), (TEXTS[0], TEXTS[1], "", TEXTS[3])
    assert hash_of(GENESIS, 1, 1, 1, none) != hash_of(GENESIS, 1, 1, 1, empty)


def test_text_cannot_move_from_one_field_to_the_next() -> None:
    one, other = ("ab", "c", "d", "{}"), ("a", "bc", "d", "{}")
    assert hash_of(GENESIS, 1, 1, 1, one) != hash_of(GENESIS, 1, 1, 1, other)


def good(**changes: Any) -> Row:
    digest = hash_of(GENESIS, 1, 5, 1, TEXTS)
    return Row(1, 5, TEXTS[0], 1, TEXTS[3], TEXTS[1], TEXTS[2], GENESIS, digest)._replace(**changes)


def test_a_good_row_follows() -> None:
    assert broken(good(), 0, GENESIS) is None


@pytest.mark.parametrize(
    "change",
    [{"at": 6}, {"kind": "x"}, {"version": 2}, {"body": "{}"}, {"actor": "x"}, {"key": None}, {"hash": GENESIS}],
    ids=lambda change: next(iter(change)),
)
def test_any_changed_field_shows(change: dict[str, Any]) -> None:
    assert broken(good(**change), 0, GENESIS) == "event 1 was changed: its hash does not match"


def test_gaps_disorder_and_another_past_show() -> None:
    assert broken(good(), -1, GENESIS) == "event 0 is missing"
    assert broken(good(), 1, GENESIS) == "event 1 is out of order"
    assert broken(good(), 0, b"\x01" * 32) == "event 1 does not follow event 0: its prev_hash differs"
