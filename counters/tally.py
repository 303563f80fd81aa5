"""The day's waits by quarter of an hour, counted as they come in: the load view must not cost more as the day grows."""

from __future__ import annotations

from queue_server.core.hall import Hall
from queue_server.core.measures import Measures, percentile

P90 = 0.9


class Tally:
    """What the waits of one hall day add up to so far. Kept on the hall, made anew each day and for a new target."""

    def __init__(self, measures: Measures, target_seconds: int) -> None:
        self.measures = measures
        self.target_seconds = target_seconds
        self.slots: dict[int, list[int]] = {}
        self.within: dict[str, int] = {}
        self.called: dict[str, int] = {}
        self._means: dict[str, dict[int, tuple[int, int]]] = {}
        self._p90: dict[int, tuple[int, int]] = {}

    def catch_up(self) -> None:
        """Take in the calls since the last time."""
        for queue, day in self.measures.queues.items():
            seen = self.called.get(queue, 0)
            for slot, seconds in day.waits[seen:]:
                self._take(queue, slot, seconds)
            self.called[queue] = len(day.waits)

    def _take(self, queue: str, slot: int, seconds: int) -> None:
        self.slots.setdefault(slot, []).append(seconds)
        means = self._means.setdefault(queue, {})
        total, count = means.get(slot, (0, 0))
        means[slot] = (total + seconds, count + 1)
        self.within[queue] = self.within.get(queue, 0) + (seconds <= self.target_seconds)

    def p90(self, slot: int) -> int | None:
        """The wait that nine in ten of those called in this quarter did not exceed, in seconds."""
        waits = self.slots.get(slot)
        if not waits:
            return None
        kept = self._p90.get(slot)
        if kept is None or kept[0] != len(waits):
            kept = self._p90[slot] = (len(waits), percentile(waits, P90) or 0)
        return kept[1]

    def mean(self, queue: str, slot: int) -> float | None:
        """The mean wait of this queue's calls in this quarter, in seconds."""
        total, count = self._means.get(queue, {}).get(slot, (0, 0))
        return total / count if count else None

    def level(self, queue: str | None = None) -> float | None:
        """The share called within the target; of all queues when none is named."""
        called = sum(self.called.values()) if queue is None else self.called.get(queue, 0)
        within = sum(self.within.values()) if queue is None else self.within.get(queue, 0)
        return within / called if called else None


def tally_of(hall: Hall) -> Tally:
    """The tally of this hall's day, up to date."""
    target_seconds = hall.setup.rules.target_wait_minutes * 60
    found: Tally | None = hall.__dict__.get("load_tally")
    if found is None or found.measures is not hall.measures or found.target_seconds != target_seconds:
        found = hall.__dict__["load_tally"] = Tally(hall.measures, target_seconds)
    found.catch_up()
    return found
