"""The fixed words on a ticket, each in both languages: the ticket's own language leads, the other follows smaller.

Digits, ranges with an en dash, always "约", never one figure, nothing rather than a zero.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from queue_server.core.catalogue import Name

SOON_MINUTES = 5  # under this a range says less than "soon"
NO_WAIT_MINUTES = 2  # with nobody ahead: the walk to the window takes as long
HOPELESS_MINUTES = 240  # over this no figure is honest: "may not be called today"


class Pair(NamedTuple):
    """A text in the ticket's language and in the other one."""

    main: str
    other: str


class Fact(NamedTuple):
    """A small label over a large value."""

    label: str
    value: str


WORDS: dict[str, Name] = {
    "place.zone": Name(zh="请在 {zone} 区等", en="Wait in zone {zone}"),
    "place.anywhere": Name(zh="请听叫号，看大屏", en="Listen and watch the board"),
    "ahead": Name(zh="前面", en="Ahead"),
    "wait": Name(zh="约等", en="Wait"),
    "wait.none": Name(zh="现在不用排队", en="No waiting now"),
    "wait.hopeless": Name(zh="今天可能叫不到", en="You may not be called today"),
    "bring": Name(zh="请带好", en="Please bring"),
    "bring.later": Name(zh="{text}（可后补）", en="{text} (can follow later)"),
    "bring.more": Name(zh="另有 {count} 样，扫码看", en="{count} more: scan the code"),
    "scan": Name(zh="扫码看还有几个人", en="Scan to follow your place"),
    "no-phone": Name(zh="没有手机：听叫号，看大屏", en="No phone? Listen for your number"),
    "missed": Name(zh="过号不作废，到咨询台说一声。今天有效。", en="Missed? Ask at Enquiries. Valid today."),
    "staff": Name(zh="工作人员填写", en="Staff notes"),
    "hotline": Name(zh="投诉 {hotline}", en="Complaints {hotline}"),
}

Lang = Literal["zh", "en"]


def say(key: str, lang: Lang, **values: object) -> Pair:
    """The words of a key, filled in. Values are the same in both languages."""
    return pair(WORDS[key], lang, **values)


def pair(name: Name, lang: Lang, **values: object) -> Pair:
    """A bilingual name, ordered by the ticket's language."""
    zh, en = (text.format(**values) if values else text for text in (name.zh, name.en))
    return Pair(en, zh) if lang == "en" else Pair(zh, en)


def ahead_fact(ahead: int, lang: Lang) -> Fact:
    """How many would be called earlier, as people."""
    if lang == "en":
        return Fact("Ahead 前面", f"{ahead} {'person' if ahead == 1 else 'people'}")
    return Fact("前面 Ahead", f"{ahead} 人")


def wait_fact(wait_minutes: tuple[int, int], lang: Lang) -> Fact:
    """The promised range; a range that begins at nothing, or is none, becomes "within"."""
    low, high = wait_minutes
    within = high < SOON_MINUTES or low <= 0 or low >= high
    figure = str(max(high, SOON_MINUTES)) if within else f"{low}–{high}"
    if lang == "en":
        return Fact("Wait 约等", f"under {figure} min" if within else f"{figure} min")
    return Fact("约等 Wait, min", f"{figure} 分钟内" if within else f"{figure} 分")
