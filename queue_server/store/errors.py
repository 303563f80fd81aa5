"""What the store says no to.

    StoreError
    ├── StoreLocked     another process has this data directory open
    ├── StoreFailed     an append (or other write) failed and nothing of it was kept; ``reason`` says why
    │   └── SeqConflict the log does not end where the writer believed; the state must be loaded again
    ├── LogDamaged      the log cannot be replayed: a broken chain, a gap, an event nobody can read
    ├── StoreTooNew     the files were written by a newer version of this program
    └── BackupRefused   a backup or a restore would overwrite something, or its files are not what the manifest says
"""

from __future__ import annotations

from typing import Literal

Reason = Literal["full", "read_only", "busy", "io", "conflict"]


class StoreError(Exception):
    """The store could not do what was asked."""


class StoreLocked(StoreError):
    """Another process has this data directory open."""


class StoreFailed(StoreError):
    """A write failed and was rolled back."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Reason = reason


class SeqConflict(StoreFailed):
    """The log does not end where the writer believed."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__("conflict", f"the batch follows event {expected}, the log ends at {found}")


class LogDamaged(StoreError):
    """The log cannot be replayed."""


class StoreTooNew(StoreError):
    """The files were written by a newer version of this program."""


class BackupRefused(StoreError):
    """A backup or restore was refused before anything was overwritten."""
