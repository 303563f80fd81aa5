"""A ticket image as ESC/POS bytes: initialise, raster, cut.

No text commands, hence no code pages and no missing characters. python-escpos is imported late: it takes 0.3 s and
writes a temporary file, which a hall without printers need not suffer.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from PIL import Image

FRAGMENT_ROWS = 480  # 60 mm; cheap printers begin when a block is complete, and hold one in memory
TEAR_FEED_LINES = 5  # about 20 mm from the head to the tear bar of printers without a cutter


def encode(image: Image.Image, *, cutter: bool = True) -> bytes:
    """The bytes that print ``image`` (mode ``1``, its white end included) and cut it, or feed it to the tear bar.

    The cut is ``GS V 66 0``: partial, and the printer itself feeds as far as its knife is from its head.
    """
    assert image.mode == "1", "dithering a ticket would turn its edges into grey"
    from escpos.printer import Dummy

    printer = Dummy(profile=_profile(image.width))
    printer.hw("INIT")
    printer.image(image, impl="bitImageRaster", fragment_height=FRAGMENT_ROWS)
    if cutter:
        printer.cut(feed=False)
    else:
        printer.print_and_feed(TEAR_FEED_LINES)
    output: bytes = printer.output
    return output


def resync(width_dots: int) -> bytes:
    """Zeros that complete a raster block cut short by a lost connection; an idle printer ignores them.

    Without them the printer takes the next ticket's first bytes for the missing rows, and prints the rest as rubbish.
    """
    return bytes(width_dots // 8 * FRAGMENT_ROWS)


@cache
def _profile(width_dots: int) -> Any:
    """A profile that knows the width; the library's default one prints a complaint on stdout for every image."""
    from escpos.capabilities import Profile

    profile = Profile()
    profile.profile_data = {**profile.profile_data, "media": {"width": {"mm": "Unknown", "pixels": width_dots}}}
    return profile
