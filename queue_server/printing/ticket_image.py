"""The ticket as dots. What is previewed on the kiosk, saved as PNG or PDF, and printed is the same image.

Text is drawn smooth and then cut at a threshold: that keeps strokes two dots wide where direct one-bit drawing breaks
them. The threshold is on the dark side, because worn heads print thinner than they are told.
"""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw

from .fonts import embolden_dots, load_font, text_width
from .marks import AnyMark, Code, Frame, Layout, Rule, Text
from .paper import DOTS_PER_INCH, TicketSlip
from .ticket_layout import lay_out

_WHITE, _BLACK = 255, 0
_INK_BELOW = 150  # of 255
_THRESHOLD = [_BLACK if level < _INK_BELOW else _WHITE for level in range(256)]
_DASH_DOTS, _DASH_GAP_DOTS = 8, 6


def draw_ticket(slip: TicketSlip, width_dots: int) -> Image.Image:
    """The ticket in mode ``1``, ``width_dots`` wide, 8 mm of white at its end. A few milliseconds once fonts are warm.

    Raises :class:`~queue_server.printing.fonts.FontMissing`.
    """
    return draw(lay_out(slip, width_dots))


def draw(layout: Layout) -> Image.Image:
    """A layout as a one-bit image."""
    image = Image.new("L", (layout.width, layout.height), _WHITE)
    pen = ImageDraw.Draw(image)
    for mark in layout.marks:
        _draw_mark(image, pen, mark)
    return image.point(_THRESHOLD, mode="1")


def to_png(image: Image.Image) -> bytes:
    """PNG at the printer's resolution, for previews and archives."""
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return out.getvalue()


def to_pdf(image: Image.Image) -> bytes:
    """PDF of one page in the paper's true size, for office printers."""
    out = io.BytesIO()
    image.save(out, "PDF", resolution=DOTS_PER_INCH)
    return out.getvalue()


def _draw_mark(image: Image.Image, pen: ImageDraw.ImageDraw, mark: AnyMark) -> None:
    match mark:
        case Text():
            _draw_text(image, mark)
        case Rule():
            _draw_rule(pen, mark)
        case Frame():
            pen.rounded_rectangle(
                (mark.left, mark.top, mark.right - 1, mark.bottom - 1),
                radius=mark.radius, outline=_BLACK, width=mark.thickness,
            )  # fmt: skip
        case Code():
            bits = bytes(_BLACK if module == "1" else _WHITE for row in mark.rows for module in row)
            code = Image.frombytes("L", (len(mark.rows), len(mark.rows)), bits)
            side = mark.right - mark.left
            image.paste(code.resize((side, side), Image.Resampling.NEAREST), (mark.left, mark.top))


def _draw_text(image: Image.Image, mark: Text) -> None:
    if not mark.tracking:
        _stamp(image, mark.text, mark.left, mark)
        return
    x = mark.left
    for character in mark.text:
        _stamp(image, character, x, mark)
        x += text_width(character, mark.size, mark.bold) + mark.tracking


def _stamp(image: Image.Image, text: str, x: int, mark: Text) -> None:
    ink, left, top = _ink(text, mark.size, mark.bold)
    image.paste(_BLACK, (x + left, mark.baseline + top), ink)


@lru_cache(maxsize=256)  # half the lines of a ticket are on every ticket, and digits always; about 3 MB
def _ink(text: str, size: int, bold: bool) -> tuple[Image.Image, int, int]:
    """A drawn line as a mask, and where it stands relative to the start of its baseline."""
    font, stroke = load_font(size, bold), embolden_dots(size, bold)
    left, top, right, bottom = (int(edge) for edge in font.getbbox(text, anchor="ls", stroke_width=stroke))
    ink = Image.new("L", (max(1, right - left), max(1, bottom - top)), 0)
    ImageDraw.Draw(ink).text((-left, -top), text, _WHITE, font, anchor="ls", stroke_width=stroke)
    return ink, left, top


def _draw_rule(pen: ImageDraw.ImageDraw, mark: Rule) -> None:
    if not mark.dashed:
        pen.rectangle((mark.left, mark.top, mark.right - 1, mark.bottom - 1), fill=_BLACK)
        return
    for x in range(mark.left, mark.right, _DASH_DOTS + _DASH_GAP_DOTS):
        pen.rectangle((x, mark.top, min(x + _DASH_DOTS, mark.right) - 1, mark.bottom - 1), fill=_BLACK)
