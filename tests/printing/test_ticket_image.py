import io
import re
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageOps
from ticket_slips import LONG, SLIPS, slip

from queue_server.printing import fonts
from queue_server.printing.fonts import FontFile, FontMissing, find_font, load_font, text_width
from queue_server.printing.paper import DOTS_PER_MM, PAPER_WIDTHS_DOTS
from queue_server.printing.ticket_image import draw, draw_ticket, to_pdf, to_png
from queue_server.printing.ticket_layout import lay_out

WIDTHS = sorted(PAPER_WIDTHS_DOTS.values())
ALL = pytest.mark.parametrize(("name", "width"), [(name, width) for name in SLIPS for width in WIDTHS])


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    """The box of all black dots."""
    box = ImageOps.invert(image.convert("L")).getbbox()
    assert box is not None
    return box


@ALL
def test_ink_keeps_off_the_edges_and_the_end_is_white(name: str, width: int) -> None:
    image = draw_ticket(SLIPS[name], width)
    left, top, right, bottom = ink(image)
    assert image.mode == "1" and image.width == width
    assert left >= 2 and right <= width - 2 and top >= 2
    assert bottom <= image.height - 8 * DOTS_PER_MM


@ALL
def test_ink_stays_within_the_layouts_boxes(name: str, width: int) -> None:
    layout = lay_out(SLIPS[name], width)
    image = draw(layout)
    eraser = ImageDraw.Draw(image)
    for mark in layout.marks:  # a dot of overhang is type, not a fault
        eraser.rectangle((mark.left - 1, mark.top, mark.right, mark.bottom - 1), fill=1)
    assert ImageOps.invert(image.convert("L")).getbbox() is None


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "some", [slip(), slip(url="http://10.0.0.2:8000/t/7Q2M9K"), LONG], ids=["url", "short", "long"]
)
def test_the_code_can_be_read_back(some: object, width: int) -> None:
    image = draw_ticket(some, width)  # type: ignore[arg-type]
    found = zxingcpp.read_barcodes(image.convert("L"))
    assert [code.text for code in found] == [some.url]  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", WIDTHS)
def test_digits_are_as_high_as_the_design_says(width: int) -> None:
    """20 mm on wide paper, 13.5 mm on narrow."""
    layout = lay_out(slip(), width)
    number = next(mark for mark in layout.marks if getattr(mark, "text", "") == "114")
    high = ink(draw(layout).crop((number.left, number.top, number.right, number.bottom)))
    assert abs((high[3] - high[1]) / DOTS_PER_MM - (20 if width == 576 else 13.5)) < 0.7


def test_the_same_slip_gives_the_same_dots() -> None:
    assert draw_ticket(slip(), 576).tobytes() == draw_ticket(slip(), 576).tobytes()


def test_rare_characters_are_drawn_and_differ() -> None:
    font = load_font(48, False)
    assert len({bytes(font.getmask(character)) for character in "㐂𠮷龘䶮"}) == 4


def test_png_is_the_print() -> None:
    image = draw_ticket(slip(), 384)
    again = Image.open(io.BytesIO(to_png(image)))
    assert again.mode == "1" and again.tobytes() == image.tobytes()
    assert round(again.info["dpi"][0]) == 203


def test_pdf_has_the_papers_size() -> None:
    pdf = to_pdf(draw_ticket(slip(), 576))
    size = re.search(rb"MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+)", pdf)
    assert pdf.startswith(b"%PDF") and size is not None
    assert abs(float(size[1]) / 72 * 25.4 - 72) < 0.5, "72 mm are printed of 80"


@pytest.fixture
def without_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    caches = (fonts.load_font, fonts.text_width)
    monkeypatch.setattr(fonts, "FONT_FILES", (FontFile("/nowhere/font.ttc"),))
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("without_fonts")
def test_without_a_chinese_font_the_caller_is_told() -> None:
    with pytest.raises(FontMissing, match="fonts-noto-cjk"):
        draw_ticket(slip(), 384)


def test_the_first_installed_font_is_taken() -> None:
    installed = find_font()
    assert find_font([FontFile("/nowhere/a.ttf"), installed]) == installed


def test_a_font_without_bold_is_thickened(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = find_font()
    monkeypatch.setattr(fonts, "FONT_FILES", (FontFile(installed.regular, None, installed.face),))
    caches = (fonts.load_font, fonts.text_width)
    for cache in caches:
        cache.cache_clear()
    assert text_width("号", 64, True) > text_width("号", 64, False)
    for cache in caches:
        cache.cache_clear()


def test_the_simplified_chinese_face_is_chosen() -> None:
    if find_font().face == "CJK SC":
        assert str(load_font(30, True).getname()[0]).endswith("SC")
