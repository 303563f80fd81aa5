"""A hall file as a whole: read it, or hear of everything that is wrong with it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_hall import SMALL, line_of, said, spoilt

from queue_server.core.catalogue import Setup
from queue_server.setup_file import FILE_BYTES_MAX, Problem, SetupError, default_setup_text, load_setup


def test_a_good_file_becomes_a_setup() -> None:
    setup = load_setup(SMALL)
    assert isinstance(setup, Setup)
    assert (setup.id, setup.name["zh"], setup.name["en"]) == ("small", "小站", "Small station")
    assert setup.counters[1].serves == ("S1",)
    assert setup.services[0].promised.value == 3
    assert setup.rules.call_max == 3


def test_the_shipped_file_is_a_setup() -> None:
    assert load_setup(default_setup_text()).id == "hall"


def test_a_problem_names_its_line_and_its_place() -> None:
    text = spoilt("serves: [S1]", "serves: [Q]")
    with pytest.raises(SetupError) as refused:
        load_setup(text)
    line = line_of("[Q]", text)
    column = text.splitlines()[line - 1].index("Q]") + 1
    assert refused.value.problems == [
        Problem(
            line, column, "counters[1].serves", '"Q" is neither a queue nor a service', "unknown-either",
            {"text": '"Q"', "near": "", "row": "queues", "other": "services"}, ("counters", 1, "serves", 0),
        )
    ]
    assert str(refused.value) == f'line {line}: counters[1].serves: "Q" is neither a queue nor a service'


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    text = SMALL.replace("letter: A", "letter: I").replace("09:00-12:00", "09:00-25:00")
    text = (
        text.replace("kind: domain", "kind: domian")
        .replace("theme: t", "theme: x")
        .replace('version: "1"', "version: 1")
    )
    sentences = said(text)
    assert [sentence.split(": ")[1] for sentence in sentences] == [
        "version", "hours.mon", "queues[0].letter", "counters[1].kind", "services[0].theme",
    ]  # fmt: skip
    assert [int(sentence.split(":")[0].removeprefix("line ")) for sentence in sentences] == sorted(
        line_of(piece, text) for piece in ("version", "mon", "letter: I", "domian", "theme: x")
    )


def test_no_more_than_twenty_are_told_and_the_rest_is_counted() -> None:
    bad = "".join(f'  - {{id: "c{n}", label: "c{n}", kind: integrated, zone: Z, serves: [A]}}\n' for n in range(30))
    with pytest.raises(SetupError) as refused:
        load_setup(spoilt("themes:\n", bad + "themes:\n"))
    assert len(refused.value.problems) == 20
    assert refused.value.more == 10
    assert str(refused.value).splitlines()[-1] == "and 10 more like these"


def test_a_huge_file_is_not_even_read() -> None:
    for text in ("#" * (FILE_BYTES_MAX + 1), "# " + "窗" * (FILE_BYTES_MAX // 3 + 1)):
        assert said(text) == ["line 1: the file is larger than 8 MB"]


@pytest.mark.parametrize("text", ["", "# nothing but a remark\n", "---\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    assert len(said(text)) == 1


def test_a_hall_without_anything_in_it_is_refused() -> None:
    text = 'id: h\nversion: "1"\nname: {zh: 厅, en: Hall}\nzones: []\nqueues: []\ncounters: []\nservices: []\n'
    sentences = said(text + "themes: []\ndepartments: []\n")
    assert sentences == [
        "line 4: zones: is empty; a hall needs at least one zone",
        "line 5: queues: is empty; a hall needs at least one queue",
        "line 6: counters: is empty; a hall needs at least one counter",
        "line 7: services: is empty; a hall needs at least one service",
    ]


def test_no_sentence_speaks_like_a_library() -> None:
    text = (
        SMALL.replace('"1", label', "1, label")
        .replace("value: 3", "value: three")
        .replace("[integrated]", "integrated")
    )
    for sentence in said(text):
        for jargon in ("msgspec", "Expected", "`", "$", "Traceback", "NoneType", "dict", "str,"):
            assert jargon not in sentence


@settings(max_examples=300)
@given(
    st.integers(0, len(SMALL)),
    st.integers(0, 30),
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            ["[", "]", "{", "}", ": ", "- ", "null", "true", "1e400", "0x1F", "~", "*a", "&a ", "!!int ", "|\n", "'"]
        ),
    ),
)
def test_whatever_is_typed_is_either_a_setup_or_a_list_of_problems(at: int, cut: int, typed: str) -> None:
    try:
        setup = load_setup(SMALL[:at] + typed + SMALL[at + cut :])
    except SetupError as error:
        assert error.problems
        assert all(problem.line >= 1 and problem.message for problem in error.problems)
    else:
        assert isinstance(setup, Setup)
