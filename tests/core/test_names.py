"""The gram index must find exactly what a plain look at every name finds."""

import random

from hypothesis import given
from hypothesis import strategies as st

from queue_server.core.catalogue import Name
from queue_server.core.names import Entry, Names, Query, words

SIGNS = "登记保险转移社会不动产"
LATIN = ["tax", "id", "card", "social", "home", "a", "5g"]

entries = st.lists(
    st.builds(
        lambda number, zh, en: Entry(f"S{number:03d}", Name(zh=zh, en=" ".join(en))),
        st.integers(0, 999),
        st.text(SIGNS, min_size=1, max_size=9),
        st.lists(st.sampled_from(LATIN), min_size=1, max_size=4),
    ),
    max_size=12,
)
queries = st.one_of(
    st.text(SIGNS, min_size=1, max_size=4),
    st.sampled_from(
        ["dj", "bx", "zy", "bdc", "sh", "deng", "dengji", "baoxian", "shehui", "bu", "s", "s00", "so", "soc"]
    ),
    st.lists(st.sampled_from(LATIN), min_size=1, max_size=3).map(" ".join),
)


@given(entries, queries)
def test_the_index_finds_what_a_look_at_every_name_finds(entries: list[Entry], text: str) -> None:
    names, query = Names(entries), Query(words(text))
    prefixed, holding = list(names.prefixed(query)), list(names.holding(query))
    assert prefixed == sorted(set(prefixed)), "ascending, each once"
    assert holding == sorted(set(holding))
    by_look = [at for at in range(len(entries)) if names.holds(at, query)]
    assert sorted({*prefixed, *holding}) == by_look
    for at, entry in enumerate(entries):
        if query.whole in entry.name.zh:
            assert at in by_look


@given(entries, queries)
def test_exact_is_the_narrowest(entries: list[Entry], text: str) -> None:
    names, query = Names(entries), Query(words(text))
    exact = list(names.exact(query))
    assert set(exact) <= set(names.prefixed(query))
    assert {at for at, entry in enumerate(entries) if entry.name.zh == text} <= set(exact)


def test_a_search_looks_at_few_of_many_names() -> None:
    """The rarest gram bounds the work, however many names there are."""
    dice = random.Random(1)
    many = [
        Entry(f"S{number}", Name(zh="".join(dice.choices(SIGNS, k=6)) + "登记", en=f"Service {number}"))
        for number in range(3000)
    ]
    many[1234] = Entry("S1234", Name(zh="护照登记", en="Passport"))
    names = Names(many)
    for text in ("护照", "护照登记", "passport", "hzdj", "huzhao", "hu zhao deng ji"):
        assert names.weight(Query(words(text))) < 100, text
        assert 1234 in names.holding(Query(words(text)))


def test_words_forget_case_width_and_punctuation() -> None:
    assert words("Ａb-C（登记、交易） xi'an lüyou") == ["ab", "c", "登记", "交易", "xian", "lvyou"]
    assert words("？！") == []
