"""The records of the announcer, and how a backlog of waiting sentences is made shorter. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from queue_server.voice import wording

SECOND = 1_000_000  # microseconds

ACK_GRACE_SECONDS = 2  # a screen that does not answer holds the zone up no longer than this
BACKLOG_SECONDS_MAX = 20
RING_SECONDS_MAX = 45  # later the visitor has read the board or asked; a late sentence only confuses
CLIP_SECONDS_MAX = 3  # waiting for a clip; a chime now is better than a voice later

CHIME_SECONDS = 1.2
SENTENCE_SECONDS = 4.5  # guesses for clips that are not made yet (130-150 words a minute)
NEXT_CALL_SECONDS = 3.5
MERGED_CALLS_MAX = 3  # nobody can follow more numbers in one sentence

RingKey = tuple[str, int]  # call id, count


class Ring(msgspec.Struct, frozen=True):
    """A call or recall that is to sound: (call id, count) is its identity. ``quiet``: this one is only shown."""

    call_id: str
    count: int
    number: str
    counter_label: str
    zone: str
    lang: str
    quiet: bool = False

    @property
    def key(self) -> RingKey:
        return self.call_id, self.count


class Say(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The item a zone says now. No ``url``: chime. ``expires`` is the instant after which no screen may begin it.

    ``also`` are the other rings of a merged item; the ack names only the first.
    """

    id: str
    count: int
    text: str
    lang: str
    url: str | None
    seconds: float
    expires: int
    also: tuple[RingKey, ...] = ()


class Wanted(msgspec.Struct, frozen=True):
    """A clip to make: give it back by ``call_id``, ``count`` and ``text``."""

    call_id: str
    count: int
    calls: tuple[wording.Call, ...]
    lang: str
    text: str


class Outcome(msgspec.Struct, frozen=True):
    """What became of a ring. ``reason`` only when dropped."""

    call_id: str
    count: int
    what: Literal["spoken", "chimed", "merged", "dropped"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """A ring and its instant."""

    ring: Ring
    at: int

    def late(self, now: int) -> bool:
        return self.at + RING_SECONDS_MAX * SECOND < now


@dataclass(slots=True, eq=False)
class Item:
    """One sentence that waits. ``clip`` is (url, seconds); ``clip_due`` the instant when we stop waiting for it."""

    calls: list[Rung]
    lang: str
    clip_due: int
    clip: tuple[str, float] | None = None
    asked: bool = False
    failed: bool = False

    @property
    def key(self) -> RingKey:
        return self.calls[0].ring.key

    @property
    def said(self) -> tuple[wording.Call, ...]:
        return tuple((call.ring.number, call.ring.counter_label) for call in self.calls)

    @property
    def text(self) -> str:
        return wording.sentence(self.said, self.lang)

    @property
    def seconds(self) -> float:
        if self.failed:
            return CHIME_SECONDS
        return self.clip[1] if self.clip else SENTENCE_SECONDS + NEXT_CALL_SECONDS * (len(self.calls) - 1)

    @property
    def repeats(self) -> bool:
        return len(self.calls) == 1 and self.calls[0].ring.count > 1

    def ready_at(self) -> int:
        """From when on it may begin, with what it has."""
        first = self.calls[0].at
        if self.clip or self.failed:
            return first
        return min(self.clip_due, first + RING_SECONDS_MAX * SECOND + 1)

    def change(self, calls: list[Rung]) -> None:
        """Other calls, so another sentence: its clip must be made anew."""
        self.calls, self.clip, self.asked, self.failed = calls, None, False, False


@dataclass(slots=True, eq=False)
class Room:
    """The sound of one zone."""

    waiting: deque[Item] = field(default_factory=deque)
    current: Say | None = None
    devices: int = 0
    quiet: bool = False


def relieve(rooms: Sequence[Room], now: int) -> list[Item]:
    """Bring the backlog of rooms that take turns under its limit, as far as that can be done.

    Repeats go first (they are returned), then neighbours are merged.
    """
    excess = backlog_seconds(rooms, now) - BACKLOG_SECONDS_MAX
    dropped: list[Item] = []
    for room in rooms:
        for item in [item for item in room.waiting if item.repeats]:
            if excess <= 0:
                return dropped
            excess -= item.seconds
            room.waiting.remove(item)
            dropped.append(item)
    for room in rooms:
        if excess > 0:
            excess -= _merge(room, excess, now)
    return dropped


def backlog_seconds(rooms: Sequence[Room], now: int) -> float:
    """Seconds of sound before these rooms would be still."""
    seconds = sum(item.seconds for room in rooms for item in room.waiting)
    for room in rooms:
        if room.current:
            seconds += max(0.0, (room.current.expires - now) / SECOND - ACK_GRACE_SECONDS)
    return seconds


def _merge(room: Room, excess: float, now: int) -> float:
    """Merge neighbours of one language, from the front, until ``excess`` seconds are saved. Returns the saving."""
    saved = 0.0
    kept: deque[Item] = deque()
    for item in room.waiting:
        before = kept[-1] if kept else None
        if before is None or saved >= excess or not _fit(before, item):
            kept.append(item)
            continue
        apart = before.seconds + item.seconds
        before.change(before.calls + item.calls)
        before.clip_due = now + CLIP_SECONDS_MAX * SECOND
        saved += max(0.0, apart - before.seconds)
    room.waiting = kept
    return saved


def _fit(first: Item, second: Item) -> bool:
    """Chimes are left alone: they are short as they are."""
    if first.failed or second.failed:
        return False
    return first.lang == second.lang and len(first.calls) + len(second.calls) <= MERGED_CALLS_MAX
