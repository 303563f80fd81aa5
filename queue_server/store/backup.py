"""Copies of a data directory: taken beside a running server, checked before they are put back.

The log is copied before the vault: a key is on disk before any event that needs it, so a copy of the vault that was
taken later has every key, except those erased in between, as it should be. The vault is only copied when asked for:
every copy of it must be found again when somebody's data is to be erased.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from hashlib import file_digest
from pathlib import Path

import msgspec

from .database import connect_read_only, failure
from .errors import BackupRefused
from .layout import HALL, HALLS, TOKENS, VAULT, hall_directory, hall_names
from .writer import read_head

MANIFEST = "manifest.json"
_FILE = re.compile(rf"{re.escape(TOKENS)}|{HALLS}/[A-Za-z0-9_-]{{1,64}}/({re.escape(HALL)}|{re.escape(VAULT)})")


class File(msgspec.Struct, frozen=True):
    """One file of a backup, its path relative to the manifest."""

    path: str
    size_bytes: int
    sha256: str


class HallCopy(msgspec.Struct, frozen=True):
    """How far a copied log goes. ``hash`` proves every event up to ``seq``: keep it somewhere else, too."""

    seq: int
    hash: str
    vault: bool


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup consists of. It is written last: a directory without one is no backup."""

    format: int = 1
    at: int
    halls: dict[str, HallCopy]
    files: tuple[File, ...]


def backup(data: Path, target: Path, now: int, with_vault: bool = False) -> Manifest:
    """Copy a data directory into ``target``, which must be empty. Raises BackupRefused, StoreFailed."""
    names = hall_names(data)
    if not names:
        raise BackupRefused(f"there is no hall in {data}")
    _must_be_empty(target)
    try:
        halls = {
            name: _copy_hall(hall_directory(data, name), hall_directory(target, name), with_vault) for name in names
        }
        if (data / TOKENS).exists():
            _copy(data / TOKENS, target / TOKENS)
        paths = sorted(path for path in target.rglob("*.db"))
        manifest = Manifest(at=now, halls=halls, files=tuple(_describe(path, target) for path in paths))
        _write_durably(target / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    except (sqlite3.Error, OSError) as error:
        raise failure(error, target) from error
    return manifest


def restore(source: Path, data: Path) -> Manifest:
    """Put a backup back as a data directory, which must be empty. Nothing is written before all files proved right.

    Without a vault in the backup, personal data stays sealed for ever and tickets taken before get new keys.
    """
    manifest = read_manifest(source)
    _must_be_empty(data)
    try:
        for file in manifest.files:
            destination = data / file.path
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / file.path, destination)
            destination.chmod(0o600)
            _sync(destination)
            _sync(destination.parent)
    except OSError as error:
        raise failure(error, data) from error
    return manifest


def read_manifest(source: Path) -> Manifest:
    """The manifest of a backup whose files are all there and as they were. Raises BackupRefused."""
    try:
        manifest = msgspec.json.decode((source / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise BackupRefused(f"{source} holds no complete backup: {error}") from error
    if manifest.format != 1:
        raise BackupRefused(f"{source} was made by a newer version of this program")
    for file in manifest.files:
        if not _FILE.fullmatch(file.path):
            raise BackupRefused(f"{file.path} does not belong into a data directory")
        if not (source / file.path).is_file() or _describe(source / file.path, source) != file:
            raise BackupRefused(f"{file.path} is missing or is not what the manifest says")
    return manifest


def _must_be_empty(directory: Path) -> None:
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise BackupRefused(f"{directory} is not empty")


def _copy_hall(source: Path, target: Path, with_vault: bool) -> HallCopy:
    _copy(source / HALL, target / HALL)
    vault = with_vault and (source / VAULT).exists()
    if vault:
        _copy(source / VAULT, target / VAULT)
    connection = connect_read_only(target / HALL)
    try:
        head = read_head(connection)
    finally:
        connection.close()
    return HallCopy(head.seq, head.hash.hex(), vault)


def _copy(source: Path, target: Path) -> None:
    """One consistent copy of a live database, as a single file without a write-ahead log."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    reading, writing = connect_read_only(source), sqlite3.connect(target, isolation_level=None)
    try:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode = DELETE")
    finally:
        writing.close()
        reading.close()
    _sync(target)


def _describe(path: Path, base: Path) -> File:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return File(path.relative_to(base).as_posix(), path.stat().st_size, digest)


def _write_durably(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    _sync(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    """What was written is on the disk, not only in its cache."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
