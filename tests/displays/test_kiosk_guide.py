"""Guidance: never more than three questions, always an end, every service and package within reach."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from board_hall import SETUP
from hypothesis import given, settings
from hypothesis import strategies as st

from displays.kiosk_guide import QUESTIONS_MAX, Proposal, Question, ask
from queue_server.core.catalogue import Department, Name, Package, Service, Setup, Theme

NAME = Name(zh="名", en="Name")


def ways(setup: Setup, answers: dict[str, str] | None = None) -> Iterator[Proposal]:
    """Every way through the questions, to its end."""
    answers = answers or {}
    step = ask(setup, answers)
    if isinstance(step, Proposal):
        yield step
        return
    assert step.number <= QUESTIONS_MAX and step.name not in answers
    assert len(step.choices) > 1 and len(set(step.choices)) == len(step.choices)
    for choice in step.choices:
        yield from ways(setup, {**answers, step.name: choice})


@st.composite
def catalogues(draw: st.DrawFn) -> Setup:
    themes = [f"t{at}" for at in range(draw(st.integers(1, 5)))]
    services = [
        Service(
            id=f"s{at}", name=NAME, theme=draw(st.sampled_from(themes)), department="d", queue="A",
            applicant=draw(st.sampled_from(("person", "enterprise"))),
        )
        for at in range(draw(st.integers(1, 12)))
    ]  # fmt: skip
    packages = [
        Package(id=f"p{at}", name=NAME, services=(services[0].id,)) for at in range(draw(st.integers(0, 3)))
    ]
    return msgspec.structs.replace(
        SETUP, services=tuple(services), packages=tuple(packages), departments=(Department(id="d", name=NAME),),
        themes=tuple(Theme(id=theme, name=NAME, icon="home") for theme in themes),
    )  # fmt: skip


@given(catalogues())
@settings(max_examples=150, deadline=None)
def test_every_way_ends_after_at_most_three_questions_and_nothing_is_out_of_reach(setup: Setup) -> None:
    ends = {end.found.id for end in ways(setup)}
    assert ends == {one.id for one in (*setup.services, *setup.packages)}


def test_the_shipped_catalogue_is_within_reach() -> None:
    ends = [end.found.id for end in ways(SETUP)]
    assert set(ends) == {one.id for one in (*SETUP.services, *SETUP.packages)}


def test_a_question_with_one_answer_is_not_asked() -> None:
    step = ask(SETUP, {"who": "person", "about": "disability"})
    assert isinstance(step, Proposal) and step.found.id == "CL01" and step.asked == {"who": "person", "about": "disability"}
    only = msgspec.structs.replace(SETUP, services=SETUP.services[:1], packages=())
    step = ask(only, {})
    assert isinstance(step, Proposal) and step.asked == {}


@pytest.mark.parametrize("answers", [{"who": "nobody"}, {"what": "SB01"}, {"about": "social"}])
def test_an_answer_that_fits_nothing_is_asked_for_again(answers: dict[str, str]) -> None:
    step = ask(SETUP, answers)
    assert isinstance(step, Question) and (step.name, step.asked) == ("who", {})
    step = ask(SETUP, {"who": "enterprise", "about": "fund", "what": "x"})
    assert isinstance(step, Question) and (step.name, step.asked) == ("about", {"who": "enterprise"})


def test_the_shopkeeper_finds_the_registration_of_the_self_employed() -> None:
    step = ask(SETUP, {"who": "enterprise", "about": "business"})
    assert isinstance(step, Question)
    assert step.choices == ("SJ01", "SJ03", "SJ04", "SJ05", "SJ06", "SJ02")
