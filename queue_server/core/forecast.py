"""How long a ticket will wait: a range, from this queue's own record of today.

The point is half the age of the first who still waits, half (ahead + 1) times today's seconds per place
(sum of waits / sum of places of the tickets called last): method S1 of the study of waits on the Warsaw tickets, which
beats the mean of the last calls by a third and nominal minutes by far (DOMAIN 5.1). Nominal minutes are never used.
The range is the point times two factors that follow the record: after each call they move so that one ticket in ten falls
below and one in ten above (a quantile tracker in the logarithm; cost O(1)).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .catalogue import QueueId
from .visits import SECOND, Wait

if TYPE_CHECKING:
    from .state import Hall

RECENT = 15  # calls remembered; DOMAIN 5.1 uses 15, more lags behind the day, fewer is noise
FACTOR_LOW, FACTOR_HIGH = 0.5, 1.8  # 10 and 90 % points of actual / likely to begin with
STEP = 0.05  # of the tracker: about 50 calls to cross a factor of two
TAIL = 0.1
SOONEST_SECONDS = 120  # with somebody ahead nobody is promised less, however quick the last ones went
CACHE_US = SECOND


class Pace(msgspec.Struct, kw_only=True):
    """What a queue has shown today. ``recent``: (seconds waited, places at issue) of the last calls."""

    recent: list[tuple[int, int]] = []
    low: float = FACTOR_LOW
    high: float = FACTOR_HIGH
    calls: int = 0


def learn(pace: Pace, waited_seconds: int, ahead_at_issue: int, promised: Wait | None) -> None:
    """Take in one first call."""
    pace.calls += 1
    pace.recent.append((waited_seconds, ahead_at_issue + 1))
    del pace.recent[:-RECENT]
    if promised is None or promised.likely <= 0:
        return
    ratio = waited_seconds / promised.likely
    pace.low *= 1 - STEP * (1 - TAIL) if ratio < pace.low else 1 + STEP * TAIL
    pace.high *= 1 + STEP * (1 - TAIL) if ratio > pace.high else 1 - STEP * TAIL
    pace.low = min(max(pace.low, 0.05), 0.95)
    pace.high = min(max(pace.high, 1.05), 5.0)


def estimate(hall: Hall, queue: QueueId, ahead: int, now: int) -> Wait | None:
    """The range for a ticket with ``ahead`` before it in this queue. ``None`` when nothing is known to tell it by."""
    staffed, free = hall.staffing(queue)
    if staffed and free and ahead == 0:
        return Wait(0, 0, 60)
    if not staffed:
        return None
    pace = hall.paces.get(queue)
    if pace is None or not pace.recent:
        return None
    per_place, oldest = _figures(hall, queue, pace, now)
    by_length = (ahead + 1) * per_place
    likely = (by_length + min(oldest, 3 * by_length)) / 2 if oldest else by_length
    high = int(likely * pace.high) + 1
    return Wait(int(likely * pace.low), int(likely), max(high, SOONEST_SECONDS) if ahead else high)


def _figures(hall: Hall, queue: QueueId, pace: Pace, now: int) -> tuple[float, float]:
    """Seconds per place and age of the first waiting, renewed at most once a second."""
    cached = hall.pace_cache.get(queue)
    if cached is not None and 0 <= now - cached[0] < CACHE_US:
        return cached[1], cached[2]
    waits = sum(waited for waited, _ in pace.recent)
    places = sum(place for _, place in pace.recent)
    first = hall.lines.oldest(hall, queue)
    oldest = (now - first.arrival) / SECOND if first else 0.0
    hall.pace_cache[queue] = (now, waits / places, oldest)
    return waits / places, oldest
