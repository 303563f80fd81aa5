"""Changes of the catalogue, and what is wrong with one, in the words of who reads: fields, values, places."""

from __future__ import annotations

from typing import Any

import msgspec

from queue_server.core.catalogue import Hours, Name, Setup, Term
from queue_server.core.hall import Hall
from queue_server.core.refusals import Invalid
from queue_server.setup_diff import Difference, FieldChange
from queue_server.setup_export import in_one_line
from queue_server.setup_file import SetupError
from queue_server.setup_tables import SheetProblem
from queue_server.setup_tree import Problem
from queue_server.setup_words import sentence

from .due_words import term_words
from .hours_text import hours_text
from .words import catalogue, known, lang_or_default, t

Json = dict[str, Any]
TERMS = frozenset({"statutory", "promised", "answer", "delivery", "limit"})
CHOICES = frozenset({"handling", "applicant", "form", "held_as"})
REFERENCES = {"theme": "themes", "department": "departments", "queue": "queues"}
DIFFERENCES_MAX = 500  # shown of one import; the rest is counted


# ------------------------------------------------------------------ differences


def differences_answer(lang: str, hall: Hall, found: list[Difference]) -> list[Json]:
    """Each entry that differs, with its fields as words: what it was, and what it is."""
    return [_difference(lang, hall, one) for one in found[:DIFFERENCES_MAX]]


def counts_of(found: list[Difference]) -> Json:
    return {what: sum(one.what == what for one in found) for what in ("added", "changed", "removed", "moved")}


def _difference(lang: str, hall: Hall, one: Difference) -> Json:
    name = one.name[lang] if isinstance(one.name, Name) else one.name
    return {
        "section": one.section, "section_text": t(lang, f"catalogue.section.{one.section}"), "id": one.id,
        "name": name or one.id, "what": one.what, "what_text": t(lang, f"catalogue.what.{one.what}"),
        "fields": [_field(lang, hall, change) for change in one.fields],
    }  # fmt: skip


def _field(lang: str, hall: Hall, change: FieldChange) -> Json:
    return {
        "field": change.field, "label": label(lang, change),
        "old": value_text(lang, hall, change.field, change.old), "new": value_text(lang, hall, change.field, change.new),
    }  # fmt: skip


def label(lang: str, change: FieldChange) -> str:
    """``事项名称（英文）``, ``材料 照片：份数``; a field without words goes by its name in the hall file."""
    first, *rest = change.field.split(".")
    if first == "materials" and rest:
        name = change.of.get(lang, rest[0]) if isinstance(change.of, dict) else rest[0]
        paper = t(lang, "catalogue.paper", name=name)
        return t(lang, "catalogue.of", whole=paper, part=_label(lang, rest[1:])) if rest[1:] else paper
    return _label(lang, [first, *rest])


def _label(lang: str, path: list[str]) -> str:
    key = f"catalogue.field.{path[0]}"
    if not known(lang, key):
        return ".".join(path)
    text = t(lang, key)
    part = f"catalogue.part.{path[-1]}"
    return t(lang, "catalogue.in", whole=text, part=t(lang, part)) if len(path) > 1 and known(lang, part) else text


def value_text(lang: str, hall: Hall, field: str, value: Any) -> str:
    """A value as somebody would say it; nothing is a dash."""
    last = field.rpartition(".")[2]
    if value is None or value == [] or value == "":
        return t(lang, "catalogue.nothing")
    if isinstance(value, bool):
        return t(lang, "catalogue.yes" if value else "catalogue.no")
    if last in TERMS and isinstance(value, dict):
        return _term(lang, msgspec.convert(value, Term))
    if last == "hours" and isinstance(value, dict):
        return t(lang, "catalogue.and").join(hours_text(lang, msgspec.convert(value, Hours)))
    if last == "minutes" and isinstance(value, dict):
        return t(lang, "catalogue.minutes", count=f"{value['value']:g}")
    if last in CHOICES and known(lang, f"catalogue.{last}.{value}"):
        return t(lang, f"catalogue.{last}.{value}")
    if last in REFERENCES and isinstance(value, str):
        rows: dict[str, str] = {row.id: row.name[lang] for row in getattr(hall.setup, REFERENCES[last])}
        return rows.get(value, value)
    return _plain(lang, value)


def _term(lang: str, term: Term) -> str:
    """With what backs it: a figure may stay and only be confirmed."""
    said = term_words(lang, term) or t(lang, "catalogue.nothing")
    if term.source:
        return t(lang, "catalogue.term.source", term=said, source=term.source)
    return t(lang, "catalogue.term.assumed", term=said) if term.assumed else said


def _plain(lang: str, value: Any) -> str:
    if isinstance(value, dict):
        name = value.get("name")
        return str(name[lang]) if isinstance(name, dict) and lang in name else in_one_line(value)
    if isinstance(value, list):
        return t(lang, "common.comma").join(_plain(lang, part) for part in value)
    return str(value)


# ------------------------------------------------------------------ problems


def refusal(lang: str, error: SetupError, setup: Setup) -> Invalid:
    """``bad-catalogue`` with every problem: its place, its stable code and its sentence."""
    problems = [problem_answer(lang, problem, setup) for problem in error.problems]
    return Invalid("bad-catalogue", problems=problems, more=error.more, count=len(problems) + error.more)


def problem_answer(lang: str, problem: Problem, setup: Setup) -> Json:
    """``path``: in the entry or the hall file; ``line`` and ``column`` of a file, ``sheet``, ``row`` and ``cell`` of a table."""
    found: Json = {
        "path": ".".join(map(str, problem.place)), "code": problem.code,
        "text": sentence(problem.code, problem.values, catalogue(lang_or_default(lang)).__getitem__),
    }  # fmt: skip
    if isinstance(problem, SheetProblem):
        found |= {"sheet": problem.sheet, "row": problem.row, "cell": problem.cell} if problem.row else {}
    elif problem.line:
        found |= {"line": problem.line, "column": problem.column}
    return found | {"place": place_text(lang, problem, setup)}


def place_text(lang: str, problem: Problem, setup: Setup) -> str:
    """``表 services，第 3 行，name.zh 列``, ``第 12 行``, or the row of the hall's set-up that a table does not fit."""
    if isinstance(problem, SheetProblem) and problem.row:
        key = "catalogue.cell" if problem.cell else "catalogue.row"
        return t(lang, key, sheet=problem.sheet, row=problem.row, cell=problem.cell)
    if isinstance(problem, SheetProblem):
        section, at = (*problem.place, "", "")[:2]
        rows = getattr(setup, str(section), ()) if known(lang, f"problem.row.{section}") else ()
        if not isinstance(at, int) or at >= len(rows):
            return problem.path
        name = getattr(rows[at], "label", None) or getattr(rows[at], "name", rows[at].id)
        row = name[lang] if isinstance(name, Name) else name
        return t(lang, "catalogue.place", section=t(lang, f"problem.row.{section}"), row=row)
    return t(lang, "catalogue.line", line=problem.line, path=problem.path) if problem.line else ""
