import pytest
from escpos_decoder import decode
from PIL import ImageChops
from ticket_slips import SLIPS, slip

from queue_server.printing.escpos_raster import encode, resync
from queue_server.printing.paper import PAPER_WIDTHS_DOTS
from queue_server.printing.ticket_image import draw_ticket

WIDTHS = sorted(PAPER_WIDTHS_DOTS.values())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SLIPS)
def test_the_print_is_the_preview_dot_for_dot(name: str, width: int) -> None:
    image = draw_ticket(SLIPS[name], width)
    printed = decode(encode(image)).image
    assert printed.size == image.size
    assert ImageChops.difference(printed.convert("L"), image.convert("L")).getbbox() is None


def test_a_ticket_is_initialise_raster_and_partial_cut() -> None:
    operations = decode(encode(draw_ticket(slip(), 576))).operations
    assert operations[0] == "init" and operations[-1] == "partial cut after 0"
    assert set(operations[1:-1]) == {"raster"}


def test_without_a_cutter_the_paper_is_fed_to_the_tear_bar() -> None:
    assert decode(encode(draw_ticket(slip(), 384), cutter=False)).operations[-1] == "feed 5"


@pytest.mark.parametrize("width", WIDTHS)
def test_resync_completes_a_block_cut_anywhere(width: int) -> None:
    data = encode(draw_ticket(slip(), width))
    for cut in (12, 1000, len(data) // 2, len(data) - 5):
        paper = decode(data[:cut] + resync(width) + data)
        assert paper.operations[-1].startswith("partial cut")
        whole = draw_ticket(slip(), width)
        bottom = paper.image.crop((0, paper.image.height - whole.height, width, paper.image.height))
        assert bottom.tobytes() == whole.tobytes()


def test_encoding_is_silent_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    encode(draw_ticket(slip(), 384))
    assert capsys.readouterr().out == ""
