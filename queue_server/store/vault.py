"""Personal data at rest: sealed under a key per visit or person, and unreadable for ever once that key is erased.

Events, checkpoints, answers and projections hold only what :meth:`Vault.seal` gives; the keys are in a database file
of their own. Erasing a key leaves the hash chain of the log as it was.

    sealed = "v1:" owner ":" base64( nonce, 12 bytes | AES-256-GCM ciphertext and tag; the owner is associated data )
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import sqlite3
import threading
import unicodedata
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .database import connect, failure, run_script
from .queries import load_queries, script

KEYS_MAX = 10_000  # keys held in memory, about 2 MB: the visits of a day
NONCE_BYTES = 12  # what AES-GCM is made for; a key seals a handful of texts, so random nonces never meet
PERSON_CHARACTERS = 32  # 128 bits: two applicants never meet
# A ticket's key is 80 bits: beyond guessing, and short enough to type from paper. In base 32 (RFC 4648), two characters at
# a time, because the standard library takes three times as long and every ticket has one.
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [one + other for one in _BASE32 for other in _BASE32]

_OWNER = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NO_SIGN = re.compile(r"[\W_]+")
_SQL = load_queries("vault.sql")


class Vault:
    """The keys of one hall. Methods block on the disk when a key is new or erased, and may be called in any thread."""

    def __init__(self, connection: sqlite3.Connection, directory: Path) -> None:
        self._connection = connection
        self._directory = directory
        self._lock = threading.Lock()
        self._keys: dict[str, AESGCM] = {}
        self._version = self._data_version()
        connection.execute(_SQL["make_secret"], (secrets.token_bytes(32),))
        self._secret: bytes = connection.execute(_SQL["secret"]).fetchone()[0]

    @classmethod
    def open(cls, path: Path) -> Vault:
        """Open or create a vault. ``secure_delete`` overwrites an erased key in the file."""
        connection = connect(path)
        try:
            connection.execute("PRAGMA secure_delete = ON")
            run_script(connection, script("vault_schema.sql"))
            return cls(connection, path.parent)
        except BaseException:
            connection.close()
            raise

    # -- personal data

    def seal(self, owner: str, text: str) -> str:
        """The text as ciphertext. Its key is on disk before this returns. Raises StoreFailed."""
        assert _OWNER.fullmatch(owner), "an owner is the id of a visit or a person"
        with self._lock:
            key = self._key(owner) or self._make_key(owner)
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + key.encrypt(nonce, text.encode(), owner.encode())
        return f"v1:{owner}:{base64.b64encode(sealed).decode()}"

    def unseal(self, sealed: str) -> str | None:
        """The text; ``None`` when its key was erased, or when this was never sealed here."""
        version, _, rest = sealed.partition(":")
        owner, _, coded = rest.partition(":")
        if version != "v1":
            return None
        with self._lock:
            key = self._key(owner)
        if key is None:
            return None
        try:
            data = base64.b64decode(coded, validate=True)
            return key.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], owner.encode()).decode()
        except (InvalidTag, ValueError):
            return None

    def erase(self, owner: str) -> bool:
        """Forget the key of a visit or person, also in the write-ahead log. True when there was one."""
        with self._lock:
            self._keys.pop(owner, None)
            try:
                erased = self._connection.execute(_SQL["erase"], (owner,)).rowcount > 0
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except sqlite3.Error as error:
                raise failure(error, self._directory) from error
            return erased

    def owners(self) -> list[str]:
        """Visits and persons whose texts can still be read."""
        with self._lock:
            return [row[0] for row in self._connection.execute(_SQL["owners"])]

    def _key(self, owner: str) -> AESGCM | None:
        """From memory, unless another process has changed the vault since: an erasure is never overlooked."""
        if (version := self._data_version()) != self._version:
            self._keys.clear()
            self._version = version
        key = self._keys.get(owner)
        if key is None and (row := self._connection.execute(_SQL["key"], (owner,)).fetchone()) is not None:
            key = self._remember(owner, row[0])
        return key

    def _make_key(self, owner: str) -> AESGCM:
        try:
            self._connection.execute(_SQL["make_key"], (owner, AESGCM.generate_key(256)))
        except sqlite3.Error as error:
            raise failure(error, self._directory) from error
        return self._remember(owner, self._connection.execute(_SQL["key"], (owner,)).fetchone()[0])

    def _remember(self, owner: str, key: bytes) -> AESGCM:
        if len(self._keys) >= KEYS_MAX:
            self._keys.pop(next(iter(self._keys)))
        found = self._keys[owner] = AESGCM(key)
        return found

    def _data_version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    # -- keys of tickets

    def ticket_key(self, ticket: str) -> str:
        """What the holder of a ticket shows to follow or cancel it: made from the hall's secret, stored nowhere."""
        bits = int.from_bytes(hmac.digest(self._secret, ticket.encode(), "sha256")[:10])
        return "".join([_PAIRS[bits >> shift & 1023] for shift in range(70, -1, -10)])

    def is_ticket_key(self, ticket: str, key: str) -> bool:
        """Takes the same time however much of the key is right."""
        return hmac.compare_digest(self.ticket_key(ticket).encode(), key.encode("utf-8", "replace"))

    # -- the same person again

    def person_of(self, document: str) -> str | None:
        """A keyed hash of an identity document or credit code: tells the same applicant again and nothing else.

        Written with or without spaces, hyphens, full width or capitals it is the same document. ``None`` for an empty one.
        """
        plain = _NO_SIGN.sub("", unicodedata.normalize("NFKC", document)).upper()
        if not plain:
            return None
        return hmac.digest(self._secret, f"person:{plain}".encode(), "sha256").hex()[:PERSON_CHARACTERS]

    def close(self) -> None:
        self._connection.close()
