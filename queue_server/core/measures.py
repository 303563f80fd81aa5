"""The day in figures: arrivals, waits, service times, how tickets ended. Fed by the events, emptied at the day's turn.

Words as in ``docs/glossary.md``: time to call = arrival to first call; service time = start to finish, holds excluded.
A slot is a quarter of an hour: ``at // SLOT``.
"""

from __future__ import annotations

import msgspec

from .catalogue import QueueId
from .visits import MINUTE, Wait

SLOT = 15 * MINUTE


class QueueDay(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One queue today. ``waits``: (slot, seconds to the first call) of each ticket called."""

    arrived: int = 0
    done: int = 0
    no_show: int = 0
    cancelled: int = 0
    waits: list[tuple[int, int]] = []
    service_count: int = 0
    service_seconds: int = 0
    promised: int = 0  # tickets called that had been given a range
    in_range: int = 0  # of them, called within it
    error_seconds: int = 0  # sum of |actual - likely|


class Measures(msgspec.Struct, kw_only=True, omit_defaults=True):
    """All queues of one hall day."""

    queues: dict[QueueId, QueueDay] = {}
    arrivals: dict[int, int] = {}  # per slot
    calls: dict[int, int] = {}  # first calls per slot
    free: dict[str, int] = {}  # free services given, by their id
    notices: int = 0  # one-time notices
    notices_again: int = 0  # of them, not the first for their matter
    unserved: dict[str, int] = {}  # visits that came to nothing, by their cause
    untold: list[str] = []  # tickets finished with papers missing and nothing in writing


def _queue(measures: Measures, queue: QueueId) -> QueueDay:
    found = measures.queues.get(queue)
    if found is None:
        found = measures.queues[queue] = QueueDay()
    return found


def arrived(measures: Measures, queue: QueueId, at: int) -> None:
    _queue(measures, queue).arrived += 1
    slot = at // SLOT
    measures.arrivals[slot] = measures.arrivals.get(slot, 0) + 1


def called(measures: Measures, queue: QueueId, at: int, waited_seconds: int, promised: Wait | None) -> None:
    day = _queue(measures, queue)
    slot = at // SLOT
    measures.calls[slot] = measures.calls.get(slot, 0) + 1
    day.waits.append((slot, waited_seconds))
    if promised is not None:
        day.promised += 1
        day.in_range += promised.low <= waited_seconds <= promised.high
        day.error_seconds += abs(waited_seconds - promised.likely)


def served(measures: Measures, queue: QueueId, at: int, seconds: int) -> None:
    day = _queue(measures, queue)
    day.service_count += 1
    day.service_seconds += seconds


def ended(measures: Measures, queue: QueueId, how: str) -> None:
    day = _queue(measures, queue)
    if how == "done":
        day.done += 1
    elif how == "no_show":
        day.no_show += 1
    else:
        day.cancelled += 1


def unserved(measures: Measures, cause: str | None) -> None:
    cause = cause or "unnamed"
    measures.unserved[cause] = measures.unserved.get(cause, 0) + 1


def returned(measures: Measures, queue: QueueId) -> None:
    """A no-show came back: it is none."""
    _queue(measures, queue).no_show -= 1


def service_level(day: QueueDay, target_seconds: int) -> float | None:
    """Share of the tickets called that were called within the target. ``None`` when none was called."""
    if not day.waits:
        return None
    return sum(seconds <= target_seconds for _, seconds in day.waits) / len(day.waits)


def percentile(values: list[int], share: float) -> int | None:
    """The nearest-rank percentile; ``None`` of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
