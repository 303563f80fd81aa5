"""The two charts of a report: columns with their figures, and two lines told apart by dash and label. Black and white safe."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from .charts import coord, coords, runs, scale

WIDTH, HEIGHT = 400.0, 190.0
LEFT, TOP, BOTTOM = 36.0, 14.0, 164.0
RIGHT, RIGHT_LABELLED = 394.0, 340.0  # the lines' labels stand at their ends
VALUES_MAX = 12  # columns with a figure on each; more would touch
LABELS_MAX = 10


def columns(values: Sequence[int], names: Sequence[str], label: str) -> Markup:
    """One column for each name. ``label`` is what a screen reader says."""
    top, step = scale(max(values, default=0))
    width = (RIGHT - LEFT) / max(1, len(values))
    drawn = Markup()
    for place, value in enumerate(values):
        x, y = LEFT + place * width, _y(value, top)
        if value:
            drawn += Markup('<path class="chart-bars" d="M{} {}h{}V{}h-{}z"/>').format(
                coord(x + width * 0.14), coord(y), coord(width * 0.72), coord(BOTTOM), coord(width * 0.72)
            )
        if value and len(values) <= VALUES_MAX:
            drawn += Markup('<text class="chart-value" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                coord(x + width / 2), coord(y - 5), value
            )
    return _frame(label, top, step, RIGHT, names, drawn)


def lines(series: Sequence[tuple[str, Sequence[float | None]]], names: Sequence[str], label: str) -> Markup:
    """At most three lines, each as (label, values); broken where nothing is known."""
    known = [value for _, values in series for value in values if value is not None]
    top, step = scale(max(known, default=0))
    width = (RIGHT_LABELLED - LEFT) / max(1, len(names))
    drawn, ends = Markup(), []
    for number, (words, values) in enumerate(series, 1):
        found = runs(values)
        for run in found:
            points = [(LEFT + (place + 0.5) * width, _y(value, top)) for place, value in run]
            if len(points) == 1:
                dot = Markup('<circle class="chart-dot chart-{}" cx="{}" cy="{}" r="3"/>')
                drawn += dot.format(number, *map(coord, points[0]))
            else:
                drawn += Markup('<polyline class="chart-line chart-{}" points="{}"/>').format(number, coords(points))
        if found and found[-1]:
            ends.append((_y(found[-1][-1][1], top), words))
    for y, words in apart(sorted(ends)):
        name = Markup('<text class="chart-label" x="{}" y="{}">{}</text>')
        drawn += name.format(coord(RIGHT_LABELLED + 6), coord(y + 4), words)
    return _frame(label, top, step, RIGHT_LABELLED, names, drawn)


def apart(ends: list[tuple[float, str]], gap: float = 15.0) -> list[tuple[float, str]]:
    """Labels pushed apart, so that none covers another; none below the axis."""
    placed: list[tuple[float, str]] = []
    limit = BOTTOM
    for y, words in reversed(ends):
        y = min(y, limit)
        placed.append((y, words))
        limit = y - gap
    return placed


def _frame(label: str, top: int, step: int, right: float, names: Sequence[str], drawn: Markup) -> Markup:
    head = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">')
    parts = [head.format(coord(WIDTH), coord(HEIGHT), label)]
    for value in range(0, top + 1, step):
        y = _y(value, top)
        parts.append(
            Markup(
                '<path class="chart-grid" d="M{} {}H{}"/><text class="chart-tick" x="{}" y="{}" text-anchor="end">{}</text>'
            ).format(coord(LEFT), coord(y), coord(right), coord(LEFT - 6), coord(y + 4), value)
        )
    width = (right - LEFT) / max(1, len(names))
    every = -(-len(names) // LABELS_MAX) or 1
    for place in range(0, len(names), every):
        parts.append(
            Markup('<text class="chart-tick" x="{}" y="{}" text-anchor="middle">{}</text>')
            .format(coord(LEFT + (place + 0.5) * width), coord(BOTTOM + 18), names[place])
        )  # fmt: skip
    return Markup("").join([*parts, drawn, Markup("</svg>")])


def _y(value: float, top: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / max(top, 1e-9)
