"""The lower half of a ticket: what to bring or room for staff notes, the QR code, and the small print."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import segno

from .fonts import text_width
from .marks import RULE_DOTS, Code, Frame
from .page import Page, Run, line_height, measured, set_centred, shrunk, title_lines
from .paper import DOTS_PER_MM, BringItem, Sizes, TicketSlip
from .ticket_words import say
from .wrap import ELLIPSIS, Measure, clip, wrap

BRING_LINES_MAX = 4
STAFF_BOX_MM = 18
_QR_SCALE_MIN = 4  # 0.5 mm a module: old phones read it; a longer address makes a larger code, never a finer one
_QUIET_MODULES = 2


def add_bring(page: Page, slip: TicketSlip, sizes: Sizes) -> None:
    """What to bring: a box to tick each, four lines in all; the rest is on the phone."""
    page.dashes()
    page.gap(1)
    page.started(say("bring", slip.lang).main, sizes.bring_title, page.left, bold=True)
    square = sizes.body * 3 // 4
    indent = page.left + square + DOTS_PER_MM
    for entry in _bring_entries(slip, page.right - indent, sizes):
        middle = page.y + round(sizes.body * 0.65)
        if entry.ticked:
            page.marks.append(
                Frame(
                    left=page.left, right=page.left + square, top=middle - square // 2,
                    bottom=middle - square // 2 + square, thickness=RULE_DOTS, radius=0,
                )
            )  # fmt: skip
        for text in entry.lines:
            page.started(text, sizes.body, indent)
    page.gap(1.25)


class _Entry(NamedTuple):
    """One entry of the list; "more" at its end has no box to tick."""

    lines: list[str]
    ticked: bool = True


def _bring_entries(slip: TicketSlip, width: int, sizes: Sizes) -> list[_Entry]:
    """The items that fit, then how many do not."""
    shown: list[_Entry] = []
    used = 0
    items = [item for item in slip.bring if item.text.strip()]
    for index, item in enumerate(items):
        lines = _bring_lines(item, slip, width, measured(sizes.body))
        used += len(lines)
        last = index == len(items) - 1
        if used > BRING_LINES_MAX - (0 if last else 1):
            more = say("bring.more", slip.lang, count=len(items) - index).main
            return [*shown, _Entry([more], ticked=False)]
        shown.append(_Entry(lines))
    return shown


def _bring_lines(item: BringItem, slip: TicketSlip, width: int, measure: Measure) -> list[str]:
    """One item on two lines at most. That it may follow later is never what gets cut."""
    if not item.later:
        return clip(wrap(item.text, width, measure), 2, width, measure)
    text, dots = item.text, ""
    while len(lines := wrap(say("bring.later", slip.lang, text=text + dots).main, width, measure)) > 2 and text:
        text, dots = text[:-1], ELLIPSIS
    return lines


def add_staff_box(page: Page, slip: TicketSlip, sizes: Sizes) -> None:
    """Room for the helper's pen: whom to call, where the visitor sits."""
    top = page.y
    title = say("staff", slip.lang)
    page.gap(0.75)
    page.started(f"{title.main} {title.other}", sizes.small, page.left + 2 * DOTS_PER_MM)
    page.y = top + STAFF_BOX_MM * DOTS_PER_MM
    page.marks.append(Frame(left=page.left, right=page.right, top=top, bottom=page.y, thickness=4, radius=8))
    page.gap(2)


@lru_cache(maxsize=64)  # a ticket is drawn twice, preview and print; the code is a third of the work
def _qr_rows(url: str) -> tuple[str, ...]:
    """The code with its quiet zone. Always level M (15 % may be torn or faded), so that a size tells the length."""
    code = segno.make(url, error="m", micro=False, boost_error=False)
    return tuple("".join(map(str, row)) for row in code.matrix_iter(border=_QUIET_MODULES))


def add_foot(page: Page, slip: TicketSlip, sizes: Sizes) -> None:
    """The QR code and what it is for; beside each other on wide paper."""
    if not slip.large:
        page.dashes()
    page.gap(1)
    rows = _qr_rows(slip.url)
    scale = max(1, sizes.qr // len(rows), min(_QR_SCALE_MIN, page.inner // len(rows)))
    side = len(rows) * scale
    top = page.y
    left = page.left if sizes.qr_beside_text else page.left + (page.inner - side) // 2
    page.marks.append(Code(left=left, right=left + side, top=top, bottom=top + side, rows=rows, scale=scale))
    if sizes.qr_beside_text:
        _foot_text_beside(page, slip, sizes, left + side + 2 * DOTS_PER_MM)
        page.y = max(page.y, top + side)
    else:
        page.y = top + side
        for run in _foot_runs(slip, sizes, page.inner):
            page.line([run], page.left, page.right)
    page.gap(1)


def _foot_text_beside(page: Page, slip: TicketSlip, sizes: Sizes, left: int) -> None:
    """Lines from the left, in the middle of the code's height."""
    side, top = page.marks[-1].bottom - page.marks[-1].top, page.y
    runs = _foot_runs(slip, sizes, page.right - left)
    page.y = top + max(0, (side - sum(line_height(run.size) for run in runs)) // 2)
    for run in runs:
        page.put(run, left, run.size)
        page.y += line_height(run.size)


def _foot_runs(slip: TicketSlip, sizes: Sizes, width: int) -> list[Run]:
    """What the code is for, what to do without a phone, and the short code to read out."""
    scan, no_phone = say("scan", slip.lang), say("no-phone", slip.lang)
    lines, size = title_lines(scan.main, sizes.scan, width)
    runs = [Run(line, size, True) for line in lines]
    for text, wanted in ((scan.other, sizes.small), (no_phone.main, sizes.body)):
        lines, size = shrunk(text, wanted, width, 2)
        runs += [Run(line, size) for line in lines]
    return [*runs, Run(slip.short_code, sizes.scan, True, 5)] if slip.short_code else runs


def add_end(page: Page, slip: TicketSlip, sizes: Sizes) -> None:
    """A missed call is not a lost place; then when, where and whom to complain to."""
    page.dashes()
    page.gap(1)
    missed = say("missed", slip.lang)
    set_centred(page, missed.main, sizes.body, 3)
    if sizes.qr_beside_text:  # wide paper has room for both languages
        set_centred(page, missed.other, sizes.small, 2)
    page.gap(0.75)
    hotline = say("hotline", slip.lang, hotline=slip.hotline).main if slip.hotline else ""
    for line in _packed([slip.taken_at, slip.kiosk or "", hotline], sizes.end, page.inner):
        set_centred(page, line, sizes.end, 2)


def _packed(parts: list[str], size: int, width: int) -> list[str]:
    """Parts side by side, as many to a line as fit; a part is not torn for it."""
    lines: list[str] = []
    for part in filter(None, parts):
        longer = f"{lines[-1]}　{part}" if lines else part
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines
