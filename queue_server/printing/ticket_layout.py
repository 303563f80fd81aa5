"""Where everything on a ticket stands: a slip and a paper width become marks.

Reading order is the order of need: number, where to wait, how long, what to bring, then the rest.
"""

from __future__ import annotations

from .fonts import text_width
from .marks import RULE_DOTS, Frame, Layout, Rule
from .page import SMALLEST_DOTS, Page, Run, measured, set_centred, shrunk, title_lines
from .paper import DOTS_PER_MM, Sizes, TicketSlip, sizes_for
from .ticket_foot import add_bring, add_end, add_foot, add_staff_box
from .ticket_words import (
    HOPELESS_MINUTES,
    NO_WAIT_MINUTES,
    Fact,
    ahead_fact,
    pair,
    say,
    wait_fact,
)
from .wrap import balance, clip, wrap

SERVICE_LINES_MAX = 2
FEED_MM = 8
_FRAME_DOTS = 6  # 0.75 mm
_FRAME_INSET = 2 * DOTS_PER_MM + _FRAME_DOTS


def lay_out(slip: TicketSlip, width_dots: int) -> Layout:
    """The ticket as marks. Raises :class:`~queue_server.printing.fonts.FontMissing`."""
    page, sizes = Page(width_dots), sizes_for(width_dots, large=slip.large)
    _hall(page, slip, sizes)
    _number(page, slip, sizes)
    _service(page, slip, sizes)
    _place(page, slip, sizes)
    _facts(page, slip, sizes)
    if slip.large:
        add_staff_box(page, slip, sizes)
    elif slip.bring:
        add_bring(page, slip, sizes)
    add_foot(page, slip, sizes)
    add_end(page, slip, sizes)
    return page.finish(FEED_MM)


def _hall(page: Page, slip: TicketSlip, sizes: Sizes) -> None:
    """The hall's name: Chinese over English on every ticket, as on its door."""
    set_centred(page, slip.hall.zh, sizes.hall, 2, bold=True)
    if slip.hall.en:
        set_centred(page, slip.hall.en, sizes.hall_other, 2)


def _number(page: Page, slip: TicketSlip, sizes: Sizes) -> None:
    """The number as large as the paper allows, letter a little apart, never broken."""
    page.gap(3.5)
    size = sizes.number
    while size > SMALLEST_DOTS and _number_width(slip.number, size) > page.inner:
        size -= 2
    page.digits(slip.number, size, apart=size * 6 // 100, track=size // 100)
    page.gap(3)


def _number_width(number: str, size: int) -> int:
    return text_width(number, size, True) + size * 6 // 100 + len(number) * (size // 100) + 2


def _service(page: Page, slip: TicketSlip, sizes: Sizes) -> None:
    """The service in the ticket's language; an English ticket repeats it in Chinese for whoever helps."""
    if slip.service is None:
        return
    name = pair(slip.service, slip.lang)
    set_centred(page, name.main or name.other, sizes.service, SERVICE_LINES_MAX, bold=True)
    if slip.lang == "en" and name.main and name.other:
        set_centred(page, name.other, sizes.body, 1)
    page.gap(2)


def _place(page: Page, slip: TicketSlip, sizes: Sizes) -> None:
    """The frame that says where to wait: zone, windows, the way there, and the same in the other language."""
    frame_top, left, right = page.y, page.left + _FRAME_INSET, page.right - _FRAME_INSET
    page.gap(1.75)
    key = "place.zone" if slip.zone_letter else "place.anywhere"
    title = say(key, slip.lang, zone=slip.zone_letter)
    windows = pair(slip.windows, slip.lang) if slip.windows else None
    _zone_and_windows(page, title.main, windows.main if windows else "", sizes)
    for text in _way_lines(slip, sizes, right - left):
        page.line([Run(text, sizes.body)], left, right)
    other = ("，" if slip.lang == "en" else ", ").join([title.other, *([windows.other] if windows else [])])
    lines, size = shrunk(other, sizes.place_other, right - left, 2)
    for text in lines:
        page.line([Run(text, size)], left, right)
    page.gap(1.75)
    page.marks.append(
        Frame(left=page.left, right=page.right, top=frame_top, bottom=page.y, thickness=_FRAME_DOTS, radius=16)
    )
    page.gap(2.5)


def _zone_and_windows(page: Page, title: str, windows: str, sizes: Sizes) -> None:
    """Zone and windows on one line where they fit, else below each other."""
    left, right, space = page.left + _FRAME_INSET, page.right - _FRAME_INSET, 2 * DOTS_PER_MM
    lines, size = title_lines(title, sizes.place, right - left)
    runs = [Run(text, size, True) for text in lines]
    beside = Run(windows, sizes.windows)
    if windows and len(runs) == 1 and runs[0].width + space + beside.width <= right - left:
        page.line([runs[0], beside], left, right, space=space)
        return
    for run in runs:
        page.line([run], left, right)
    if windows:
        texts, smaller = shrunk(windows, sizes.windows, right - left, 2)
        for text in texts:
            page.line([Run(text, smaller)], left, right)


def _way_lines(slip: TicketSlip, sizes: Sizes, width: int) -> list[str]:
    """The zone's name and the way there on two lines at most; where there is no room for both, the way."""
    name, way = (pair(text, slip.lang).main if text else "" for text in (slip.zone_name, slip.way))
    both = ("：" if slip.lang == "zh" else ": ").join(filter(None, (name, way)))
    for text in (both, way):
        lines = balance(text, width, measured(sizes.body)) if text else []
        if len(lines) <= 2:
            return lines
    return clip(wrap(way, width, measured(sizes.body)), 2, width, measured(sizes.body))


def _facts(page: Page, slip: TicketSlip, sizes: Sizes) -> None:
    """Ahead and wait side by side, or the one sentence that says more than figures."""
    wait = slip.wait_minutes
    sentence = None
    if slip.ahead == 0 and wait is not None and wait[1] <= NO_WAIT_MINUTES:
        sentence, facts = say("wait.none", slip.lang), []
    else:
        facts = [ahead_fact(slip.ahead, slip.lang)] if slip.ahead is not None else []
        if wait is not None and wait[1] > HOPELESS_MINUTES:
            sentence = say("wait.hopeless", slip.lang)
        elif wait is not None:
            facts.append(wait_fact(wait, slip.lang))
    if facts:
        _fact_cells(page, facts, sizes)
    if sentence is not None:
        set_centred(page, sentence.main, sizes.fact, 2, bold=True)
        set_centred(page, sentence.other, sizes.small, 2)
    if facts or sentence is not None:
        page.gap(2)


def _fact_cells(page: Page, facts: list[Fact], sizes: Sizes) -> None:
    """Each fact gets room by its width, so that neither is smaller than it need be."""
    space, size = 5 * DOTS_PER_MM, sizes.fact
    while size > SMALLEST_DOTS and sum(_fact_widths(facts, size, sizes.small)) > page.inner - space * (len(facts) - 1):
        size -= 2
    widths = _fact_widths(facts, size, sizes.small)
    spare = (page.inner - sum(widths)) // len(facts)
    top, left = page.y, page.left
    for index, (fact, width) in enumerate(zip(facts, widths, strict=True)):
        page.y, right = top, left + width + spare
        page.line([Run(fact.label, sizes.small)], left, right)
        page.y -= 2
        page.line([Run(fact.value, size, True)], left, right)
        if index:
            page.marks.append(Rule(left=left - 1, right=left - 1 + RULE_DOTS, top=top + 2, bottom=page.y - 4))
        left = right


def _fact_widths(facts: list[Fact], size: int, label_size: int) -> list[int]:
    return [max(text_width(f.value, size, True), text_width(f.label, label_size)) for f in facts]
