"""When something next wants attention: one instant per thing, in order. Derived from the state, never stored."""

from __future__ import annotations

from sortedcontainers import SortedList


class Agenda:
    """So that ``due()`` costs the same with ten and with ten thousand open cases."""

    def __init__(self) -> None:
        self._order: SortedList[tuple[int, str]] = SortedList()
        self._instants: dict[str, int] = {}

    def put(self, key: str, instant: int | None) -> None:
        """From now on ``key`` wants attention at ``instant``; ``None``: not any more."""
        known = self._instants.pop(key, None)
        if known is not None:
            self._order.remove((known, key))
        if instant is not None:
            self._instants[key] = instant
            self._order.add((instant, key))

    def first(self) -> int | None:
        return self._order[0][0] if self._order else None

    def due(self, now: int) -> list[str]:
        """The keys whose instant has come, earliest first."""
        return [key for _, key in self._order.irange(maximum=(now + 1, ""), inclusive=(True, False))]
