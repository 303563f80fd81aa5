"""The only file that asks what time it is.

Hall time = start + speed x monotonic. At speed 1 it follows the wall clock, so that a corrected wall clock is
followed; a jump of the wall clock is reported by :meth:`Clock.jumped`.
"""

from __future__ import annotations

import datetime
import time

JUMP_SECONDS = 300  # a larger difference between wall and monotonic clock is an alarm


def wall_us() -> int:
    """Microseconds UTC by the wall clock."""
    return time.time_ns() // 1000


def monotonic() -> float:
    """Seconds for measuring durations of the transport; never goes back."""
    return time.monotonic()


def today() -> datetime.date:
    """The date by the wall clock, in UTC."""
    return datetime.datetime.now(datetime.UTC).date()


class Clock:
    """Hall time in microseconds UTC."""

    def __init__(self, speed: float = 1.0, start_us: int | None = None) -> None:
        self.speed = speed
        self.follows_wall = start_us is None and speed == 1.0
        self._start = wall_us() if start_us is None else start_us
        self._begun = time.monotonic_ns()
        self._offset = wall_us() - time.monotonic_ns() // 1000

    def now(self) -> int:
        if self.follows_wall:
            return wall_us()
        return self._start + int((time.monotonic_ns() - self._begun) // 1000 * self.speed)

    def set_speed(self, speed: float) -> None:
        """Go on from the present hall time at another speed."""
        self._start, self._begun, self.speed, self.follows_wall = self.now(), time.monotonic_ns(), speed, False

    def seconds_until(self, instant: int) -> float:
        """Real seconds until hall time reaches the instant; 0 when it has, a day when the clock stands still."""
        if self.speed <= 0:
            return 86_400.0
        return max(0.0, (instant - self.now()) / 1_000_000 / self.speed)

    def jumped(self) -> int:
        """Seconds the wall clock jumped since the last question, when over the limit; else 0."""
        offset = wall_us() - time.monotonic_ns() // 1000
        seconds = (offset - self._offset) // 1_000_000
        self._offset = offset
        return seconds if self.follows_wall and abs(seconds) > JUMP_SECONDS else 0
