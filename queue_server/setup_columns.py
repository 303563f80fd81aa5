"""Records as rows of a table and back. A column is named like the field of the hall file: ``promised.value``.

A cell that is left empty leaves its field at the default; ``none`` says that there is nothing (a term that is not known,
an empty list). Lists stand in one cell, an item a line; rows within a row as ``{id: photo, copies: 2}``, a row a line.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import inspect

from .setup_export import in_one_line, plain
from .setup_tree import UnreadableError, read_tree

Kind = Literal["text", "whole", "number", "truth", "lines", "spans", "rows"]
NONE = "none"
YES = frozenset({"true", "yes", "y", "1", "是", "真"})
NO = frozenset({"false", "no", "n", "0", "否", "假"})
_BETWEEN_SPANS = re.compile(r"[\s,;，；、]+")
_WEEK = "hours."


class Column(NamedTuple):
    name: str
    kind: Kind

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.name.split("."))


class CellError(Exception):
    """A cell cannot be read; the text says why."""


@cache
def columns_of(record: type, without: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """The columns of a record in the order of its fields."""
    kind = inspect.type_info(record)
    assert isinstance(kind, inspect.StructType)
    return tuple(_columns(kind, "", without))


def _columns(kind: inspect.StructType, before: str, without: tuple[str, ...]) -> list[Column]:
    found: list[Column] = []
    for field in kind.fields:
        name = before + field.encode_name
        if name in without:
            continue
        wanted = _present(field.type)
        if isinstance(wanted, inspect.StructType):
            found += _columns(wanted, f"{name}.", without)
        else:
            found.append(Column(name, _kind(wanted, name)))
    return found


def _present(kind: inspect.Type) -> inspect.Type:
    """The type of a field that may also be null."""
    if isinstance(kind, inspect.UnionType):
        return next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    return kind


def _kind(kind: inspect.Type, name: str) -> Kind:
    match kind:
        case inspect.BoolType():
            return "truth"
        case inspect.IntType():
            return "whole"
        case inspect.FloatType():
            return "number"
        case inspect.VarTupleType(item_type=inspect.StructType()):
            return "rows"
        case inspect.VarTupleType():
            return "spans" if name.startswith(_WEEK) else "lines"
    return "text"


# ------------------------------------------------------------------ writing


def cells_of(row: msgspec.Struct, columns: tuple[Column, ...]) -> list[str | int | float | bool | None]:
    """One row; what stands at its default stays empty."""
    data = plain(row)
    cells = {column.name: _cell(_at(data, column.path), column.kind) for column in columns}
    for field, value in data.items():  # a record that is there, but holds nothing else than defaults
        own = [column for column in columns if column.path[0] == field and len(column.path) > 1]
        if isinstance(value, dict) and own and all(cells[column.name] is None for column in own):
            cells[own[0].name] = NONE
    return list(cells.values())


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _cell(value: Any, kind: Kind) -> str | int | float | bool | None:
    if value == []:
        return NONE
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if kind == "rows":
        return "\n".join(in_one_line(row) for row in value)
    return (", " if kind == "spans" else "\n").join(value)


# ------------------------------------------------------------------ reading


def put(data: dict[str, Any], column: Column, cell: Any) -> None:
    """Take a cell into the data of its row. Raises CellError."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return
    value = value_of(cell, column.kind)
    *before, last = column.path
    for key in before:
        data = data.setdefault(key, {})
    data[last] = value


def value_of(cell: Any, kind: Kind) -> Any:
    """A cell as the hall file would hold it. What is wrong in itself stays, and is named by the rules of hall files."""
    text = _text(cell)
    if kind == "text":
        return text
    if text.casefold() == NONE:
        return [] if kind in ("lines", "spans", "rows") else None
    if kind == "truth":
        return True if text.casefold() in YES else False if text.casefold() in NO else text
    if kind in ("whole", "number"):
        return _number(text, kind)
    if kind == "spans":
        return [part for part in _BETWEEN_SPANS.split(text) if part]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [_row(line) for line in lines] if kind == "rows" else lines


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _number(text: str, kind: Kind) -> Any:
    try:
        value = float(text)
    except ValueError:
        return text
    if value != value or abs(value) > 1e12:
        return text
    return int(value) if value.is_integer() else value if kind == "number" else text


def _row(line: str) -> Any:
    try:
        tree = read_tree(line)
    except UnreadableError as error:
        raise CellError(error.problem.message) from None
    if tree.found:
        raise CellError(next(iter(tree.found.values())).message)
    return tree.data
