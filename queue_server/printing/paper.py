"""What a printed ticket says, and how large: the slip, the paper widths and the type sizes.

A slip is complete: drawing needs neither the hall nor a clock, so the preview, the print and the reprint are the same.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from queue_server.core.catalogue import Name

DOTS_PER_MM = 8  # every 203 dpi thermal head; 300 dpi heads print the same image smaller
DOTS_PER_INCH = 203

WIDTH_58_DOTS = 384  # 58 mm paper, 48 mm printed: the usual head
WIDTH_58_WIDE_DOTS = 432  # 58 mm paper, 54 mm printed: some heads; a setting, because no printer tells
WIDTH_80_DOTS = 576  # 80 mm paper, 72 mm printed
PAPER_WIDTHS_DOTS: dict[str, int] = {
    "58": WIDTH_58_DOTS,
    "58-wide": WIDTH_58_WIDE_DOTS,
    "80": WIDTH_80_DOTS,
}

MARGIN_DOTS = 8  # 1 mm: heads are mounted by hand, and a frame on the outermost dots prints half


class BringItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One paper to bring, in the ticket's language. ``later``: it may follow afterwards (容缺)."""

    text: str
    later: bool = False


class TicketSlip(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that stands on one ticket. Carries no name, phone or ID, ever.

    For a private service the caller gives the theme as ``service`` (or ``None``) and leaves ``bring`` empty: a list of
    papers names the service as surely as its title does. Waits are whole minutes; ``None`` leaves them out.
    """

    hall: Name
    number: str
    service: Name | None = None
    zone_letter: str | None = None
    zone_name: Name | None = None
    windows: Name | None = None  # in words: "3–14 号窗口", "windows 3–14"
    way: Name | None = None  # from the entrance: "从正门直走 30 米"
    ahead: int | None = None
    wait_minutes: tuple[int, int] | None = None  # low, high
    bring: tuple[BringItem, ...] = ()
    url: str  # what the QR code opens
    short_code: str | None = None  # to be read out at a counter when no camera helps
    taken_at: str  # hall time as text: "2026-11-24 10:26:08"
    kiosk: str | None = None  # in the ticket's language: "2 号取号机"
    hotline: str | None = None  # complaints: "12345"
    lang: Literal["zh", "en"] = "zh"
    large: bool = False  # assisted ticket: larger type, room for staff notes, no list of papers


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """Type and picture sizes in dots. Nothing below 22 (2.75 mm), except English under a Chinese title."""

    hall: int
    hall_other: int
    number: int
    service: int
    place: int
    windows: int
    place_other: int
    fact: int
    body: int
    bring_title: int
    qr: int
    qr_beside_text: bool
    scan: int
    small: int
    end: int


SIZES_80 = Sizes(
    hall=40, hall_other=24, number=220, service=34, place=44, windows=34, place_other=26, fact=52,
    body=28, bring_title=30, qr=216, qr_beside_text=True, scan=32, small=24, end=22,
)  # fmt: skip
SIZES_58 = Sizes(
    hall=34, hall_other=21, number=148, service=28, place=36, windows=28, place_other=22, fact=38,
    body=24, bring_title=28, qr=192, qr_beside_text=False, scan=32, small=22, end=22,
)  # fmt: skip
# Assisted tickets: text at least 18 pt where there is room (适老化), the number as wide as the paper.
SIZES_80_LARGE = msgspec.structs.replace(
    SIZES_80, number=228, service=44, place=60, windows=46, place_other=30, fact=60, body=36, small=28, end=24
)
SIZES_58_LARGE = msgspec.structs.replace(
    SIZES_58, number=150, service=36, place=48, windows=36, place_other=24, fact=46, body=30, small=24
)


def sizes_for(width_dots: int, *, large: bool) -> Sizes:
    """The sizes for a paper width in dots; widths between the known ones take the smaller set."""
    if width_dots >= WIDTH_80_DOTS:
        return SIZES_80_LARGE if large else SIZES_80
    return SIZES_58_LARGE if large else SIZES_58
