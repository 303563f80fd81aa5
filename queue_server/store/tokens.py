"""Bearer tokens: who may act in which role, over all halls of a data directory.

A token is made by one process (``queue-server token``) and used in another (``serve``), at once: a secret that is not
known in memory is always looked for in the database. One that is known costs a hash and a look-up; five times a
second at most it is asked whether anything has changed, so a revoked token works for 0.2 s more.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from queue_server.core.context import Role

from .database import connect, failure, run_script
from .queries import load_queries, script

ROLES: tuple[Role, ...] = ("admin", "manager", "clerk", "kiosk", "display", "guest")
NAME_LENGTH_MAX = 64
TRUST_SECONDS = 0.2  # how long what is in memory is believed without asking

_SQL = load_queries("tokens.sql")


class Token(NamedTuple):
    """Who holds a token. For a clerk, ``name`` is the clerk's id. ``created`` in microseconds UTC."""

    id: str
    role: Role
    name: str
    created: int


class Tokens:
    """All tokens of a data directory. Methods may be called in any thread."""

    def __init__(self, path: Path, monotonic: Callable[[], float] | None = None) -> None:
        """Open or create the file. Without a ``monotonic`` clock nothing is believed unasked. Raises StoreFailed."""
        self._directory = path.parent
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[bytes, Token] = {}
        self._asked = float("-inf")
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            self._connection = connect(path)
            run_script(self._connection, script("tokens_schema.sql"))
            self._version = self._data_version()
        except (sqlite3.Error, OSError) as error:
            raise failure(error, self._directory) from error

    def issue(self, role: Role, name: str, now: int) -> tuple[str, str]:
        """A new token: its id, and the secret, which is shown this once. Raises ValueError and StoreFailed."""
        if role not in ROLES:
            raise ValueError(f"{role} is not a role: choose one of {', '.join(ROLES)}")
        if len(name) > NAME_LENGTH_MAX or not name.isprintable():
            raise ValueError(f"a name has at most {NAME_LENGTH_MAX} printable characters")
        if role == "clerk" and not name.strip():
            raise ValueError("a clerk's token needs a name: the clerk's id")
        token, secret = secrets.token_hex(5), secrets.token_urlsafe(32)
        self._write("issue", (token, _digest(secret), role, name, now))
        return token, secret

    def find(self, secret: str) -> Token | None:
        """Whose secret this is; ``None`` when nobody's, or when it was revoked."""
        digest = _digest(secret)
        token = self._known.get(digest)
        if token is not None and self._unchanged():
            return token
        with self._lock:
            row = self._connection.execute(_SQL["find"], (digest,)).fetchone()
        if row is None:
            self._known.pop(digest, None)
            return None
        token = self._known[digest] = Token._make(row)
        return token

    def revoke(self, token: str) -> bool:
        """From now on the token opens nothing. False when there is no such token. Raises StoreFailed."""
        revoked = self._write("revoke", (token,)) > 0
        self._known.clear()
        return revoked

    def list(self) -> list[Token]:
        """Valid tokens, the oldest first."""
        with self._lock:
            return [Token._make(row) for row in self._connection.execute(_SQL["list"])]

    def close(self) -> None:
        self._connection.close()

    def _unchanged(self) -> bool:
        """Nobody else has written since what is in memory was read."""
        if self._monotonic is not None:
            now = self._monotonic()
            if now - self._asked < TRUST_SECONDS:
                return True
            self._asked = now
        with self._lock:
            version = self._data_version()
        if version == self._version:
            return True
        self._version = version
        self._known.clear()
        return False

    def _data_version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def _write(self, query: str, parameters: tuple[object, ...]) -> int:
        try:
            with self._lock:
                return self._connection.execute(_SQL[query], parameters).rowcount
        except sqlite3.Error as error:
            raise failure(error, self._directory) from error


def _digest(secret: str) -> bytes:
    """A secret has 256 random bits: one SHA-256 is enough, and slow hashes would only slow every request."""
    return sha256(secret.encode("utf-8", "replace")).digest()
