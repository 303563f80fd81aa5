"""Hours, calendar, time zone, figures and sources of a hall file: are they possible?"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from .core.calendar import SpanError, parse_span
from .core.catalogue import Rules
from .setup_rules import rows, texts
from .setup_shape import near
from .setup_tree import Path, Tree, quote

MAP_WIDTH, MAP_HEIGHT = 720, 380

# Bounds of the rules: calls as the field has them, the day turns while the hall sleeps, the rest only catches slips.
RULE_BOUNDS = {
    "call_max": (1, 5),
    "recall_gap_seconds": (0, 3600),
    "return_window_numbers": (0, 1000),
    "lease_minutes": (1, 1440),
    "help_after_minutes": (0, 1440),
    "day_turn_hour": (0, 12),
    "early_minutes": (0, 720),
    "closing_warn_minutes": (0, 720),
    "target_wait_minutes": (1, 720),
    "busy_wait_minutes": (1, 720),
    "closing_grace_minutes": (0, 720),
    "later_workdays": (1, 60),
    "promise_check_workdays": (1, 250),
    "correction_workdays": (1, 60),
    "case_warn_workdays": (0, 60),
    "case_keep_days": (0, 366),
    "notice_keep_days": (0, 366),
}
CLASS_MINUTES_MAX = 60  # a head start, not a second queue
YEARS = range(2000, 2101)


def check_times(tree: Tree) -> None:
    """Note impossible hours, dates, zones and figures."""
    _check_zone_name(tree)
    _check_hours(tree)
    _check_calendar(tree)
    _check_bounds(tree)
    _check_places(tree)
    _check_terms(tree)


def _section(tree: Tree, name: str) -> dict[str, Any]:
    value = tree.data.get(name)
    return value if isinstance(value, dict) else {}


def _check_zone_name(tree: Tree) -> None:
    for name in texts(tree.data.get("time_zone")):
        try:
            ZoneInfo(name)
        except (ValueError, OSError, LookupError):
            tree.problem(("time_zone",), "not-zone", text=quote(name))


def _check_hours(tree: Tree) -> None:
    _check_week(tree, ("hours",), _section(tree, "hours"))
    for section in ("services", "counters"):
        for path, row in rows(tree, section):
            if isinstance(row.get("hours"), dict):
                _check_week(tree, (*path, "hours"), row["hours"])


def _check_week(tree: Tree, path: Path, week: dict[str, Any]) -> None:
    turn = _section(tree, "rules").get("day_turn_hour", Rules().day_turn_hour)
    for day, value in week.items():
        last = turn * 60 if isinstance(turn, int) else 0
        code = "before-day"
        for at, text in enumerate(value if isinstance(value, list) else []):
            if not isinstance(text, str):
                continue
            try:
                begin, end = parse_span(text)
            except SpanError as error:
                tree.problem((*path, day), error.code, at, text=quote(error.text))
                continue
            if begin < last:
                tree.problem((*path, day), code, at, text=quote(text), turn=turn)
            last, code = max(last, end), "before-span"


def _check_calendar(tree: Tree) -> None:
    calendar = _section(tree, "calendar")
    known: dict[str, str] = {}
    for key in ("closed", "make_up"):
        value = calendar.get(key)
        for at, text in enumerate(value if isinstance(value, list) else []):
            if isinstance(text, str):
                _check_date(tree, ("calendar", key), at, text, known)
    for at, year in enumerate(calendar["years"] if isinstance(calendar.get("years"), list) else []):
        if isinstance(year, int) and year not in YEARS:
            tree.problem(("calendar", "years"), "bad-year", at, year=year)


def _check_date(tree: Tree, path: Path, at: int, text: str, known: dict[str, str]) -> None:
    try:
        valid = dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        valid = False
    if not valid:
        tree.problem(path, "bad-date", at, text=quote(text))
    elif text in known:
        tree.problem(path, "date-twice", at, text=text, list=known[text])
    known.setdefault(text, str(path[-1]))


def _check_bounds(tree: Tree) -> None:
    rules = _section(tree, "rules")
    for name, (low, high) in RULE_BOUNDS.items():
        _check_between(tree, ("rules", name), rules.get(name), low, high)
    for path, row in rows(tree, "classes"):
        _check_between(tree, (*path, "minutes"), row.get("minutes"), 0, CLASS_MINUTES_MAX)


def _check_places(tree: Tree) -> None:
    for path, row in rows(tree, "zones"):
        place = row.get("place")
        if not isinstance(place, dict):
            continue
        for start, size, most in (("x", "width", MAP_WIDTH), ("y", "height", MAP_HEIGHT)):
            here = (*path, "place")
            _check_between(tree, (*here, start), place.get(start), 0, most)
            _check_between(tree, (*here, size), place.get(size), 1, most)
            if _number(place.get(start)) + _number(place.get(size)) > most:
                tree.problem(here, "over-edge", width=MAP_WIDTH, height=MAP_HEIGHT)


def _check_terms(tree: Tree) -> None:
    for section in ("services", "packages"):
        for path, row in rows(tree, section):
            _check_source(tree, path, row)
            for key, low in (("statutory", 0), ("promised", 0), ("answer", 0), ("delivery", 0), ("minutes", 0.1)):
                _check_term(tree, (*path, key), row.get(key), low)
    for path, row in rows(tree, "services"):
        for key in ("procedures", "materials"):
            items = row.get(key)
            for at, item in enumerate(items if isinstance(items, list) else []):
                if isinstance(item, dict):
                    _check_term(tree, (*path, key, at, "limit"), item.get("limit"), 1)
                    _check_between(tree, (*path, key, at, "later_workdays"), item.get("later_workdays"), 1, 60)
                    _check_between(tree, (*path, key, at, "copies"), item.get("copies"), 1, 99)


def _check_term(tree: Tree, path: Path, term: Any, low: float) -> None:
    if isinstance(term, dict):
        _check_source(tree, path, term)
        _check_between(tree, (*path, "value"), term.get("value"), low, 1000)


def _check_source(tree: Tree, path: Path, row: dict[str, Any]) -> None:
    known = _section(tree, "sources")
    for text in texts(row.get("source")):
        if text not in known:
            tree.problem((*path, "source"), "unknown-source", text=quote(text), near=near(tree, text, known))


def _check_between(tree: Tree, path: Path, value: Any, low: float, high: float) -> None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and not low <= value <= high:
        tree.problem(path, "out-of-bounds", low=low, high=high, value=value)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
