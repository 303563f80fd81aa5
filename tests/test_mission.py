"""docs/mission.md: each rule of the source texts that is built has a place where it lives and a test that proves it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MISSION = ROOT / "docs" / "mission.md"
BUILT = ("W1", "W2", "W3", "W7", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V12")
PLACE = re.compile(r"`((?:queue_server|displays|counters|static|bench|docs)/[\w./-]+)`")
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> dict[str, list[str]]:
    """The table's lines by the id in their first column: rule, where it lives, what proves it."""
    found: dict[str, list[str]] = {}
    for line in MISSION.read_text("utf-8").splitlines():
        if re.match(r"\| [WVH]\d+ \|", line):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            assert cells[0] not in found, f"{cells[0]} has two lines"
            found[cells[0]] = cells[1:]
    return found


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("row", BUILT)
def test_every_built_row_has_a_line(row: str) -> None:
    assert row in rows(), f"docs/mission.md says nothing of {row}"


@pytest.mark.parametrize("row", sorted(rows()))
def test_every_line_names_where_it_lives_and_what_proves_it(row: str) -> None:
    rule, where, proof = rows()[row]
    assert rule, f"{row} has no rule"
    places, proofs = PLACE.findall(where), PROOF.findall(proof)
    assert places, f"{row} names no file"
    assert proofs, f"{row} has no test"
    for place in places:
        assert (ROOT / place).exists(), f"{row}: {place} does not exist"
    for path, name in proofs:
        assert (ROOT / path).is_file() and name in names_in(path), f"{row}: {path}::{name} does not exist"
        assert name.startswith("test_"), f"{row}: {name} is no test"


def test_a_row_is_proven_on_a_screen_too() -> None:
    """What a person can do is driven in a real browser."""
    for row in BUILT:
        assert "tests/e2e/" in rows()[row][2], f"{row} has no test in a browser"
