"""Does the data of a hall file have the shape of the records in ``core/catalogue.py``? Every piece is asked.

msgspec would stop at the first wrong piece; whoever writes a hall file wants to hear of all of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Any

from msgspec import NODEFAULT, inspect

from .core.catalogue import Setup
from .setup_tree import Path, Tree, quote

TEXT_MAX = 300  # characters of one text: more than any screen or ticket can show
NUMBER_MAX = 1_000_000
NEAR_KNOWN_MAX, NEAR_PROBLEMS_MAX = (
    2000,
    100,
)  # looking for what was meant takes 10 us a word; a bad file may hold millions


def check_shape(tree: Tree) -> None:
    """Note every missing or unknown key and every value of the wrong kind."""
    _check(tree, inspect.type_info(Setup), tree.data, ())


def near(tree: Tree, word: str, known: Collection[str]) -> str:
    """What may have been meant, when something close to ``word`` is known, else nothing."""
    if len(known) > NEAR_KNOWN_MAX or len(tree.found) > NEAR_PROBLEMS_MAX:
        return ""
    close = difflib.get_close_matches(word[:TEXT_MAX], known, n=1)
    return quote(close[0]) if close else ""


def _check(tree: Tree, kind: inspect.Type, value: Any, path: Path) -> None:
    match kind:
        case inspect.StructType():
            _check_record(tree, kind, value, path)
        case inspect.VarTupleType():
            _check_list(tree, kind, value, path)
        case inspect.DictType():
            _check_texts(tree, value, path)
        case inspect.UnionType(types=types):
            if value is not None:
                _check(tree, next(one for one in types if not isinstance(one, inspect.NoneType)), value, path)
        case inspect.LiteralType(values=values):
            if value not in values:
                typed, known = tree.node(path).typed, [str(one) for one in values]
                close = near(tree, typed, known)
                tree.problem(path, "not-one-of", text=quote(typed), known=", ".join(known), near=close)
        case inspect.StrType():
            _check_text(tree, value, path)
        case inspect.BoolType():
            if not isinstance(value, bool):
                tree.problem(path, "not-bool", text=quote(tree.node(path).typed))
        case inspect.IntType() | inspect.FloatType():
            _check_number(tree, kind, value, path)
        case _:
            raise AssertionError(f"a record has a field of a kind that hall files cannot hold: {kind}")


def _check_record(tree: Tree, kind: inspect.StructType, value: Any, path: Path) -> None:
    if not isinstance(value, dict):
        wanted = ", ".join(field.encode_name for field in kind.fields[:3])
        return tree.problem(path, "not-record", wanted=wanted)
    fields = {field.encode_name: field for field in kind.fields}
    for key in value:
        if key not in fields:
            tree.problem((*path, key), "unknown-key", near=near(tree, key, fields))
    for key, field in fields.items():
        if key in value:
            _check(tree, field.type, value[key], (*path, key))
        elif field.default is NODEFAULT and field.default_factory is NODEFAULT:
            tree.problem(path, "missing", key=quote(key))
    return None


def _check_list(tree: Tree, kind: inspect.VarTupleType, value: Any, path: Path) -> None:
    if not isinstance(value, list):
        return tree.problem(path, "not-list")
    for at, item in enumerate(value):
        _check(tree, kind.item_type, item, (*path, at))
    return None


def _check_texts(tree: Tree, value: Any, path: Path) -> None:
    if not isinstance(value, dict):
        return tree.problem(path, "not-texts")
    for key, text in value.items():
        _check_text(tree, text, (*path, key))
    return None


def _check_text(tree: Tree, value: Any, path: Path) -> None:
    typed = tree.node(path).typed
    if value is None or value == "" or (isinstance(value, str) and value.isspace()):
        tree.problem(path, "empty-text")
    elif isinstance(value, (list, dict)):
        tree.problem(path, "not-text")
    elif not isinstance(value, str):
        tree.problem(path, "not-quoted", text=quote(typed))
    elif len(value) > TEXT_MAX:
        tree.problem(path, "too-long", limit=TEXT_MAX)
    elif not value.isprintable():
        tree.problem(path, "not-one-line")


def _check_number(tree: Tree, kind: inspect.IntType | inspect.FloatType, value: Any, path: Path) -> None:
    wanted = (int, float) if isinstance(kind, inspect.FloatType) else (int,)
    if not isinstance(value, wanted) or isinstance(value, bool):
        code = "not-number" if isinstance(kind, inspect.FloatType) else "not-whole"
        typed = tree.node(path).typed
        tree.problem(path, f"{code}-but" if typed else code, text=quote(typed))
    elif abs(value) > NUMBER_MAX:
        tree.problem(path, "number-too-large")
