"""The catalogue as a workbook with five sheets. openpyxl writes and reads it; ``docs/decisions/0009-catalogue-changes.md``.

A workbook is a zip archive of XML from a stranger: its size unpacked is looked at first, and XML entities are never expanded
(defusedxml, which openpyxl takes when it is there).
"""

from __future__ import annotations

import io
import logging
import warnings
import zipfile
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.xml import DEFUSEDXML

from .core.catalogue import Setup
from .setup_file import SetupError
from .setup_tables import COLUMNS_MAX, ROWS_MAX, SHEETS, Formula, Sheet, Table, setup_of_tables, sheets_of
from .setup_tree import make_problem

assert DEFUSEDXML, "install defusedxml: it guards the reading of workbooks"
log = logging.getLogger(__name__)

UNPACKED_MAX = 64 * 2**20  # 20,000 services with their materials are about 20 MB of XML
PARTS_MAX = 200
PART_MAX = 2 * 2**20  # of what is neither cells nor texts: styles become objects, a hundred bytes for each byte packed
BIG_PARTS = ("xl/worksheets/", "xl/sharedStrings")
WIDTHS = {"text": 22, "rows": 40, "lines": 24, "spans": 24, "whole": 10, "number": 10, "truth": 10}


def to_xlsx(setup: Setup) -> bytes:
    book = Workbook(write_only=True)
    for sheet in sheets_of(setup):
        _write(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(book: Any, sheet: Sheet) -> None:
    page = book.create_sheet(sheet.name)
    page.freeze_panes = "C2"
    for at, column in enumerate(sheet.columns, 1):
        page.column_dimensions[get_column_letter(at)].width = WIDTHS[column.kind]
    page.append([_cell(page, column.name, font=Font(bold=True)) for column in sheet.columns])
    for row in sheet.rows:
        page.append([_cell(page, value) for value in row])


def _cell(page: Any, value: Any, **style: Any) -> Any:
    """Texts are written as texts, whatever they begin with: nothing is a formula."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(page, value)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = Alignment(vertical="top", wrap_text="\n" in value)
    for name, given in style.items():
        setattr(cell, name, given)
    return cell


def from_xlsx(raw: bytes, setup: Setup) -> Setup:
    """The present set-up with what the workbook holds. Raises :class:`SetupError`."""
    return setup_of_tables(tables_of(raw), setup)


def tables_of(raw: bytes) -> dict[str, Table]:
    """The rows of our sheets; other sheets are passed over. Raises :class:`SetupError`."""
    try:
        _must_be_harmless(raw)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            book = load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
            found = {name: _rows(book[name]) for name in SHEETS if name in book.sheetnames}
            book.close()
    except SetupError:
        raise
    except Exception as error:  # openpyxl has no error of its own: whatever a broken file brings about
        log.info("a workbook cannot be read: %r", error)
        raise SetupError([make_problem("not-xlsx", (0, 0))]) from None
    if "services" not in found:
        raise SetupError([make_problem("no-sheet", (0, 0), sheet="services")])
    return found


def _must_be_harmless(raw: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = archive.infolist()
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:  # zipfile reads no more than it says
        raise SetupError([make_problem("too-large", (0, 0), mb=UNPACKED_MAX // 2**20)])
    if any(part.file_size > PART_MAX and not part.filename.startswith(BIG_PARTS) for part in parts):
        raise SetupError([make_problem("too-large", (0, 0), mb=PART_MAX // 2**20)])


def _rows(page: Any) -> Table:
    page.reset_dimensions()
    found: list[list[Any]] = []
    for row in page.iter_rows(max_row=ROWS_MAX + 2, max_col=COLUMNS_MAX):
        cells = [Formula() if cell.data_type == "f" else cell.value for cell in row]
        while cells and cells[-1] is None:  # a line far below makes a hundred thousand empty ones
            cells.pop()
        found.append(cells)
    return found
