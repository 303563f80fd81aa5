"""Every mistake of a hall file has a code, and every code its words in both languages."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_server.core.calendar import SpanError
from queue_server.setup_words import english, sentence
from queue_server.web.words import LANGS, catalogue

SOURCE = Path(__file__).parents[1] / "queue_server"
CALLS = {"problem": 1, "_note": 2, "make_problem": 0, "_stop": 1, "_problem": 1}  # where the code stands
BUILT = {
    "used", "used-already", "unknown", "unknown-either", "not-number", "not-number-but", "not-whole", "not-whole-but",
    "before-day", "before-span", "bad-span", "bad-time", "span-backwards",
}  # fmt: skip  # codes that are chosen before they are told


def codes() -> Iterator[str]:
    files = [*SOURCE.glob("setup_*.py"), SOURCE / "core" / "catalogue_changes.py"]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                for argument in node.args[CALLS.get(name, 99) : CALLS.get(name, 99) + 1]:
                    if isinstance(argument, ast.Constant):
                        yield str(argument.value)


def words(lang: str) -> dict[str, str]:
    return {key: text for key, text in catalogue(lang).items() if key.startswith("problem.")}  # type: ignore[arg-type]


def test_every_code_has_words_and_every_word_its_code() -> None:
    known = {key.removeprefix("problem.") for key in words("en") if not key.startswith("problem.row.")}
    assert known == {*codes(), *BUILT, "near"}


@pytest.mark.parametrize("lang", LANGS)
def test_sentences_can_be_said_with_the_values_of_the_other_language(lang: str) -> None:
    for key, text in words("en").items():
        values = {name: "zones" for _, name, _, _ in string.Formatter().parse(text) if name}
        assert sentence(key.removeprefix("problem."), values, words(lang).__getitem__)


def test_what_may_have_been_meant_is_said_behind() -> None:
    values = {"text": '"Zne"', "row": "zones", "near": '"Zone"'}
    assert english("unknown", values) == '"Zne" is not a zone; did you mean "Zone"?'


def test_a_bad_time_carries_its_code() -> None:
    error = SpanError("bad-time", "25:00")
    assert (error.code, error.text) == ("bad-time", "25:00")
