"""One hall, from one YAML text: read it, or say in plain sentences everything that is wrong with it."""

from __future__ import annotations

from importlib import resources
from typing import Any

import msgspec

from .core.catalogue import Setup
from .setup_rules import check_rules
from .setup_shape import check_shape
from .setup_times import check_times
from .setup_tree import Problem, Tree, UnreadableError, make_problem, read_tree

__all__ = ["Problem", "SetupError", "default_setup_text", "load_setup", "problems_of", "setup_of"]

FILE_BYTES_MAX = 8 * 2**20  # 8 MB hold some 20,000 services with their materials; more is a mistake or an attack
PROBLEMS_MAX = 20  # more do not help anyone; the rest is counted


class SetupError(Exception):
    """A hall file cannot be used. ``problems`` are the first, in the order of the file; ``more`` counts the rest."""

    def __init__(self, problems: list[Problem], more: int = 0) -> None:
        super().__init__(problems, more)
        self.problems = problems
        self.more = more

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        if self.more:
            lines.append(f"and {self.more} more like these")
        return "\n".join(lines)


def load_setup(text: str) -> Setup:
    """The hall that ``text`` describes; raises :class:`SetupError` with all that is wrong."""
    if len(text) > FILE_BYTES_MAX or len(text.encode("utf-8", "replace")) > FILE_BYTES_MAX:
        raise SetupError([make_problem("too-large", mb=FILE_BYTES_MAX // 2**20)])
    try:
        tree = read_tree(text)
    except UnreadableError as error:
        raise SetupError([error.problem]) from None
    return _checked(tree)


def setup_of(data: dict[str, Any]) -> Setup:
    """The hall that plain data describes; raises :class:`SetupError` with all that is wrong, without lines."""
    return _checked(Tree.of(data))


def problems_of(tree: Tree) -> list[Problem]:
    """Everything that is wrong, in the order of the file."""
    check_shape(tree)
    check_rules(tree)
    check_times(tree)
    return sorted(tree.found.values(), key=lambda problem: (problem.line, problem.column))


def _checked(tree: Tree) -> Setup:
    problems = problems_of(tree)
    if problems:
        raise SetupError(problems[:PROBLEMS_MAX], max(0, len(problems) - PROBLEMS_MAX))
    return msgspec.convert(tree.data, Setup)


def default_setup_text() -> str:
    """The text of the hall that is shipped, ``data/hall.yaml``."""
    return resources.files(__package__).joinpath("data", "hall.yaml").read_text(encoding="utf-8")
