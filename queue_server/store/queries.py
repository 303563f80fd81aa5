"""Loads SQL from ``.sql`` files, in which each query has a name and a comment that says what it is for.

    -- name: head
    -- Where the log ends.
    SELECT ...
"""

from __future__ import annotations

import re
from pathlib import Path

_HERE = Path(__file__).parent
_NAME = re.compile(r"^-- name: (\w+)\n(-- .+\n)", re.MULTILINE)


def load_queries(file: str) -> dict[str, str]:
    """All queries of ``file``, by name. Raises ValueError when two share a name or one has no comment."""
    text = (_HERE / file).read_text("utf-8")
    marks = list(_NAME.finditer(text))
    if len(marks) != text.count("-- name: "):
        raise ValueError(f"{file}: a query has no name or no comment")
    queries: dict[str, str] = {}
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        if mark[1] in queries:
            raise ValueError(f"{file}: two queries are named {mark[1]}")
        queries[mark[1]] = text[mark.end() : following.start() if following else None].strip().removesuffix(";")
    return queries


def script(file: str) -> str:
    """A whole SQL file, to be run as it is."""
    return (_HERE / file).read_text("utf-8")
