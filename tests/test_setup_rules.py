"""A hall file must make sense as a hall."""

import pytest
from small_hall import SMALL, line_of, said, spoilt

from queue_server.setup_file import load_setup


def with_queue(row: str) -> str:
    return spoilt("counters:\n", f"  - {row}\ncounters:\n")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("zone: A, kinds", "zone: B, kinds", 'queues[0].zone: "B" is not a zone'),
        ("zone: A, serves: [S1]", "zone: B, serves: [S1]", 'counters[1].zone: "B" is not a zone'),
        ("serves: [S1]", "serves: [S2]", 'counters[1].serves: "S2" is neither a queue nor a service'),
        ("helps: [A]", "helps: [Q]", 'counters[1].helps: "Q" is neither a queue nor a service'),
        ("services: [S1]", "services: [S11]", 'packages[0].services: "S11" is not a service; did you mean "S1"?'),
        ("theme: t", "theme: th", 'services[0].theme: "th" is not a theme; did you mean "t"?'),
        ("department: d", "department: e", 'services[0].department: "e" is not a department'),
        ("queue: A", "queue: B", 'services[0].queue: "B" is not a queue'),
        ("services: [S1]", "services: [T9]", 'packages[0].services: "T9" is not a service'),
        ("services: [S1]", "services: []", "packages[0].services: is empty; a package needs at least one service"),
        ("services: [S1]", "services: [S1, S1]", 'packages[0].services: names "S1" twice'),
        ("helps: [A]", "helps: [A, S1]", 'counters[1].helps: "S1" stands in serves already'),
        ("source: L1", "source: L2", 'services[0].promised.source: "L2" is not a key of sources'),
    ],
)
def test_names_must_lead_somewhere(old: str, new: str, sentence: str) -> None:
    text = spoilt(old, new)
    assert any(line.endswith(f": {sentence}") for line in said(text)), said(text)


def test_clerks_skills_must_exist() -> None:
    text = SMALL + "clerks:\n  - {id: c1, name: 甲, skills: [A, S1, Z]}\n"
    assert said(text) == [f'line {line_of("Z]", text)}: clerks[0].skills: "Z" is neither a queue nor a service']


def test_ids_are_used_once_per_section() -> None:
    text = spoilt('{id: "2", label: "2"', '{id: "1", label: "2"')
    first, second = line_of('id: "1", label: "1"', text), line_of('id: "1", label: "2"', text)
    assert said(text) == [f'line {second}: counters[1].id: "1" is already used in line {first}']


def test_labels_and_letters_are_used_once() -> None:
    assert said(spoilt('label: "2"', 'label: "1"'))[0].endswith(
        f'counters[1].label: "1" is already used in line {line_of("label: ")}'
    )
    sentences = said(with_queue("{id: B, letter: A, name: {zh: 乙, en: B}, zone: A}"))
    assert sentences[0].endswith(f'queues[1].letter: "A" is already used in line {line_of("letter: A")}')


def test_materials_have_ids_of_their_own() -> None:
    text = spoilt("en: ID card}}\n", "en: ID card}}\n      - {id: card, name: {zh: 照片, en: Photo}}\n")
    assert said(text)[0].endswith(f'services[0].materials[1].id: "card" is already used in line {line_of("id: card")}')


@pytest.mark.parametrize("bad", ["a b", "窗", "a/b", "a.b", "../x", "x" * 65, "é"])
def test_ids_hold_letters_digits_underscore_and_hyphen(bad: str) -> None:
    assert "packages[0].id" in said(spoilt("id: P1", f'id: "{bad}"'))[0]
    assert "id: " in said(spoilt("id: small", f'id: "{bad}"'))[0]


@pytest.mark.parametrize("good", ["a", "A-b_9", "x" * 64])
def test_other_ids_are_fine(good: str) -> None:
    assert load_setup(spoilt("id: P1", f'id: "{good}"')).packages[0].id == good


@pytest.mark.parametrize("letter", ["I", "O", "a", "1", "AB", "甲", "Ａ"])
def test_letters_are_one_capital_but_not_i_or_o(letter: str) -> None:
    text = spoilt("letter: A", f'letter: "{letter}"')
    where = f"line {line_of('letter:', text)}: queues[0].letter"
    assert said(text) == [f'{where}: "{letter}" must be one letter A-Z, not I or O (like 1 and 0)']


def test_a_queue_cannot_be_called_like_a_service() -> None:
    text = with_queue("{id: S1, letter: B, name: {zh: 乙, en: B}, zone: A}")
    assert "is also a service" in said(text)[0]


def test_a_kind_leads_to_one_queue() -> None:
    text = with_queue("{id: B, letter: B, name: {zh: 乙, en: B}, zone: A, kinds: [integrated]}")
    assert any('queues[1].kinds: "integrated" already leads to queue "A"' in sentence for sentence in said(text))


def test_a_service_without_a_counter_is_refused() -> None:
    text = (
        spoilt("serves: [A]", "serves: []")
        .replace("serves: [S1], helps: [A]", "serves: []")
        .replace(", kinds: [integrated]", "")
    )
    assert said(text) == [
        f'line {line_of("id: S1", text)}: services[0]: no counter serves "S1", neither by its queue nor by itself'
    ]


@pytest.mark.parametrize("counter", ["serves: []", "serves: [], helps: [A]", "serves: [], helps: [S1]", "helps: [A]"])
def test_helping_out_is_serving_too(counter: str) -> None:
    load_setup(spoilt("serves: [S1], helps: [A]", counter))


def test_a_queue_that_takes_visitors_needs_a_counter() -> None:
    text = with_queue("{id: B, letter: B, name: {zh: 乙, en: B}, zone: A, kinds: [issue]}")
    assert said(text) == [f'line {line_of("id: B", text)}: queues[1]: no counter serves queue "B"']


@pytest.mark.parametrize("piece", ["[]", "{}", "null", "[[]]", "{a: {}}", "true"])
@pytest.mark.parametrize(
    "old", ["id: A", "letter: A", "zone: A", "serves: [A]", "id: S1", "theme: t", "id: card", "queue: A"]
)
def test_a_thing_of_any_shape_where_a_text_should_be_is_told(old: str, piece: str) -> None:
    key = old.partition(":")[0]
    text = SMALL.replace(old, f"{key}: {piece}")
    if (key, piece) == ("serves", "[]"):
        load_setup(text)  # a counter without work of its own is fine while others do it
    else:
        assert said(text)


def test_one_broken_section_does_not_drown_the_rest() -> None:
    text = spoilt("  - {id: A, name: {zh: 大厅, en: Hall}, way: {zh: 直走, en: Straight ahead}}\n", "  A\n")
    assert said(text) == [f"line {line_of('  A', text)}: zones: must be a list"]


# ------------------------------------------------------------------ tides, procedures, back office


TURNS = {"queue": "A", "above": "9", "below": "3", "counters": "['1']", "serves": "[A]"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"queue": "Q"}, 'queue: "Q" is not a queue'),
        ({"counters": "['9']"}, 'counters: "9" is not a counter'),
        ({"serves": "[Q]"}, 'serves: "Q" is neither a queue nor a service'),
        ({"below": "10"}, "below: must be between 1 and 9 (above), not 10"),
        ({"below": "0"}, "below: must be between 1 and 9 (above), not 0"),
        ({"counters": "[]"}, "counters: is empty; a tide that changes nothing is none"),
        ({"serves": "[]"}, "serves: is empty; a tide that changes nothing is none"),
        ({"helps": "[A]"}, 'helps: "A" stands in serves already'),
    ],
)
def test_tides_must_turn(fields: dict[str, str], sentence: str) -> None:
    row = ", ".join(f"{key}: {value}" for key, value in (TURNS | fields).items())
    text = SMALL + f"tides:\n  - {{id: rush, {row}}}\n"
    assert said(text) == [f"line {text.count(chr(10))}: tides[0].{sentence}"]


def test_a_tide_that_turns() -> None:
    load_setup(SMALL + "tides:\n  - {id: rush, queue: A, above: 9, below: 9, counters: ['1'], serves: [A], helps: [S1]}\n")


def test_a_kind_of_procedure_stands_once() -> None:
    twice = "    procedures: [{kind: review}, {kind: hearing}, {kind: review}]\n    materials:\n"
    assert said(spoilt("    materials:\n", twice))[0].endswith('procedures[2].kind: "review" stands here a second time')


def test_departments_of_clerks_must_exist() -> None:
    text = SMALL + "clerks:\n  - {id: c1, name: 甲, departments: [d, x]}\n"
    assert said(text) == [f'line {line_of("x]", text)}: clerks[0].departments: "x" is not a department']
