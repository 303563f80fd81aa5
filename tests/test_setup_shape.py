"""Keys and kinds of value in a hall file."""

import pytest
from small_hall import SMALL, line_of, said, spoilt


def test_an_unknown_key_brings_the_one_that_was_meant() -> None:
    text = spoilt("helps: [A]", "help: [A]")
    assert said(text) == [
        f'line {line_of("help: ", text)}: counters[1].help: is not a known key here; did you mean "helps"?'
    ]


def test_an_unknown_key_like_no_other_is_only_unknown() -> None:
    assert said(SMALL + "xyzzy: 1\n") == [f"line {SMALL.count(chr(10)) + 1}: xyzzy: is not a known key here"]


def test_a_missing_key_is_told_at_its_row() -> None:
    text = spoilt("    theme: t\n", "")
    assert said(text) == [f'line {line_of("id: S1", text)}: services[0]: "theme" is missing']


def test_both_languages_are_needed() -> None:
    assert said(spoilt("{zh: 主题, en: Theme}", "{zh: 主题}"))[0].endswith('themes[0].name: "en" is missing')
    assert said(spoilt("{zh: 主题, en: Theme}", "{zh: 主题, en: ''}"))[0].endswith(
        "themes[0].name.en: must not be empty"
    )
    assert said(spoilt("{zh: 主题, en: Theme}", "主题"))[0].endswith(
        "themes[0].name: must have keys of its own (zh, en...)"
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('id: "1"', "id: 1", 'counters[0].id: must be a text; put it in quotes: "1"'),
        ("L1: 某法", "L1: true", 'sources.L1: must be a text; put it in quotes: "true"'),
        ("L1: 某法", "L1:", "sources.L1: must not be empty"),
        ("L1: 某法", "L1: [某法]", "sources.L1: must be a text"),
        ("  L1: 某法", "  - 某法", "sources: must be keys with a text each"),
        ("id: P1", "id: '  '", "packages[0].id: must not be empty"),
        ("id: P1", 'id: "P\\n1"', "packages[0].id: must be one line without control characters"),
        ("value: 3", "value: soon", 'services[0].promised.value: must be a whole number, not "soon"'),
        ("value: 3", "value: 2.5", 'services[0].promised.value: must be a whole number, not "2.5"'),
        ("value: 3", "value: true", 'services[0].promised.value: must be a whole number, not "true"'),
        (
            "value: 3",
            "value: 1" + "0" * 5000,
            'services[0].promised.value: must be a whole number, not "1' + "0" * 56 + '..."',
        ),
        (
            "      - {id: card, name: {zh: 身份证, en: ID card}}",
            "      - card",
            "services[0].materials[0]: must have keys of its own (id, name, later...)",
        ),
        ('mon: ["09:00-12:00", "13:30-17:00"]', "mon: [900]", 'hours.mon[0]: must be a text; put it in quotes: "900"'),
        ("value: 3", "value: [3]", "services[0].promised.value: must be a whole number"),
        ("value: 3", "value: 1" + "0" * 50, "services[0].promised.value: is far too large"),
        (
            "queue: A\n",
            "queue: A\n    self_service: maybe\n",
            'services[0].self_service: must be true or false, not "maybe"',
        ),
        ("serves: [S1]", "serves: S1", "counters[1].serves: must be a list"),
        (
            "packages:\n  - {",
            "packages:\n  - 3\n  - {",
            "packages[0]: must have keys of its own (id, name, services...)",
        ),
    ],
)
def test_values_of_the_wrong_kind(old: str, new: str, sentence: str) -> None:
    text = spoilt(old, new)
    assert any(line.endswith(f": {sentence}") for line in said(text)), said(text)


def test_a_choice_names_what_may_be_chosen() -> None:
    sentence = said(spoilt("kind: domain", "kind: domains"))[0]
    assert 'counters[1].kind: "domains" is not one of ' in sentence
    assert "self_service" in sentence
    assert sentence.endswith('did you mean "domain"?')
    assert "unit" in said(spoilt("unit: workday", "unit: week"))[0]


def test_a_file_full_of_mistakes_is_refused_without_guessing_at_each() -> None:
    text = SMALL + "clerks:\n" + "".join(f"  - {{id: c{n}, name: 甲, skills: [Q{n}]}}\n" for n in range(3000))
    assert said(text)[-1] == "and 2980 more like these"


def test_a_text_may_not_fill_the_screen() -> None:
    assert said(spoilt("en: Theme", "en: " + "x" * 301))[0].endswith("is longer than 300 characters")


def test_optional_things_may_be_null() -> None:
    from queue_server.setup_file import load_setup

    assert load_setup(spoilt("value: 3", "value: null")).services[0].promised.value is None
    assert load_setup(SMALL + "phone: null\n").phone is None
