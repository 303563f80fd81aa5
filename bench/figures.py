"""Percentiles, ratios and the table."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


class Line(NamedTuple):
    """One line of the table. ``expected`` holds for ``ratio``; None: nothing is expected, the figure is for the record."""

    measure: str
    ours: str
    floor: str
    ratio: float | None
    expected: str


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ms(nanoseconds: float) -> float:
    return round(nanoseconds / 1e6, 3)


def spread(rounds: Sequence[Sequence[float]]) -> dict[str, float]:
    """Milliseconds: the median over the rounds of each round's p50 and p99, from nanoseconds."""
    return {
        "p50": ms(median(percentile(values, 0.50) for values in rounds)),
        "p99": ms(median(percentile(values, 0.99) for values in rounds)),
    }


def ratio_of_rounds(ours: Sequence[float], floor: Sequence[float]) -> float:
    """The median of the rounds' own ratios: what disturbs a round disturbs both its sides."""
    return round(median(a / b for a, b in zip(ours, floor, strict=True)), 2)


def table(lines: list[Line]) -> str:
    """Markdown."""
    rows = [("measure", "ours", "floor", "ratio", "expected"), ("---", "---:", "---:", "---:", "---")]
    rows += [(x.measure, x.ours, x.floor, "" if x.ratio is None else f"{x.ratio:.2f}", x.expected) for x in lines]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    return "\n".join("| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in rows)
