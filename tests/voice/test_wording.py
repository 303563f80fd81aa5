"""The words of a call, as tables."""

from __future__ import annotations

import pytest

from queue_server.voice import wording


@pytest.mark.parametrize(
    ("calls", "lang", "text"),
    [
        ([("A046", "7")], "zh", "请 A046 号，到 7 号窗口办理"),
        ([("a046", "12")], "zh", "请 A046 号，到 12 号窗口办理"),
        ([("A046", "综合服务台")], "zh", "请 A046 号，到综合服务台办理"),
        ([("A046", "7")], "en", "Number A 0 4 6, please go to window 7"),
        ([("A046", "7"), ("A047", "8")], "zh", "请 A046 号到 7 号窗口，A047 号到 8 号窗口"),
        ([("A046", "7"), ("B107", "A1")], "en", "Number A 0 4 6 to window 7, number B 1 0 7 to window A1"),
    ],
)
def test_the_sentence_shown(calls: list[wording.Call], lang: str, text: str) -> None:
    assert wording.sentence(calls, lang) == text


@pytest.mark.parametrize(
    ("number", "label", "lang", "parts"),
    [
        ("A046", "7", "zh", ["qing3 A ling2 si4 liu4 hao4", "dao4 qi1 hao4 chuang1 kou3 ban4 li3"]),
        ("B108", "12", "zh", ["qing3 B yi1 ling2 ba1 hao4", "dao4 shi2 er4 hao4 chuang1 kou3 ban4 li3"]),
        ("VIP-01", "07", "zh", ["qing3 V I P ling2 yi1 hao4", "dao4 qi1 hao4 chuang1 kou3 ban4 li3"]),
        ("X001", "B2", "zh", ["qing3 X ling2 ling2 yi1 hao4", "dao4 B er4 hao4 chuang1 kou3 ban4 li3"]),
        ("X001", "2001", "zh", ["qing3 X ling2 ling2 yi1 hao4", "dao4 er4 ling2 ling2 yi1 hao4 chuang1 kou3 ban4 li3"]),
        ("X001", "服务台", "zh", ["qing3 X ling2 ling2 yi1 hao4", "dao4 fu2 wu4 tai2 ban4 li3"]),
        ("A046", "7", "en", ["Number A, 0 4 6", "please go to window 7"]),
        ("A046", "A1", "en", ["Number A, 0 4 6", "please go to window A, 1"]),
    ],
)
def test_the_parts_spoken(number: str, label: str, lang: str, parts: list[str]) -> None:
    assert wording.spoken([(number, label)], lang) == parts


def test_engines_that_read_characters_get_them_one_by_one() -> None:
    assert wording.spoken([("A012", "12")], "zh", "hanzi") == ["请 A 零 一 二 号", "到 十二 号 窗口 办理"]


def test_a_merged_sentence_asks_once() -> None:
    assert wording.spoken([("A046", "7"), ("A047", "8")], "zh") == [
        "qing3 A ling2 si4 liu4 hao4",
        "dao4 qi1 hao4 chuang1 kou3",
        "A ling2 si4 qi1 hao4",
        "dao4 ba1 hao4 chuang1 kou3",
    ]
    assert wording.spoken([("A046", "7"), ("A047", "8")], "en")[3] == "to window 8"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "零"), (7, "七"), (10, "十"), (12, "十二"), (20, "二十"), (43, "四十三"), (100, "一百"), (108, "一百零八")]
    + [(110, "一百一十"), (112, "一百一十二"), (200, "二百"), (999, "九百九十九")],
)
def test_counter_labels_are_said_as_numbers(value: int, text: str) -> None:
    assert wording.chinese_number(value) == text


def test_recorded_segments() -> None:
    digits = ["letter-a", "digit-0", "digit-4", "digit-6"]
    assert wording.segment_names([("A046", "12")], "zh") == ["qing", *digits, "hao-dao", "number-12", "window"]
    assert wording.segment_names([("A046", "B2")], "zh") == [
        "qing",
        *digits,
        "hao-dao",
        "letter-b",
        "digit-2",
        "window",
    ]
    assert wording.segment_names([("A046", "7")], "en") == ["number", *digits, "go-to", "number-7"]
    assert wording.segment_names([("A046", "服务台")], "zh") is None
    two = wording.segment_names([("A046", "7"), ("A046", "8")], "zh")
    assert two == ["qing", *digits, "hao-dao", "number-7", "window", *digits, "hao-dao", "number-8", "window"]
