"""The rows of a report: every query of ``reports.sql``, read as of one moment, so that its tables agree with each other."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import msgspec

from .database import connect_read_only
from .queries import load_queries

QUERIES = load_queries("reports.sql")
Rows = dict[str, list[dict[str, Any]]]


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """The hall days of a report. ``passed``: the first day whose deadlines are not over. See ``reports.sql``."""

    first: str
    last: str
    begin: int
    end: int
    passed: str
    target_seconds: int


def rows_of(path: Path, span: Span) -> Rows:
    """By the name of the query. Blocks: a day takes milliseconds, a busy month a second or two."""
    connection = connect_read_only(path)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")
        parameters = msgspec.structs.asdict(span)
        return {name: [dict(row) for row in connection.execute(sql, parameters)] for name, sql in QUERIES.items()}
    finally:
        connection.close()
