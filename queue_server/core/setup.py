"""Things that concern the hall as a whole: its set-up, its days, notices, time, and proof of delivery."""

from __future__ import annotations

from typing import Literal

import msgspec

from .catalogue import CounterId, Name, Setup, TicketId
from .visits import Command, Event


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text on the boards. ``safety`` takes the whole board over and pauses nothing by itself."""

    id: str
    text: Name
    level: Literal["info", "safety"] = "info"
    zone: str | None = None
    since: int = 0
    until: int | None = None


class ImportSetup(Command, frozen=True, kw_only=True):
    """The hall file, complete: its text, the SHA-256 of the text, and what it says. ``base``: made from this version."""

    digest: str
    text: str
    setup: Setup
    base: str | None = None


class PostNotice(Command, frozen=True, kw_only=True):
    notice: str
    text: Name
    level: Literal["info", "safety"] = "info"
    zone: str | None = None
    minutes: int | None = None


class WithdrawNotice(Command, frozen=True, kw_only=True):
    notice: str


class Tick(Command, frozen=True, kw_only=True):
    """Time has passed. ``present``: counters whose desk is open somewhere."""

    present: frozenset[CounterId] = frozenset()
    jumped_seconds: int = 0


class RecordDelivery(Command, frozen=True, kw_only=True):
    """What the screens said of one ring, ten seconds after it."""

    call: str
    count: int
    shown: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    watching: int = 0


class SetupImported(Event, frozen=True, kw_only=True, tag="setup_imported"):
    """In the log only the digest stands; the text lives in table ``blobs`` and is put back when the event is read.

    ``version``: that the hall gave it, when the file's own was known already.
    """

    digest: str
    text: str = ""
    setup: Setup | None = None
    version: str = ""


class DayOpened(Event, frozen=True, kw_only=True, tag="day_opened"):
    day: str


class DayClosed(Event, frozen=True, kw_only=True, tag="day_closed"):
    """The hall day is over: ``expired`` tickets were still open, ``closed`` counters still staffed."""

    day: str
    expired: tuple[TicketId, ...] = ()
    closed: tuple[CounterId, ...] = ()


class HallClosed(Event, frozen=True, kw_only=True, tag="hall_closed"):
    """The last session is over and ``rules.at_closing`` ends what still waits; each ticket has its ``ticket_expired``."""

    day: str


class NoticePosted(Event, frozen=True, kw_only=True, tag="notice_posted"):
    notice: str
    text: Name
    level: Literal["info", "safety"] = "info"
    zone: str | None = None
    until: int | None = None


class NoticeWithdrawn(Event, frozen=True, kw_only=True, tag="notice_withdrawn"):
    notice: str
    expired: bool = False


class CallDelivered(Event, frozen=True, kw_only=True, tag="call_delivered"):
    call: str
    count: int
    shown: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    watching: int = 0


class ClockJumped(Event, frozen=True, kw_only=True, tag="clock_jumped"):
    seconds: int
