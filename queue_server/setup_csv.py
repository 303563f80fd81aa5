"""The services as a CSV table, for spreadsheet programs and small scripts: one row each, materials in one cell.

It begins with a byte order mark, by which spreadsheet programs know that the Chinese is UTF-8. A text that a spreadsheet
program would take for a formula has an apostrophe before it, which is taken away again when the table is read.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from .core.catalogue import Setup
from .setup_file import SetupError
from .setup_tables import COLUMNS_MAX, ROWS_MAX, Sheet, Table, services_sheet, setup_of_tables
from .setup_tree import make_problem

MARK = "\ufeff"
RISKY = frozenset("=+-@＝＋－＠\t\r'")  # what begins with one is a formula to some program; the apostrophe hides them
FIELD_MAX = 1_000_000  # characters of one cell


def to_csv(setup: Setup) -> str:
    return _written(services_sheet(setup))


def _written(sheet: Sheet) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.name for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([safe(_text(cell)) for cell in row])
    return MARK + out.getvalue()


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def safe(text: str) -> str:
    """No formula, whatever the text begins with."""
    return f"'{text}" if text[:1] in RISKY and text else text


def unsafe(text: str) -> str:
    """What :func:`safe` was made from."""
    return text[1:] if text[:1] == "'" and text[1:2] in RISKY and len(text) > 1 else text


def from_csv(raw: bytes, setup: Setup) -> Setup:
    """The present set-up with these services. Raises :class:`SetupError`."""
    return setup_of_tables({"services": table_of(raw)}, setup)


def table_of(raw: bytes) -> Table:
    """The rows. Commas, semicolons or tabs between the cells: spreadsheet programs write what their country is used to."""
    try:
        text = raw.decode("utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        csv.field_size_limit(FIELD_MAX)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        found: list[list[str]] = []
        for row in reader:
            found.append([unsafe(cell) for cell in row[:COLUMNS_MAX]])
            if len(found) > ROWS_MAX + 1:
                break
        return found
    except (UnicodeDecodeError, csv.Error):
        raise SetupError([make_problem("not-csv", (0, 0))]) from None
