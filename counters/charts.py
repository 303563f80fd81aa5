"""Charts as SVG drawn on the server: they ride the live path, print on A4 and need no script. Pure functions.

Lines are told apart by colour, dash and label. ``label`` is what a screen reader says; the figures
themselves stand in a table beside the chart.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from markupsafe import Markup, escape

WIDTH, HEIGHT = 720, 206
LEFT, RIGHT, TOP, BOTTOM = 44.0, 666.0, 14.0, 176.0
TICK_BELOW = 20  # from the axis to the words under it
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 80.0, 24.0, 2.0
STEPS = (1, 2, 5, 10, 15, 20, 30, 50, 60, 100, 120, 150, 200, 300, 500, 1000)
LINES_MAX = 5  # of the grid; more is noise
HOURS_MAX = 10  # labels under the axis


class Axis(msgspec.Struct, frozen=True, kw_only=True):
    """The time axis: ``slots`` in all, ``ticks`` as (slot, words), ``now`` as a place between slots or None."""

    slots: int
    ticks: tuple[tuple[int, str], ...] = ()
    now: float | None = None

    def x(self, slot: float) -> float:
        return LEFT + (RIGHT - LEFT) * slot / max(1, self.slots)


def scale(top: float) -> tuple[int, int]:
    """Where the value axis ends, and the step of its grid: round figures, at most :data:`LINES_MAX` steps."""
    for step in STEPS:
        count = max(1, -(-int(top + 0.999) // step))
        if count <= LINES_MAX:
            return step * count, step
    step = -(-int(top) // LINES_MAX)
    return step * LINES_MAX, step


def bars(values: Sequence[int], axis: Axis, label: str) -> Markup:
    """One column per slot; slots without anything stay empty."""
    top, step = scale(max(values, default=0))
    width = (RIGHT - LEFT) / max(1, axis.slots)
    path = "".join(
        f"M{coord(axis.x(slot) + width * 0.08)} {coord(_y(value, top))}h{coord(width * 0.84)}"
        f"V{coord(BOTTOM)}h-{coord(width * 0.84)}z"
        for slot, value in enumerate(values)
        if value > 0
    )
    drawn = Markup('<path class="chart-bars" d="{}"/>').format(path) if path else Markup()
    return _chart(label, axis, top, step, drawn)


def line(
    values: Sequence[float | None], axis: Axis, label: str, target: float | None = None, target_label: str = ""
) -> Markup:
    """One line through the middle of the slots, broken where nothing is known; the target dotted."""
    known = [value for value in values if value is not None]
    top, step = scale(max([*known, (target or 0) * 1.1], default=0))
    drawn = Markup()
    if target is not None:
        y = coord(_y(target, top))
        drawn += Markup('<path class="chart-target" d="M{} {}H{}"/>').format(coord(LEFT), y, coord(RIGHT))
        drawn += Markup('<text class="chart-label chart-ink-target" x="{}" y="{}">{}</text>').format(
            coord(RIGHT + 4), coord(_y(target, top) + 4), target_label
        )
    for run in runs(values):
        points = [(axis.x(slot + 0.5), _y(value, top)) for slot, value in run]
        if len(points) == 1:
            drawn += Markup('<circle class="chart-dot" cx="{}" cy="{}" r="3"/>').format(*map(coord, points[0]))
        else:
            drawn += Markup('<polyline class="chart-line chart-1" points="{}"/>').format(coords(points))
    return _chart(label, axis, top, step, drawn)


def spark(values: Sequence[float | None], top: float) -> Markup:
    """A few values as a tiny line, for a row of a table. ``top`` is shared by the rows, so that they compare."""
    inner = SPARK_HEIGHT - 2 * SPARK_EDGE
    step = (SPARK_WIDTH - 2 * SPARK_EDGE) / max(1, len(values) - 1)
    drawn = Markup()
    for run in runs(values):
        points = [(SPARK_EDGE + slot * step, SPARK_EDGE + inner * (1 - value / max(top, 1e-9))) for slot, value in run]
        if len(points) == 1:
            drawn += Markup('<circle cx="{}" cy="{}" r="1.5"/>').format(*map(coord, points[0]))
        else:
            drawn += Markup('<polyline points="{}"/>').format(coords(points))
    return Markup('<svg class="spark" viewBox="0 0 80 24" aria-hidden="true" focusable="false">{}</svg>').format(drawn)


def fill(share: float) -> Markup:
    """A bar filled to a share of its width."""
    width = coord(100 * min(1.0, max(0.0, share)))
    return Markup(
        '<svg class="bar-fill" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect width="{}" height="8"/></svg>'
    ).format(width)


def runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The stretches without a gap, as (slot, value)."""
    found: list[list[tuple[int, float]]] = [[]]
    for slot, value in enumerate(values):
        if value is not None:
            found[-1].append((slot, value))
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def _chart(label: str, axis: Axis, top: int, step: int, drawn: Markup) -> Markup:
    parts = [Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDTH, HEIGHT, label)]
    for value in range(0, top + 1, step):
        y = _y(value, top)
        parts.append(
            Markup(
                '<path class="chart-grid" d="M{} {}H{}"/>'
                '<text class="chart-tick" x="36" y="{}" text-anchor="end">{}</text>'
            ).format(coord(LEFT), coord(y), coord(RIGHT), coord(y + 4), value)
        )
    every = -(-len(axis.ticks) // HOURS_MAX) or 1
    for slot, words in axis.ticks[::every]:
        parts.append(
            Markup('<text class="chart-tick" x="{}" y="{}" text-anchor="middle">{}</text>')
            .format(coord(axis.x(slot)), coord(BOTTOM + TICK_BELOW), words)
        )  # fmt: skip
    parts.append(drawn)
    if axis.now is not None:
        parts.append(Markup('<path class="chart-now" d="M{} 8V{}"/>').format(coord(axis.x(axis.now)), coord(BOTTOM)))
    return Markup("").join([*parts, Markup("</svg>")])


def _y(value: float, top: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / max(top, 1e-9)


def coords(points: Sequence[tuple[float, float]]) -> Markup:
    return escape(" ".join(f"{coord(x)},{coord(y)}" for x, y in points))


def coord(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")
