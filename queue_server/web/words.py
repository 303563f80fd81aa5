"""The words on screens and paper: one catalogue per language, by key. Code and templates never hold a sentence.

``queue_server/words/{zh,en}/{room}.yaml`` hold flat keys with ``{name}`` fields. They are read once; a key that is
missing is a mistake of ours and raises ``KeyError`` (a test reads every template and finds it before a visitor does).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from markupsafe import Markup, escape

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")
WORDS = Path(__file__).resolve().parent.parent / "words"


@cache
def catalogue(lang: Lang) -> dict[str, str]:
    """All texts of one language. The files of the rooms must not share a key."""
    texts: dict[str, str] = {}
    for path in sorted((WORDS / lang).glob("*.yaml")):
        for key, text in (yaml.safe_load(path.read_text("utf-8")) or {}).items():
            assert key not in texts, f"{key} stands twice among the words of {lang}, again in {path.name}"
            assert isinstance(text, str), f"{key} in {lang}/{path.name} must be a text, put it in quotes"
            texts[key] = text
    return texts


def lang_or_default(lang: object) -> Lang:
    """Whatever a caller sends, one of our languages."""
    return "en" if lang == "en" else "zh"


def known(lang: str, key: str) -> bool:
    return key in catalogue(lang_or_default(lang))


def t(lang: str, key: str, **values: object) -> str:
    """The text of ``key``, filled in. With ``count=1``, ``key.one`` is taken when there is one (English needs it).

    When a value is :class:`~markupsafe.Markup` the text comes back as Markup, everything else in it escaped.
    """
    texts = catalogue(lang_or_default(lang))
    if values.get("count") == 1 and f"{key}.one" in texts:
        key = f"{key}.one"
    text = texts[key]
    if "{" not in text:
        return text
    if any(isinstance(value, Markup) for value in values.values()):
        return Markup(escape(text)).format(**values)
    return text.format(**values)


def strong(lang: str, key: str, **values: object) -> Markup:
    """As :func:`t`, with every value in bold: figures are what the eye looks for."""
    texts = catalogue(lang_or_default(lang))
    if values.get("count") == 1 and f"{key}.one" in texts:
        key = f"{key}.one"
    bold = {name: Markup("<b>{}</b>").format(value) for name, value in values.items()}
    return Markup(escape(texts[key])).format(**bold)
