"""Copies that can be trusted, and put back only where nothing is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kept_hall import KeptHall, kept, run

from queue_server.store import (
    BackupRefused,
    Store,
    StoreFailed,
    Tokens,
    backup,
    hall_directory,
    hall_names,
    restore,
    verify,
)

NOW = 1_767_600_000_000_000


@pytest.fixture
def data(hall: KeptHall, tmp_path: Path) -> Path:
    """A data directory whose hall is being served."""
    tokens = Tokens(tmp_path / "tokens.db")
    tokens.issue("admin", "root", NOW)
    tokens.close()
    run(hall.busy(40))
    return tmp_path


def test_a_copy_of_a_running_hall_is_whole_and_of_one_moment(data: Path, hall: KeptHall) -> None:
    copied = hall.store.head
    manifest = backup(data, data / "copy", NOW)
    run(hall.busy(10, seed=2))
    assert manifest.halls["small"].seq == copied.seq and manifest.halls["small"].hash == copied.hash.hex()
    restore(data / "copy", data / "new")
    assert hall_names(data / "new") == ["small"]
    assert verify(hall_directory(data / "new", "small")) == []
    store = Store.open(hall_directory(data / "new", "small"))
    assert store.head == copied and store.load().seq == copied.seq
    store.close()
    tokens = Tokens(data / "new" / "tokens.db")
    assert [token.name for token in tokens.list()] == ["root"]
    tokens.close()


@pytest.mark.parametrize("with_vault", [True, False])
def test_the_vault_is_copied_only_when_asked_for(data: Path, hall: KeptHall, with_vault: bool) -> None:
    sealed, key = hall.store.vault.seal("t1", "secret"), hall.store.vault.ticket_key("t1")
    manifest = backup(data, data / "copy", NOW, with_vault=with_vault)
    assert manifest.halls["small"].vault is with_vault
    restore(data / "copy", data / "new")
    store = Store.open(hall_directory(data / "new", "small"))
    assert store.vault.unseal(sealed) == ("secret" if with_vault else None)
    assert (store.vault.ticket_key("t1") == key) is with_vault
    store.close()


def test_several_halls_are_one_backup(data: Path) -> None:
    other = kept(data / "halls" / "village")
    other.store.close()
    assert set(backup(data, data / "copy", NOW).halls) == {"small", "village"}


def test_nothing_is_overwritten(data: Path) -> None:
    backup(data, data / "copy", NOW)
    with pytest.raises(BackupRefused, match="not empty"):
        backup(data, data / "copy", NOW)
    with pytest.raises(BackupRefused, match="not empty"):
        restore(data / "copy", data)
    (data / "file").write_text("")
    with pytest.raises(BackupRefused, match="not empty"):
        restore(data / "copy", data / "file")


def test_an_empty_directory_is_no_data_directory_and_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="no hall"):
        backup(tmp_path, tmp_path / "copy", NOW)
    with pytest.raises(BackupRefused, match="no complete backup"):
        restore(tmp_path, tmp_path / "new")


def spoil_file(copy: Path, manifest: Any) -> None:
    with (copy / "halls/small/hall.db").open("r+b") as file:
        file.seek(5000)
        file.write(b"!")


def spoil_missing(copy: Path, manifest: Any) -> None:
    (copy / "tokens.db").unlink()


def spoil_path(copy: Path, manifest: Any) -> None:
    manifest["files"][0]["path"] = "../outside.db"


def spoil_format(copy: Path, manifest: Any) -> None:
    manifest["format"] = 2


def spoil_manifest(copy: Path, manifest: Any) -> None:
    del manifest["files"]


@pytest.mark.parametrize("spoil", [spoil_file, spoil_missing, spoil_path, spoil_format, spoil_manifest])
def test_a_spoilt_backup_is_not_put_back(data: Path, spoil: Any) -> None:
    backup(data, data / "copy", NOW)
    path = data / "copy" / "manifest.json"
    manifest = json.loads(path.read_text())
    spoil(data / "copy", manifest)
    path.write_text(json.dumps(manifest))
    with pytest.raises(BackupRefused):
        restore(data / "copy", data / "new")
    assert not (data / "new").exists()


def test_a_target_that_cannot_be_written_is_a_failure(data: Path) -> None:
    backup(data, data / "copy", NOW)
    (data / "file").write_text("")
    with pytest.raises(StoreFailed):
        backup(data, data / "file" / "copy", NOW)
    with pytest.raises(StoreFailed):
        restore(data / "copy", data / "file" / "new")
