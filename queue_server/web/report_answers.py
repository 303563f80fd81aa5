"""What ``GET /report`` answers, as types; see :mod:`.answers`. What each figure means: ``report.how.*`` in the words."""

from __future__ import annotations

from typing import Any

import msgspec

from queue_server.core.catalogue import Name

from .answers import Instant, Seconds


class ReportLog(msgspec.Struct):
    """Which events it was made of, and the hash of the last."""

    first: int
    last: int
    hash: str


class Spread(msgspec.Struct, kw_only=True):
    """Of a time in seconds; null when there was none."""

    median: Seconds | None
    p90: Seconds | None


class ReportVisits(msgspec.Struct, kw_only=True):
    """All visits together; more figures follow. ``at_first_contact``: ended where they were first called to (首问)."""

    arrived: int
    called: int
    done: int
    unserved: int
    no_show: int
    cancelled: int
    expired: int
    transferred: int
    received: int
    at_first_contact: int
    untold: int
    within_target: int
    wait: Spread
    service: Spread


class ReportQueue(msgspec.Struct, kw_only=True):
    queue: str
    letter: str
    name: Name
    arrived: int
    called: int
    done: int
    within_target: int
    wait: Spread
    service: Spread


class ReportService(msgspec.Struct, kw_only=True):
    """Dealt with at the counters (``quantity``), and the cases of the same service."""

    service: str | None
    name: Name
    handling: str | None
    quantity: int
    visits: int
    accepted: int
    decided: int
    at_once: int


class ReportNotices(msgspec.Struct, kw_only=True):
    """One-time notices; ``again``: not the first for their matter; ``fresh``: asking for what the first did not name."""

    given: int
    again: int
    fresh: int
    services: tuple[dict[str, Any], ...]
    materials: tuple[dict[str, Any], ...]


class ReportCases(msgspec.Struct, kw_only=True):
    """Cases by what happened to them in these days; more figures follow."""

    received: int
    accepted: int
    deemed: int
    rejected: int
    withdrawn: int
    decided: int
    at_once: int
    with_promise: int
    in_promise: int
    with_law: int
    in_law: int
    open: int
    overdue: int
    unknown_year: int
    departments: tuple[dict[str, Any], ...]


class ReportStop(msgspec.Struct, kw_only=True):
    """The clock of cases stood: how often, and for how many days."""

    kind: str
    begun: int
    ended: int
    days: int
    late: int
    standing: int


class ReportDeferral(msgspec.Struct, kw_only=True):
    """Papers that follow (``later``) and signed promises (``promised``)."""

    kind: str
    given: int
    met: int
    broken: int
    late: int
    open: int
    overdue: int


class ReportTide(msgspec.Struct, kw_only=True):
    """A counter became something else, or came back. ``by``: who did it; null: the load or the time."""

    at: Instant
    counter: str
    serves: tuple[str, ...]
    helps: tuple[str, ...]
    kind: str | None
    until: Instant | None
    cause: str
    tide: str | None
    by: str | None


class ReportEmergency(msgspec.Struct, kw_only=True):
    at: Instant
    kind: str
    by: str | None
    counter: str | None
    zone: str | None
    place: str | None
    answered_by: str | None
    answer_seconds: Seconds | None
    ended: Instant | None


class ReportAnswer(msgspec.Struct, kw_only=True):
    """Hall days ``from`` to ``to``; ``over``: all of them have ended; ``days``: on how many somebody
    came. It holds more than is described here."""

    from_: str = msgspec.field(name="from")
    to: str
    made: Instant
    over: bool
    days: int
    target_minutes: int
    log: ReportLog | None
    visits: ReportVisits
    queues: tuple[ReportQueue, ...]
    services: tuple[ReportService, ...]
    packages: tuple[dict[str, Any], ...]
    unserved: tuple[dict[str, Any], ...]
    notices: ReportNotices
    cases: ReportCases
    stops: tuple[ReportStop, ...]
    deferrals: tuple[ReportDeferral, ...]
    delivery: dict[str, Any]
    free: tuple[dict[str, Any], ...]
    tides: tuple[ReportTide, ...]
    emergencies: tuple[ReportEmergency, ...]
