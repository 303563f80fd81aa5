"""A strict reader of ESC/POS: what a printer makes of the bytes. Unknown commands raise, so nothing slips through."""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

_WHITE = 1


@dataclass
class Paper:
    """What came out: the operations in order, and the dots of all raster blocks below each other."""

    operations: list[str] = field(default_factory=list)
    blocks: list[Image.Image] = field(default_factory=list)

    @property
    def image(self) -> Image.Image:
        width = max(block.width for block in self.blocks)
        paper = Image.new("1", (width, sum(block.height for block in self.blocks)), _WHITE)
        top = 0
        for block in self.blocks:
            paper.paste(block, (0, top))
            top += block.height
        return paper


def decode(data: bytes) -> Paper:
    """Read a whole job; ``DLE EOT`` questions are skipped, zeros before a command are idle."""
    paper, at = Paper(), 0
    while at < len(data):
        at += _command(data, at, paper)
    return paper


def _command(data: bytes, at: int, paper: Paper) -> int:
    """Do one command; its length in bytes."""
    match list(data[at : at + 3]):
        case [0x1D, 0x76, 0x30]:
            return _raster(data, at, paper)
        case [0x1D, 0x56, 66]:
            paper.operations.append(f"partial cut after {data[at + 3]}")
            return 4
        case [0x1B, 0x40, *_]:
            paper.operations.append("init")
            return 2
        case [0x1B, 0x64, lines]:
            paper.operations.append(f"feed {lines}")
            return 3
        case [0x10, 0x04, _]:
            return 3
        case [0, *_]:
            return 1
    raise ValueError(f"unknown command {data[at : at + 4]!r} at {at}")


def _raster(data: bytes, at: int, paper: Paper) -> int:
    assert data[at + 3] == 0, "double width or height would not be the preview"
    row_bytes, rows = int.from_bytes(data[at + 4 : at + 6], "little"), int.from_bytes(data[at + 6 : at + 8], "little")
    body = data[at + 8 : at + 8 + row_bytes * rows]
    assert len(body) == row_bytes * rows, "the block is cut short"
    paper.blocks.append(Image.frombytes("1", (row_bytes * 8, rows), bytes(byte ^ 0xFF for byte in body)))
    paper.operations.append("raster")
    return 8 + len(body)
