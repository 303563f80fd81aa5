"""Opens SQLite files the way this house uses them, brings their schema up to date, and names their errors."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from .errors import Reason, StoreFailed, StoreTooNew
from .queries import load_queries, script

MIGRATIONS = sorted(path.name for path in (Path(__file__).parent / "migrations").glob("[0-9]*.sql"))
BUSY_MS = 5_000  # a writer meets another only while a second process migrates or issues a token
CACHE_KIB = 16_384  # a day of 20,000 tickets and its log stay in memory
WAL_BYTES_MAX = 64 * 1024 * 1024  # what a long reader (backup, verify) may leave behind on disk

_QUERIES = load_queries("queries.sql")


def connect(path: Path) -> sqlite3.Connection:
    """A connection that writes. FULL: what was committed survives a power cut (LIMITS B2, "keep FULL").

    The file is made readable for its owner alone: it holds who was where, and in the vault keys.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES_MAX}")
    return connection


def read_only_uri(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro"


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, also beside a running server."""
    connection = sqlite3.connect(read_only_uri(path), uri=True, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA query_only = 1")
    return connection


def run_script(connection: sqlite3.Connection, sql: str) -> None:
    """A whole SQL file in one transaction."""
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{sql}\nCOMMIT;")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Create the schema of a hall, or take the steps that are missing; each is one transaction."""
    known = len(MIGRATIONS)
    version = schema_version(connection)
    if version > known:
        raise StoreTooNew(f"the database has schema version {version}, this program knows {known}")
    if version == 0:
        run_script(connection, script("schema.sql") + _mark(known))
    for number in range(version + 1, known + 1) if version else ():
        run_script(connection, script(f"migrations/{MIGRATIONS[number - 1]}") + _mark(number))


def _mark(version: int) -> str:
    return _QUERIES["keep_schema_version"].replace("?", f"'{version}'") + ";"


def schema_version(connection: sqlite3.Connection) -> int:
    """Number of the last migration; 0 for an empty file."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is None:
        return 0
    row = connection.execute(_QUERIES["schema_version"]).fetchone()
    return int(row[0]) if row else 0


def failure(error: Exception, directory: Path) -> StoreFailed:
    """The error of SQLite or of the system in our words.

    SQLite calls many things "disk I/O error"; the file system is asked whether it is full or read-only.
    """
    return StoreFailed(_reason(error, directory), str(error))


def _reason(error: Exception, directory: Path) -> Reason:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL"):
        return "full"
    if name.startswith("SQLITE_READONLY"):
        return "read_only"
    if name.startswith("SQLITE_BUSY") or name.startswith("SQLITE_LOCKED"):
        return "busy"
    try:
        disk = os.statvfs(directory)
    except OSError:
        return "io"
    if disk.f_flag & os.ST_RDONLY:
        return "read_only"
    return "full" if disk.f_bavail == 0 else "io"
