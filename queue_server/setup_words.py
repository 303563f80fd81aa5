"""What is wrong with a hall file, by code, as a sentence. Pages say the same codes in the language of who reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import yaml

ROWS = ("row", "other")  # values that name a section of the hall file


@cache
def _english() -> dict[str, str]:
    text = Path(__file__).with_name("words").joinpath("en", "problems.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


def english(code: str, values: Mapping[str, str]) -> str:
    """The sentence of the command line."""
    return sentence(code, values, _english().__getitem__)


def sentence(code: str, values: Mapping[str, str], words: Callable[[str], str]) -> str:
    """The sentence in a language; ``words`` gives its texts by key (``problem.<code>``)."""
    spelled = {key: words(f"problem.row.{value}") if key in ROWS else value for key, value in values.items()}
    text = words(f"problem.{code}").format(**spelled)
    return text + words("problem.near").format(**spelled) if values.get("near") else text
