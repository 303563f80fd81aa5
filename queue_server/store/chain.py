"""The hash chain of the log: each event's hash covers its stored bytes and the hash before it.

    hash(0)   = 32 zero bytes
    hash(seq) = SHA-256( hash(seq - 1)                          32 bytes
                       | seq, at, version                        signed 64-bit integers, big-endian
                       | lengths of kind, actor, key, body       signed 64-bit integers, big-endian; -1: key is NULL
                       | kind | actor | key | body )             UTF-8, as stored

``at`` is in microseconds UTC. The lengths make the fields unambiguous. Whoever changes, removes or inserts an event
must rewrite every hash after it; keeping one hash outside (a backup's manifest holds the last) proves all events
before it.
"""

from __future__ import annotations

import struct
from hashlib import sha256
from typing import NamedTuple

GENESIS = bytes(32)

_pack = struct.Struct(">7q").pack


class Row(NamedTuple):
    """One event as it is stored. ``at`` in microseconds UTC; ``body`` is JSON."""

    seq: int
    at: int
    kind: str
    version: int
    body: str
    actor: str
    key: str | None
    prev_hash: bytes
    hash: bytes


def hash_of(prev_hash: bytes, seq: int, at: int, version: int, texts: tuple[str, str, str | None, str]) -> bytes:
    """The hash of an event; ``texts`` are its kind, actor, key and body."""
    kind, actor, body = texts[0].encode(), texts[1].encode(), texts[3].encode()
    if texts[2] is None:
        head = _pack(seq, at, version, len(kind), len(actor), -1, len(body))
        return sha256(b"".join((prev_hash, head, kind, actor, body))).digest()
    key = texts[2].encode()
    head = _pack(seq, at, version, len(kind), len(actor), len(key), len(body))
    return sha256(b"".join((prev_hash, head, kind, actor, key, body))).digest()


def broken(row: Row, prev_seq: int, prev_hash: bytes) -> str | None:
    """What is wrong with this event as the successor of the one before; ``None`` when nothing is."""
    if row.seq != prev_seq + 1:
        return f"event {prev_seq + 1} is missing" if row.seq > prev_seq else f"event {row.seq} is out of order"
    if row.prev_hash != prev_hash:
        return f"event {row.seq} does not follow event {prev_seq}: its prev_hash differs"
    if row.hash != hash_of(prev_hash, row.seq, row.at, row.version, (row.kind, row.actor, row.key, row.body)):
        return f"event {row.seq} was changed: its hash does not match"
    return None
