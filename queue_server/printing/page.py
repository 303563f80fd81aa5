"""The page: stacks marks from top to bottom, and makes text fit before it is set.

Text that does not fit is broken evenly, then made smaller, and only then cut with an ellipsis.
"""

from __future__ import annotations

import math
from functools import partial

import msgspec

from .fonts import text_width
from .marks import RULE_DOTS, AnyMark, Layout, Rule, Text
from .paper import DOTS_PER_MM, MARGIN_DOTS
from .wrap import ELLIPSIS, Measure, balance, clip, wrap

SMALLEST_DOTS = 22  # 2.75 mm: nothing is shrunk below it
_LINE_HEIGHT = 1.3  # of the size; room for the descenders of Latin and the eye's way back
_ASCENT = 0.88  # of the size: the em box of Chinese type above the baseline
_CAPITAL = 0.733  # of the size: height of capitals and digits


def line_height(size: int) -> int:
    """Dots from one line's top to the next."""
    return math.ceil(_LINE_HEIGHT * size)


class Run(msgspec.Struct, frozen=True):
    """A piece of text to be set. ``track``: extra dots after each character."""

    text: str
    size: int
    bold: bool = False
    track: int = 0

    @property
    def width(self) -> int:
        if not self.track:
            return text_width(self.text, self.size, self.bold)
        return sum(text_width(c, self.size, self.bold) + self.track for c in self.text) - self.track


class Page:
    """Stacks marks downward; ``y`` is where the next one begins."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.left = MARGIN_DOTS
        self.right = width - MARGIN_DOTS
        self.y = MARGIN_DOTS
        self.marks: list[AnyMark] = []

    @property
    def inner(self) -> int:
        """Width between the margins, in dots."""
        return self.right - self.left

    def gap(self, millimetres: float) -> None:
        """Leave white."""
        self.y += round(millimetres * DOTS_PER_MM)

    def line(self, runs: list[Run], left: int, right: int, *, space: int = 0) -> None:
        """Set runs side by side on one baseline, centred between two edges, and move below them; no text, no line."""
        runs = [run for run in runs if run.text]
        if not runs:
            return
        x = left + (right - left - sum(run.width for run in runs) - space * (len(runs) - 1)) // 2
        largest = max(run.size for run in runs)
        height = line_height(largest)
        for run in runs:
            self.put(run, x, largest)
            x += run.width + space
        self.y += height

    def put(self, run: Run, x: int, largest: int) -> None:
        """Set one run at ``x`` in a line whose largest type is ``largest`` dots; ``y`` stays."""
        height = line_height(largest)
        baseline = self.y + (height - largest) // 2 + round(_ASCENT * largest)
        self.marks.append(
            Text(
                text=run.text, size=run.size, bold=run.bold, tracking=run.track, baseline=baseline,
                left=x, right=x + run.width, top=self.y, bottom=self.y + height,
            )
        )  # fmt: skip

    def centred(self, lines: list[str], size: int, *, bold: bool = False) -> None:
        """Centred lines between the margins."""
        for text in lines:
            self.line([Run(text, size, bold)], self.left, self.right)

    def started(self, text: str, size: int, x: int, *, bold: bool = False) -> None:
        """One line that begins at ``x``."""
        self.put(Run(text, size, bold), x, size)
        self.y += line_height(size)

    def digits(self, text: str, size: int, apart: int, track: int) -> None:
        """A ticket number: capitals and digits only, so the box is as high as they are."""
        runs = [Run(part, size, True, track) for part in (text[:1], text[1:]) if part]
        x = self.left + (self.inner - sum(run.width for run in runs) - apart * (len(runs) - 1)) // 2
        over = math.ceil(size / 60)  # round digits reach a little over the line, above and below
        height = math.ceil(_CAPITAL * size) + 2 * over
        for run in runs:
            self.marks.append(
                Text(
                    text=run.text, size=size, bold=True, tracking=track, baseline=self.y + height - over,
                    left=x, right=x + run.width, top=self.y, bottom=self.y + height,
                )
            )  # fmt: skip
            x += run.width + apart
        self.y += height

    def dashes(self) -> None:
        """A dashed line across."""
        self.marks.append(Rule(left=self.left, right=self.right, top=self.y, bottom=self.y + RULE_DOTS, dashed=True))
        self.y += RULE_DOTS

    def finish(self, feed_mm: int) -> Layout:
        """Close the page with white to feed."""
        return Layout(width=self.width, height=self.y + feed_mm * DOTS_PER_MM, marks=tuple(self.marks))


def measured(size: int, bold: bool = False) -> Measure:
    return partial(text_width, size_dots=size, bold=bold)


def shrunk(text: str, size: int, width: int, lines_max: int, bold: bool = False) -> tuple[list[str], int]:
    """Balanced lines and the size they fit at: down to four fifths, after that an ellipsis."""
    smallest = max(SMALLEST_DOTS, size * 4 // 5)
    for smaller in range(size, smallest - 1, -2):
        lines = balance(text, width, measured(smaller, bold))
        if len(lines) <= lines_max:
            return lines, smaller
    return clip(wrap(text, width, measured(smallest, bold)), lines_max, width, measured(smallest, bold)), smallest


def title_lines(text: str, size: int, width: int) -> tuple[list[str], int]:
    """A short bold line: smaller before broken, two lines only when it must be."""
    lines, smaller = shrunk(text, size, width, 1, bold=True)
    return (lines, smaller) if not lines[0].endswith(ELLIPSIS) else shrunk(text, size, width, 2, bold=True)


def set_centred(page: Page, text: str, size: int, lines_max: int, *, bold: bool = False) -> None:
    """Text between the margins, shrunk and broken as it needs."""
    lines, smaller = shrunk(text, size, page.inner, lines_max, bold)
    page.centred(lines, smaller, bold=bold)
