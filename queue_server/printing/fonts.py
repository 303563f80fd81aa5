"""Finding a Chinese font and measuring with it; each size is loaded once and kept.

Noto Sans CJK first, in its Simplified Chinese face: the other faces of the same file draw some characters in the
Japanese or Korean way. Sans only: Hei reads better than Ming or Kai at these sizes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
from PIL import ImageFont


class FontMissing(Exception):
    """No font with Chinese characters was found on this machine."""


class FontFile(msgspec.Struct, frozen=True):
    """A regular and a bold file. ``face`` ends the name of the face wanted inside a collection."""

    regular: str
    bold: str | None = None
    face: str | None = None


_NOTO = "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"
_NOTO_FOLDERS = (
    "/usr/share/fonts/opentype/noto",  # Debian, Ubuntu
    "/usr/share/fonts/noto-cjk",  # Arch
    "/usr/share/fonts/noto",  # Alpine
    "/usr/share/fonts/google-noto-cjk",  # Fedora
    "/usr/share/fonts/google-noto-sans-cjk-fonts",
    "/usr/local/share/fonts",
)
FONT_FILES: tuple[FontFile, ...] = (
    *(FontFile(f"{folder}/{_NOTO[0]}", f"{folder}/{_NOTO[1]}", "CJK SC") for folder in _NOTO_FOLDERS),
    FontFile("/usr/share/fonts/opentype/source-han-sans/SourceHanSansSC-Regular.otf"),
    FontFile("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", None, "Micro Hei"),
    FontFile("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", None, "Zen Hei"),
    FontFile("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
    FontFile("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", None, "CJK SC"),
    FontFile("/System/Library/Fonts/PingFang.ttc", None, "SC"),
    FontFile("/System/Library/Fonts/STHeiti Medium.ttc", None, "SC"),
    FontFile("C:/Windows/Fonts/msyh.ttc", "C:/Windows/Fonts/msyhbd.ttc"),
    FontFile("C:/Windows/Fonts/simhei.ttf"),
)
_FACES_MAX = 16  # a collection holds 10 faces at most in practice


def find_font(files: Sequence[FontFile] | None = None) -> FontFile:
    """The first font that is installed. Raises :class:`FontMissing`, which is not remembered: install and retry."""
    for file in FONT_FILES if files is None else files:
        if Path(file.regular).is_file():
            return file
    raise FontMissing("no Chinese font found; on Debian: apt-get install fonts-noto-cjk")


@lru_cache(maxsize=64)
def load_font(size_dots: int, bold: bool) -> ImageFont.FreeTypeFont:
    """The font at a size in dots; a font without a bold file gives its regular one (see :func:`embolden_dots`)."""
    file = find_font()
    path = file.regular
    if bold and file.bold is not None and Path(file.bold).is_file():
        path = file.bold
    return ImageFont.truetype(path, size_dots, index=_face_index(path, file.face))


def embolden_dots(size_dots: int, bold: bool) -> int:
    """The stroke to add when bold is wanted and the font has none, in dots."""
    file = find_font()
    if not bold or (file.bold is not None and Path(file.bold).is_file()):
        return 0
    return max(1, size_dots // 32)


@lru_cache(maxsize=16_384)  # a hall's tickets repeat a few thousand characters and words: about 2 MB
def text_width(text: str, size_dots: int, bold: bool = False) -> int:
    """Advance width of one line in dots, rounded up."""
    return math.ceil(load_font(size_dots, bold).getlength(text)) + 2 * embolden_dots(size_dots, bold)


@lru_cache(maxsize=8)
def _face_index(path: str, face: str | None) -> int:
    """Which face of a collection has a name ending in ``face``; 0 when there is none."""
    for index in range(_FACES_MAX if face else 0):
        try:
            family = ImageFont.truetype(path, 16, index=index).getname()[0]
        except OSError:
            break
        if family and face and family.endswith(face):
            return index
    return 0
