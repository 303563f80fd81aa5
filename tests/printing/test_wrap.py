from hypothesis import given
from hypothesis import strategies as st

from queue_server.printing.wrap import balance, clip, wrap

TEXTS = st.text(alphabet="社会保险登记，。（）《》 AB12–…", max_size=60)


def cells(text: str) -> int:
    """Chinese two wide, Latin one: simple enough to count by eye."""
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)


def test_closing_punctuation_never_begins_a_line_nor_opening_ends_one() -> None:
    assert wrap("到咨询台，说一声", 8, cells) == ["到", "咨询台，", "说一声"]
    assert wrap("请看一（二）三", 8, cells) == ["请看一", "（二）三"]


def test_common_words_stay_whole() -> None:
    assert balance("灵活就业人员社会保险参保登记", 26, cells) == ["灵活就业人员", "社会保险参保登记"]


def test_latin_breaks_at_spaces_and_a_range_stays_whole() -> None:
    assert wrap("windows 15–22 only", 13, cells) == ["windows 15–22", "only"]
    assert wrap("号窗口 15–22", 8, cells) == ["号窗口", "15–22"]


def test_a_word_wider_than_the_line_is_cut() -> None:
    assert wrap("Notarised", 4, cells) == ["Nota", "rise", "d"]


def test_the_wide_space_between_parts_is_kept() -> None:
    assert wrap("10:26　2 号", 20, cells) == ["10:26　2 号"]


def test_clip_shows_that_something_is_missing() -> None:
    assert clip(["一二三", "四五，", "六"], 2, 6, cells) == ["一二三", "四五…"]


def test_empty_text_is_one_empty_line() -> None:
    assert wrap("", 10, cells) == [""]


@given(TEXTS, st.integers(4, 40))
def test_no_line_is_too_wide_and_no_character_is_lost(text: str, width: int) -> None:
    for lines in (wrap(text, width, cells), balance(text, width, cells)):
        assert all(cells(line) <= width for line in lines)
        assert "".join("".join(lines).split()) == "".join(text.split())


@given(TEXTS, st.integers(4, 40))
def test_balancing_costs_no_line(text: str, width: int) -> None:
    assert len(balance(text, width, cells)) == len(wrap(text, width, cells))


@given(TEXTS, st.integers(4, 40), st.integers(1, 3))
def test_clipped_text_fits(text: str, width: int, lines_max: int) -> None:
    lines = clip(wrap(text, width, cells), lines_max, width, cells)
    assert len(lines) <= lines_max and all(cells(line) <= width for line in lines)
