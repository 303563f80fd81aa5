"""The catalogue as tables: services, materials, packages, themes and departments. What else a hall has stays as it is.

A table that is given replaces its section: a row that is not in it any more is taken out of the catalogue. A column that is
left out keeps what the hall has.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from .core.catalogue import Department, Material, Package, Service, Setup, Theme
from .setup_columns import CellError, Column, cells_of, columns_of, put
from .setup_export import plain
from .setup_file import PROBLEMS_MAX, SetupError, setup_of
from .setup_tree import Path, Problem, make_problem, quote

ROWS_MAX = 100_000  # of one sheet; a hall file of 8 MB holds some 20,000 services
COLUMNS_MAX = 100  # a sheet may claim 16,384 columns, a line of CSV millions; ours have 50
SERVICE = Column("service", "text")  # in the sheet of materials: whose they are
RECORDS: dict[str, type] = {"services": Service, "packages": Package, "themes": Theme, "departments": Department}
SHEETS = ("services", "materials", "packages", "themes", "departments")

Cell = str | int | float | bool | None
Table = Sequence[Sequence[Any]]


class Sheet(NamedTuple):
    name: str
    columns: tuple[Column, ...]
    rows: list[list[Cell]]


class SheetProblem(Problem, frozen=True):
    """A problem with the cell it stands in: ``row`` counts from 1, the header included."""

    sheet: str = ""
    row: int = 0
    cell: str = ""

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.sheet, f"row {self.row}" if self.row else "", self.cell) if part)
        return f"{place}: {self.message}" if place else super().__str__()


# ------------------------------------------------------------------ writing


def services_sheet(setup: Setup) -> Sheet:
    """One row a service, with its materials in one cell."""
    columns = columns_of(Service)
    return Sheet("services", columns, [cells_of(service, columns) for service in setup.services])


def sheets_of(setup: Setup) -> list[Sheet]:
    """A sheet for each section; materials have one of their own."""
    columns = columns_of(Service, ("materials",))
    papers = columns_of(Material)
    found = [
        Sheet("services", columns, [cells_of(service, columns) for service in setup.services]),
        Sheet("materials", (SERVICE, *papers), [
            [service.id, *cells_of(material, papers)] for service in setup.services for material in service.materials
        ]),
    ]  # fmt: skip
    for name in SHEETS[2:]:
        columns = columns_of(RECORDS[name])
        found.append(Sheet(name, columns, [cells_of(row, columns) for row in getattr(setup, name)]))
    return found


# ------------------------------------------------------------------ reading


class Reading:
    """Tables on their way to plain data: what each piece of it came from, and what could not be read."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, str, str], SheetProblem] = {}  # by cell and sentence: each is said once
        self.places: dict[Path, tuple[str, int]] = {}

    def problem(self, place: tuple[str, int, str], code: str, **values: object) -> None:
        found = _located(make_problem(code, (0, 0), (), **values), *place)
        self._found.setdefault((*place, found.message), found)

    @property
    def problems(self) -> list[SheetProblem]:
        return list(self._found.values())

    def rows(
        self, sheet: str, table: Table, columns: tuple[Column, ...], known: Mapping[str, Any] | None = None
    ) -> list[tuple[int, dict[str, Any]]]:
        """The rows of a sheet that are not empty, with their numbers. ``known``: the present rows by id, for missing columns."""
        header = self._header(sheet, table[0] if table else (), columns)
        if header is None:
            return []
        if len(table) > ROWS_MAX:
            self.problem((sheet, 0, ""), "too-many-rows", limit=ROWS_MAX)
            return []
        found = []
        for number, cells in enumerate(table[1:], 2):
            if any(cell not in (None, "") for cell in cells):
                row = self._row((sheet, number), header, cells, {})
                base = copy.deepcopy((known or {}).get(str(row.get("id"))))
                if base is not None and len([x for x in header if x is not None]) < len(columns):
                    row = self._row((sheet, number), header, cells, _without(base, header))
                found.append((number, row))
        return found

    def _header(self, sheet: str, cells: Sequence[Any], columns: tuple[Column, ...]) -> list[Column | None] | None:
        known = {column.name: column for column in columns}
        names = ["" if cell is None else str(cell).strip() for cell in cells]
        while names and not names[-1]:
            names.pop()
        for name in names:
            if name and name not in known:
                self.problem((sheet, 1, name[:60]), "unknown-column", text=quote(name))
            elif name and names.count(name) > 1:
                self.problem((sheet, 1, name), "column-twice", text=quote(name))
        if columns[0].name not in names:
            self.problem((sheet, 1, columns[0].name), "no-header")
            return None
        return [known.get(name) for name in names]

    def _row(
        self, where: tuple[str, int], header: list[Column | None], cells: Sequence[Any], data: dict[str, Any]
    ) -> dict[str, Any]:
        sheet, number = where
        if any(cell not in (None, "") for cell in cells[len(header) :]):
            self.problem((sheet, number, ""), "too-many-cells")
        for column, cell in zip(header, cells, strict=False):
            if column is None:
                continue
            if isinstance(cell, Formula):
                self.problem((sheet, number, column.name), "formula")
                continue
            try:
                put(data, column, cell)
            except CellError as error:
                self.problem((sheet, number, column.name), "bad-cell", reason=str(error))
        return data

    def locate(self, problem: Problem) -> SheetProblem:
        """The cell of a problem of the whole hall file; without one when it stands in no table."""
        place = problem.place
        if problem.code == "missing":  # in a table the field is there, and its cell is empty
            place = (*place, problem.values["key"].strip('"'))
            problem = make_problem("empty-text", (0, 0), place)
        for length in range(len(place), 0, -1):
            if (found := self.places.get(place[:length])) is not None:
                return _located(problem, *found, ".".join(str(x) for x in place[length:] if isinstance(x, str)))
        return _located(problem, "", 0, "")


def _without(base: dict[str, Any], header: list[Column | None]) -> dict[str, Any]:
    """The present row without what the columns of the table say anew."""
    for column in header:
        *before, last = column.path if column is not None else ("",)
        data: Any = base
        for key in before:
            data = data.get(key) if isinstance(data, dict) else None
        if isinstance(data, dict):
            data.pop(last, None)
    return {key: value for key, value in base.items() if value != {}}


class Formula:
    """A cell that holds a formula."""


def _located(problem: Problem, sheet: str, row: int, cell: str) -> SheetProblem:
    return SheetProblem(**msgspec.structs.asdict(problem), sheet=sheet, row=row, cell=cell)


def setup_of_tables(tables: Mapping[str, Table], setup: Setup) -> Setup:
    """The present set-up with the sections that the tables hold. Raises :class:`SetupError` with :class:`SheetProblem`."""
    reading = Reading()
    data = plain(setup)
    for name, record in RECORDS.items():
        if name in tables:
            known = {str(row.get("id")): row for row in data.get(name, [])}
            data[name] = _section(reading, name, (tables[name], columns_of(record)), known)
    if "materials" in tables:
        _materials(reading, tables["materials"], data.get("services", []))
    if reading.problems:
        _refuse(reading.problems)
    try:
        return setup_of(data)
    except SetupError as error:
        raise SetupError([reading.locate(problem) for problem in error.problems], error.more) from None


def _section(
    reading: Reading, name: str, table: tuple[Table, tuple[Column, ...]], known: Mapping[str, Any]
) -> list[dict[str, Any]]:
    found = reading.rows(name, *table, known)
    for at, (number, _) in enumerate(found):
        reading.places[(name, at)] = (name, number)
    return [row for _, row in found]


def _materials(reading: Reading, table: Table, services: list[dict[str, Any]]) -> None:
    """Rows of the sheet of materials, each to its service."""
    at_of = {str(service.get("id")): at for at, service in enumerate(services)}
    for service in services:
        service.pop("materials", None)
    for number, row in reading.rows("materials", table, (SERVICE, *columns_of(Material))):
        wanted = str(row.pop("service", ""))
        if (at := at_of.get(wanted)) is None:
            reading.problem(("materials", number, "service"), "no-service", text=quote(wanted))
            continue
        papers = services[at].setdefault("materials", [])
        reading.places[("services", at, "materials", len(papers))] = ("materials", number)
        papers.append(row)


def _refuse(problems: list[SheetProblem]) -> None:
    raise SetupError([*problems[:PROBLEMS_MAX]], max(0, len(problems) - PROBLEMS_MAX))
