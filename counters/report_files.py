"""A report as files: CSV (all tables one below the other, or one alone) and a workbook with a sheet for each table."""

from __future__ import annotations

import csv
import io
import re

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from .report_tables import Cell, Minutes, Share, Table, cell_text

BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
SHEET_NAME_MAX = 31
WIDTH_MIN, WIDTH_MAX = 9, 60


def csv_of(head: list[tuple[Cell, ...]], tables: list[Table]) -> bytes:
    """``head``: what stands above the tables. One table without a head is a plain rectangle for other programs."""
    out = io.StringIO(BOM)
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows(_line(row) for row in head)
    for table in tables:
        if head:
            writer.writerows([[], [_safe(table.title)]])
        writer.writerow(_line(table.columns))
        writer.writerows(_line(row) for row in (*table.rows, *([table.foot] if table.foot else [])))
        if head and table.note:
            writer.writerow([_safe(table.note)])
    return out.getvalue().encode()


def _line(row: tuple[Cell, ...]) -> list[str]:
    return [_safe(cell) if isinstance(cell, str) else cell_text(cell).replace(",", "") for cell in row]


def _safe(text: str) -> str:
    """What a spreadsheet would take for a formula stays a text: names of people and places come from outside."""
    return f"'{text}" if text[:1] in tuple("=+-@＝＋－＠\t\r") else text


def xlsx_of(title: str, head: list[tuple[Cell, ...]], tables: list[Table]) -> bytes:
    """Figures are figures, shares are shares: they can be counted on. Blocks for some milliseconds."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet), "a new workbook has a sheet"
    first.title = _sheet_name(title, set())
    _fill(first, [*head])
    names = {first.title}
    for table in tables:
        sheet = book.create_sheet(_sheet_name(table.title, names))
        names.add(sheet.title)
        rows = [table.columns, *table.rows, *([table.foot] if table.foot else [])]
        _fill(sheet, [*rows, *([(), (table.note,)] if table.note else [])])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="bottom")
        sheet.freeze_panes = "B2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_name(title: str, taken: set[str]) -> str:
    name = re.sub(r"[\[\]:*?/\\]", " ", title)[:SHEET_NAME_MAX].strip()
    return name if name not in taken else f"{name[: SHEET_NAME_MAX - 3]} {len(taken)}"


def _fill(sheet: Worksheet, rows: list[tuple[Cell, ...]]) -> None:
    widths: dict[int, int] = {}
    for line, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            target = sheet.cell(line, column)
            target.value = cell.value if isinstance(cell, Share | Minutes) else cell
            if isinstance(cell, str):
                target.data_type = "s"  # never a formula
            if isinstance(cell, Share):
                target.number_format = "0.0%"
            if len(row) > 1:
                widths[column] = max(widths.get(column, 0), _width(cell))
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = min(WIDTH_MAX, max(WIDTH_MIN, width + 2))


def _width(cell: Cell) -> int:
    """Chinese takes two places."""
    return sum(1 + (ord(letter) > 0x2E7F) for letter in cell_text(cell))
