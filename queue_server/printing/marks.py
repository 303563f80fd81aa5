"""What is drawn on a ticket, as values with their boxes.

The layout is a value so that tests can ask it: does anything overlap, does anything leave the paper?
"""

from __future__ import annotations

import msgspec

RULE_DOTS = 2  # 0.25 mm: thinner lines break up on worn heads


class Mark(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Anything drawn: the box it stays within, in dots from the top left; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int


class Text(Mark, frozen=True, kw_only=True):
    """One line of text. ``tracking``: extra dots after each character."""

    text: str
    size: int
    bold: bool
    baseline: int
    tracking: int = 0


class Rule(Mark, frozen=True, kw_only=True):
    """A straight line as thick as its box; dashed ones are ornaments between sections."""

    dashed: bool = False


class Frame(Mark, frozen=True, kw_only=True):
    """A box with round corners around other marks."""

    thickness: int
    radius: int


class Code(Mark, frozen=True, kw_only=True):
    """A QR code with its quiet zone. ``rows``: one string of 0 and 1 a row, quiet zone included."""

    rows: tuple[str, ...]
    scale: int


AnyMark = Text | Rule | Frame | Code


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """All marks of a ticket and its size in dots."""

    width: int
    height: int
    marks: tuple[AnyMark, ...]
