"""What is kept on disk: the log of each hall and what is made from it, sealed personal data, bearer tokens, backups."""

from .backup import backup, restore
from .chain import Row as LogRow
from .codec import text_digest
from .errors import BackupRefused, LogDamaged, SeqConflict, StoreError, StoreFailed, StoreLocked, StoreTooNew
from .layout import hall_directory, hall_names
from .log import Store
from .tokens import Token, Tokens
from .vault import Vault
from .verify import rebuild_projections, verify
from .writer import Answer, Batch, Head

__all__ = [
    "Answer",
    "BackupRefused",
    "Batch",
    "Head",
    "LogDamaged",
    "LogRow",
    "SeqConflict",
    "Store",
    "StoreError",
    "StoreFailed",
    "StoreLocked",
    "StoreTooNew",
    "Token",
    "Tokens",
    "Vault",
    "backup",
    "hall_directory",
    "hall_names",
    "rebuild_projections",
    "restore",
    "text_digest",
    "verify",
]
