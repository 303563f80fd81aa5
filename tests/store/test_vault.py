"""Personal data at rest, and its erasure."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kept_hall import KeptHall, run

from queue_server.core import visits as v
from queue_server.store import StoreFailed, Vault, vault, verify

TEXT = "王小明 13800000000"


@pytest.fixture
def kept_vault(tmp_path: Path) -> Iterator[Vault]:
    found = Vault.open(tmp_path / "vault.db")
    yield found
    found.close()


def test_what_is_sealed_can_be_read_again_and_not_without_the_key(kept_vault: Vault) -> None:
    sealed = kept_vault.seal("t1", TEXT)
    assert sealed.startswith("v1:t1:") and "138" not in sealed
    assert kept_vault.unseal(sealed) == TEXT


def test_the_same_text_is_sealed_differently_each_time(kept_vault: Vault) -> None:
    assert kept_vault.seal("t1", TEXT) != kept_vault.seal("t1", TEXT)


def test_the_key_is_on_disk_before_seal_returns(kept_vault: Vault, tmp_path: Path) -> None:
    sealed = kept_vault.seal("t1", TEXT)
    other = Vault.open(tmp_path / "vault.db")
    assert other.unseal(sealed) == TEXT
    other.close()


def test_an_erased_key_is_gone_from_memory_and_from_every_file(kept_vault: Vault, tmp_path: Path) -> None:
    sealed, other = kept_vault.seal("t1", TEXT), kept_vault.seal("t2", TEXT)
    key = sqlite3.connect(tmp_path / "vault.db").execute("SELECT key FROM keys WHERE owner = 't1'").fetchone()[0]
    assert kept_vault.erase("t1")
    assert kept_vault.unseal(sealed) is None
    assert kept_vault.unseal(other) == TEXT
    assert not kept_vault.erase("t1")
    assert all(key not in path.read_bytes() for path in tmp_path.glob("vault.db*"))


def test_an_erasure_by_another_process_is_not_overlooked(kept_vault: Vault, tmp_path: Path) -> None:
    sealed = kept_vault.seal("t1", TEXT)
    other = Vault.open(tmp_path / "vault.db")
    other.erase("t1")
    other.close()
    assert kept_vault.unseal(sealed) is None


def test_a_key_made_after_erasure_does_not_open_what_was_sealed_before(kept_vault: Vault) -> None:
    before = kept_vault.seal("t1", TEXT)
    kept_vault.erase("t1")
    after = kept_vault.seal("t1", TEXT)
    assert (kept_vault.unseal(before), kept_vault.unseal(after)) == (None, TEXT)


@pytest.mark.parametrize("text", ["", "v1", "v1:t1", "v1:t1:", "v1:t1:!!!", "v1:t1:AAAA", "v2:t1:AAAA", "plain text"])
def test_what_was_never_sealed_here_is_none(kept_vault: Vault, text: str) -> None:
    kept_vault.seal("t1", TEXT)
    assert kept_vault.unseal(text) is None


def test_a_sealed_text_does_not_open_under_another_owner(kept_vault: Vault) -> None:
    kept_vault.seal("t2", TEXT)
    assert kept_vault.unseal(kept_vault.seal("t1", TEXT).replace(":t1:", ":t2:")) is None


@pytest.mark.parametrize("owner", ["", "a:b", "a b", "x" * 65])
def test_an_owner_is_an_id(kept_vault: Vault, owner: str) -> None:
    with pytest.raises(AssertionError):
        kept_vault.seal(owner, TEXT)


def test_only_so_many_keys_are_held_in_memory(kept_vault: Vault, monkeypatch: Any) -> None:
    monkeypatch.setattr(vault, "KEYS_MAX", 3)
    sealed = [kept_vault.seal(f"t{i}", str(i)) for i in range(10)]
    assert len(kept_vault._keys) == 3
    assert [kept_vault.unseal(text) for text in sealed] == [str(i) for i in range(10)]


def test_a_disk_that_takes_nothing_is_a_failure(kept_vault: Vault) -> None:
    kept_vault.seal("t1", TEXT)
    kept_vault._connection.execute("PRAGMA query_only = 1")
    with pytest.raises(StoreFailed) as failed:
        kept_vault.seal("t2", TEXT)
    assert failed.value.reason == "read_only"
    with pytest.raises(StoreFailed):
        kept_vault.erase("t1")


def test_a_ticket_key_is_the_same_after_a_restart_and_another_in_another_hall(tmp_path: Path) -> None:
    keys = []
    for name in ("a.db", "a.db", "b.db"):
        opened = Vault.open(tmp_path / name)
        keys.append(opened.ticket_key("t1"))
        assert opened.is_ticket_key("t1", keys[-1])
        assert not opened.is_ticket_key("t2", keys[-1])
        assert not opened.is_ticket_key("t1", "ключ")
        opened.close()
    assert keys[0] == keys[1] != keys[2]
    assert len(keys[0]) == 16 and keys[0] == keys[0].lower() and keys[0].isalnum()


def test_erasure_leaves_the_log_as_it_was(hall: KeptHall) -> None:
    async def visit() -> str:
        sealed = hall.store.vault.seal("t1", TEXT)
        await hall.do(
            v.TakeTicket(ticket="t1", service="S1"), v.CallChosen(counter="1", ticket="t1", reason=sealed)
        )  # fmt: skip
        await hall.checkpoint()
        return sealed

    sealed = run(visit())
    head = hall.store.head
    assert hall.store.vault.erase("t1")
    assert verify(hall.directory) == []
    assert hall.store.load() == hall.hall and hall.store.head == head
    why = hall.hall.tickets["t1"].why
    assert why is not None and why.reason == sealed
    assert hall.store.vault.unseal(sealed) is None
    assert all(TEXT.encode() not in path.read_bytes() for path in hall.directory.iterdir())


def test_old_visits_become_unreadable_on_schedule(hall: KeptHall) -> None:
    """Only those: a younger visit keeps its notes, and the chain verifies."""

    async def visits() -> tuple[str, str, int]:
        old, young = (hall.store.vault.seal(owner, TEXT) for owner in ("t1", "t2"))
        await hall.do(v.TakeTicket(ticket="t1", service="S1"))
        await hall.do(v.TakeTicket(ticket="t2", service="S1"), minutes=10)
        erased = await hall.store.erase_before(hall.at)
        assert await hall.store.erase_before(hall.at) == 0
        return old, young, erased

    old, young, erased = run(visits())
    assert erased == 1 and verify(hall.directory) == []
    assert (hall.store.vault.unseal(old), hall.store.vault.unseal(young)) == (None, TEXT)


def test_a_document_is_known_again_however_it_is_written(tmp_path: Path) -> None:
    vault = Vault.open(tmp_path / "vault.db")
    same = {vault.person_of(text) for text in ("33030219900101123x", " 330302-19900101-123X ", "３３０３０２19900101123Ｘ")}
    assert len(same) == 1 and None not in same
    found = same.pop()
    assert found is not None and len(found) == 32 and found != vault.person_of("330302199001011231")
    assert vault.person_of(" - ") is None
    other = Vault.open(tmp_path / "other.db")
    assert other.person_of("33030219900101123x") != found, "another hall cannot tell who it is"
    vault.close()
    other.close()
