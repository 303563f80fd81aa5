"""The words of a call: as shown, as spoken by a synthesiser, and as the names of recorded segments.

Pure. A *call* here is the pair (ticket number, counter label), for example ``("A046", "7")``. A sentence says one call,
or several when the announcer has merged them:

    one      请 A046 号，到 7 号窗口办理
    several  请 A046 号到 7 号窗口，A047 号到 8 号窗口

Synthesisers read ``A012`` as "A twelve" and ``VIP001`` as a word, so ticket numbers are always split into characters.
A sentence is spoken as parts (number, counter, number, counter ...), because a part is used again far more often than
a whole sentence; more parts than two a call were measurably harder to understand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pypinyin import Style, lazy_pinyin

Call = tuple[str, str]  # ticket number, counter label
Calls = Sequence[Call]
Script = Literal["pinyin", "hanzi"]

HANZI_DIGITS = "零一二三四五六七八九"

# Longer counter labels ("2001", second floor 01) are read digit by digit, as people say room numbers.
NUMBER_DIGITS_MAX = 3


def sentence(calls: Calls, lang: str) -> str:
    """The text shown while the calls are spoken."""
    assert calls, "a sentence says at least one call"
    if len(calls) == 1:
        number, label = calls[0]
        comma = ", " if lang == "en" else "，"
        return comma.join((number_text(number, lang), counter_text(label, lang)))
    if lang == "en":
        text = ", ".join(f"number {_spaced(number)} to window {label}" for number, label in calls)
        return text[0].upper() + text[1:]
    return "请 " + "，".join(f"{number.upper()} 号到{_counter_shown(label)}" for number, label in calls)


def number_text(number: str, lang: str) -> str:
    """The first part as shown: ``请 A046 号`` or ``Number A 0 4 6``."""
    return f"Number {_spaced(number)}" if lang == "en" else f"请 {number.upper()} 号"


def counter_text(label: str, lang: str) -> str:
    """The second part as shown: ``到 7 号窗口办理`` or ``please go to window 7``."""
    return f"please go to window {label}" if lang == "en" else f"到{_counter_shown(label)}办理"


def spoken(calls: Calls, lang: str, script: Script = "pinyin") -> list[str]:
    """The parts to synthesise, in order.

    ``script`` says what the engine reads well: ``pinyin`` (tone numbers, for espeak's ``cmn-latn-pinyin``, whose plain
    Mandarin voice is broken in Debian 12) or ``hanzi``. It means nothing for English.
    """
    one = len(calls) == 1
    parts: list[str] = []
    for place, (number, label) in enumerate(calls):
        parts.append(spoken_number(number, lang, script, first=place == 0))
        parts.append(spoken_counter(label, lang, script, alone=one))
    return parts


def spoken_number(number: str, lang: str, script: Script = "pinyin", *, first: bool = True) -> str:
    """The number part to synthesise: ``qing3 A ling2 si4 liu4 hao4``; without the 请 when it is not the first."""
    if lang == "en":
        return f"Number {_spelled_english(number)}"
    text = f"{'请 ' if first else ''}{_spelled_chinese(number)} 号"
    return pinyin(text) if script == "pinyin" else text


def spoken_counter(label: str, lang: str, script: Script = "pinyin", *, alone: bool = True) -> str:
    """The counter part to synthesise: ``dao4 qi1 hao4 chuang1 kou3 ban4 li3``."""
    if lang == "en":
        text = _counter_number(label) or _spelled_english(label)
        return f"{'please go ' if alone else ''}to window {text}"
    text = f"到 {_counter_chinese(label)}{' 办理' if alone else ''}"
    return pinyin(text) if script == "pinyin" else text


def pinyin(text: str) -> str:
    """Chinese words with tone numbers (``窗口`` -> ``chuang1 kou3``); letters stay. Words are parted by spaces."""
    return " ".join(syllable for word in text.split() for syllable in lazy_pinyin(word, style=Style.TONE3))


def chinese_number(value: int) -> str:
    """0-999 as a Chinese number: 7 七, 12 十二, 108 一百零八, 110 一百一十."""
    assert 0 <= value < 10**NUMBER_DIGITS_MAX, "longer labels are spelled, see NUMBER_DIGITS_MAX"
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    if not hundreds and not tens:
        return HANZI_DIGITS[ones]
    text = f"{HANZI_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else HANZI_DIGITS[tens]) + "十"
    elif ones:
        text += "零"
    return text + (HANZI_DIGITS[ones] if ones else "")


def segment_names(calls: Calls, lang: str) -> list[str] | None:
    """The recorded segments that make the same sentence, or ``None`` when recordings cannot say it.

    Chinese ``qing letter-a digit-0 .. hao-dao number-7 window``; English ``number letter-a digit-0 .. go-to number-7``.
    A counter label that is no number is spelled with the letters and digits; one with other characters (综合服务台)
    has no segments.
    """
    names: list[str] = [] if lang == "en" else ["qing"]
    for number, label in calls:
        number_names = _segments_spelled(number)
        value = _counter_number(label)
        counter_names = [f"number-{value}"] if value else _segments_spelled(label)
        if number_names is None or counter_names is None:
            return None
        if lang == "en":
            names += ["number", *number_names, "go-to", *counter_names]
        else:
            names += [*number_names, "hao-dao", *counter_names, "window"]
    return names


def _segments_spelled(text: str) -> list[str] | None:
    names: list[str] = []
    for character in _characters(text):
        if not character.isascii():
            return None
        names.append(f"digit-{character}" if character.isdigit() else f"letter-{character.lower()}")
    return names or None


def _characters(text: str) -> list[str]:
    """Letters and digits only: hyphens and blanks in a number or label are for the eye."""
    return [character for character in text.upper() if character.isalnum()]


def _spaced(number: str) -> str:
    return " ".join(_characters(number))


def _spelled_chinese(text: str) -> str:
    digits = (HANZI_DIGITS[int(c)] if c in "0123456789" else c for c in _characters(text))
    return " ".join(digits)


def _spelled_english(text: str) -> str:
    """``A, 0 4 6``: without the comma espeak reads a lone A as the article."""
    return " ".join(f"{c}," if c.isalpha() else c for c in _characters(text)).rstrip(",")


def _counter_number(label: str) -> str | None:
    """A label said as a number, without leading zeros; ``None`` for one that is spelled or is a name."""
    plain = label.strip()
    if plain.isascii() and plain.isdigit() and len(plain) <= NUMBER_DIGITS_MAX:
        return str(int(plain))
    return None


def _is_name(label: str) -> bool:
    """A label in Chinese (综合服务台) is a name already and takes no 号窗口 behind it."""
    return not label.isascii()


def _counter_chinese(label: str) -> str:
    if _is_name(label):
        return label
    number = _counter_number(label)
    return f"{chinese_number(int(number)) if number else _spelled_chinese(label)} 号 窗口"


def _counter_shown(label: str) -> str:
    return label if _is_name(label) else f" {label} 号窗口"
