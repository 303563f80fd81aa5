"""The house rules that can be read off the source: who may import whom, sizes, time, dice, templates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from queue_server.web.words import LANGS, known

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("queue_server", "displays", "counters")
FILES = [path for top in SOURCES for path in sorted((ROOT / top).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = [path for top in SOURCES for path in sorted((ROOT / top).rglob("*.html"))]
PAGES = [*TEMPLATES, *sorted((ROOT / "static").rglob("*.js")), *sorted((ROOT / "static").rglob("*.css"))]

LINES_MAX, FUNCTION_LINES_MAX, PARAMETERS_MAX = 400, 60, 6

# Each room may import rooms with a lower number only: core <- store <- runner <- feed, voice, printing <- web <-
# displays, counters <- app. Rooms with one number do not know each other.
RANK = {
    "core": 0, "clock": 0, "settings": 0, "setup": 1, "store": 2, "runner": 3, "views": 4, "delivery": 4, "push": 4,
    "labels": 4, "bounded_http": 4, "indexing": 4,
    "feed": 5, "voice": 5, "printing": 5, "running": 6, "web": 7, "displays": 8, "counters": 8, "app": 9,
    "simulate": 9, "maintenance": 9, "serving": 10, "__main__": 11,
}  # fmt: skip


def room(module: tuple[str, ...]) -> str:
    """``queue_server.store.log`` is in room ``store``; ``setup_file`` and its kin are one room, so is ``simulate``."""
    name = module[0] if module[0] != "queue_server" else module[1] if len(module) > 1 else "queue_server"
    return next((kin for kin in ("setup", "simulate") if name.startswith(f"{kin}_")), name)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a file imports, also inside functions."""
    own = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*own[: len(own) - node.level], *([node.module] if node.module else [])] if node.level else []
            start = ".".join(base) if node.level else node.module or ""
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


# ------------------------------------------------------------------ arrows


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    here = room(path.relative_to(ROOT).with_suffix("").parts)
    if here == "queue_server":
        return
    wrong = []
    for line, module in imports(path):
        if module.split(".")[0] not in SOURCES:
            continue
        there = room(tuple(module.split(".")))
        if there not in (here, "queue_server") and RANK[there] >= RANK[here]:
            wrong.append(f"line {line}: {here} must not import {there}")
    assert not wrong


def test_every_room_has_its_place() -> None:
    rooms = {room(path.relative_to(ROOT).with_suffix("").parts) for path in FILES}
    assert rooms <= set(RANK) | {"__init__"}


@pytest.mark.parametrize("path", sorted((ROOT / "queue_server/core").glob("*.py")), ids=name_of)
def test_the_core_speaks_in_values(path: Path) -> None:
    """No await, no files, no framework, no clock, no dice: what it imports is data and mathematics."""
    allowed = {
        "__future__", "array", "bisect", "collections", "datetime", "functools", "heapq", "itertools", "math", "msgspec",
        "pypinyin", "queue_server", "re", "sortedcontainers", "typing", "unicodedata", "zoneinfo",
    }  # fmt: skip
    assert {module.split(".")[0] for _, module in imports(path)} <= allowed
    waits = (ast.AsyncFunctionDef, ast.Await)
    assert not [node for node in ast.walk(tree(path)) if isinstance(node, waits)]
    called = {
        node.func.id for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"open", "print", "input"}


# ------------------------------------------------------------------ time and dice


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_clock_asks_the_time(path: Path) -> None:
    if path.name == "clock.py":
        return
    assert not [line for line, module in imports(path) if module == "time" or module.startswith("time.")]
    asked = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow", "today")
        and ast.unparse(node.value)
        in ("datetime", "date", "dt", "dt.datetime", "dt.date", "datetime.datetime", "datetime.date")
    ]
    assert not asked


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_simulator_throws_dice(path: Path) -> None:
    if not path.name.startswith("simulate"):
        assert not [line for line, module in imports(path) if module.split(".")[0] in ("random", "numpy")]


# ------------------------------------------------------------------ sizes


@pytest.mark.parametrize("path", [*FILES, *TESTS, *PAGES], ids=name_of)
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LINES_MAX


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions_are_short_and_ask_for_little(path: Path) -> None:
    wrong = []
    for function in functions(path):
        lines = (function.end_lineno or 0) - function.lineno + 1
        if lines > FUNCTION_LINES_MAX and not _is_table(function):
            wrong.append(f"{function.name} has {lines} lines")
        arguments = function.args
        named = [x.arg for x in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        if len([name for name in named if name not in ("self", "cls")]) > PARAMETERS_MAX:
            wrong.append(f"{function.name} has {len(named)} parameters")
    assert not wrong


def _is_table(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """One ``match`` over a closed union, one statement per arm: a table, as long as there are kinds."""
    matches = [node for node in function.body if isinstance(node, ast.Match)]
    return len(matches) == 1 and all(len(case.body) == 1 for case in matches[0].cases)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_file_says_what_it_is_for(path: Path) -> None:
    if path.read_text("utf-8").strip():
        assert ast.get_docstring(tree(path)), "a docstring is missing"


# ------------------------------------------------------------------ templates


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_hold_no_script_and_no_style(path: Path) -> None:
    """The content policy forbids both; what slips in would silently not work."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    scripts = [tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag]
    assert not scripts
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "javascript:" not in text
    assert "|safe" not in text.replace(" ", "")


# ------------------------------------------------------------------ styles


@cache
def worn() -> tuple[frozenset[str], tuple[str, ...]]:
    """Every word that templates, scripts and code hold, and the beginnings of classes that are put together."""
    text = "\n".join(path.read_text("utf-8") for path in (*FILES, *PAGES) if path.suffix != ".css")
    begun = re.findall(r"([a-z][a-z0-9-]*-)(?:\$?\{|[\"'] ?[~+])", text)
    return frozenset(re.findall(r"[A-Za-z][\w-]*", text)), tuple(set(begun))


@pytest.mark.parametrize("path", sorted((ROOT / "static/css").glob("*.css")), ids=name_of)
def test_every_class_is_worn(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
    classes = set(re.findall(r"\.([a-z][\w-]*)", " ".join(re.findall(r"([^{}]+)\{", text))))
    words, begun = worn()
    assert sorted(name for name in classes - words if not name.startswith(begun)) == []


# ------------------------------------------------------------------ words


REFUSALS = (
    "Conflict",
    "Invalid",
    "NotFound",
    "NotAllowed",
    "Unavailable",
    "NotSignedIn",
    "TooMany",
    "BadRequest",
    "TooLarge",
)


def codes() -> Iterator[tuple[str, str]]:
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
                if node.args and isinstance(node.args[0], ast.Constant):
                    yield str(node.args[0].value), name_of(path)


@pytest.mark.parametrize("lang", LANGS)
def test_every_refusal_has_words(lang: str) -> None:
    missing = {f"{code} ({path})" for code, path in codes() if not known(lang, f"refused.{code}.title")}
    missing |= {f"{code} ({path})" for code, path in codes() if not known(lang, f"refused.{code}.detail")}
    assert not missing
