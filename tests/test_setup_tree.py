"""YAML without its surprises."""

import pytest
from small_hall import SMALL, line_of, said, spoilt

from queue_server.setup_tree import UnreadableError, quote, read_tree, spell


def test_scalars_are_what_they_look_like() -> None:
    tree = read_tree('{a: 1, b: "1", c: true, d: 2026-10-01, e: 9:30, f: null, g: 1.5, h: "true", i: N}')
    assert tree.data == {
        "a": 1, "b": "1", "c": True, "d": "2026-10-01", "e": "9:30", "f": None, "g": 1.5, "h": "true", "i": "N",
    }  # fmt: skip
    assert tree.found == {}


def test_every_piece_knows_its_line() -> None:
    tree = read_tree("a: 1\nb:\n  - x\n  - {c: y}\n")
    assert tree.node(("a",)).line == 1
    assert tree.node(("b", 1, "c")).line == 4
    assert tree.node(("b", 1, "missing")).line == 4, "what is missing is told at the line of what it is missing from"
    assert tree.node(("nothing",)).line == 1


def test_aliases_are_refused_where_they_stand() -> None:
    text = spoilt("way: {zh: 直走, en: Straight ahead}", "way: &way {zh: 直走, en: Ahead}")
    text = text.replace("name: {zh: 主题, en: Theme}", "name: *way")
    assert said(text)[0] == (
        f"line {line_of('*way', text)}: themes[0].name: repeats something by an alias (*name); write it out instead"
    )


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    bomb = "a: &a [x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(20)
    )
    assert any("alias" in sentence for sentence in said(bomb))
    with pytest.raises(UnreadableError, match="nested too deeply"):
        read_tree("a: " + "[" * 100_000)
    with pytest.raises(UnreadableError, match="nested too deeply"):
        read_tree("a:\n" + "".join(" " * n + "-\n" for n in range(1, 500)))


def test_a_key_twice_is_a_problem() -> None:
    text = SMALL + "hotline: '1'\nhotline: '2'\n"
    assert said(text) == [
        f"line {line_of(chr(39) + '2', text)}: hotline: stands here a second time; keep one of the two"
    ]


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system [true]", "!own x", "!!binary aGk=", "!!int ''", "!!set {x}"]
)
def test_tags_are_refused(tag: str) -> None:
    assert any("has the tag" in sentence for sentence in said(spoilt("L1: 某法", f"L1: {tag}")))


def test_keys_must_be_words() -> None:
    assert any("has a key that is not a word" in sentence for sentence in said(SMALL + "? [a, b]\n: c\n"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("id: a\nname: 'open", 2),
        ("id: a\n\t- x\n", 2),
        ("id: a: b\n", 1),
        ("id: \x00\n", 1),
        ("id: a\nname: \x07\n", 2),
    ],
)
def test_broken_yaml_is_one_problem_with_its_line(text: str, line: int) -> None:
    sentences = said(text)
    assert len(sentences) == 1
    assert sentences[0].startswith(f"line {line}: ")


def test_lone_surrogates_do_not_crash() -> None:
    assert len(said("id: \ud800\n")) == 1


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n", "5\n"])
def test_something_else_than_a_hall_is_refused(text: str) -> None:
    assert said(text) == ["line 1: a hall file begins with keys such as id, name and zones"]


def test_one_document_only() -> None:
    text = SMALL + "---\nid: other\n"
    assert said(text) == [f'line {line_of("---", text)}: a second document begins here ("---"); a hall file holds one']


@pytest.mark.parametrize("number", [".inf", "-.inf", ".nan"])
def test_numbers_without_end_are_refused(number: str) -> None:
    text = spoilt("queue: A\n", f"queue: A\n    minutes: {{value: {number}}}\n")
    assert any("must be an ordinary number" in sentence for sentence in said(text))


def test_paths_and_values_are_spelt_for_people() -> None:
    assert spell(("counters", 3, "serves")) == "counters[3].serves"
    assert spell(()) == ""
    assert spell(("a\x1b[31m",)) == "a?[31m"
    assert quote("x" * 100) == '"' + "x" * 57 + '..."'
    assert quote("\x1b[2J") == '"?[2J"'
