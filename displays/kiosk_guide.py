"""Guidance at the kiosk (帮我找): at most three questions, and then a service, a package, or the consultant (W1).

    who    for oneself, for a company, or a whole event of life
    about  which theme; of an event, which one
    what   which of the services there

The questions follow from the catalogue, so nobody keeps a tree of them. An answer that leaves one possibility is not asked for;
an answer that fits nothing is asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from queue_server.core.catalogue import Name, Package, Service, Setup

QUESTIONS_MAX = 3
APPLICANTS = ("person", "enterprise")
Answers = Mapping[str, str]  # question -> answer


class Question(NamedTuple):
    """``choices``: ids of audiences, events, themes or services. ``asked``: the answers that were really given so far."""

    name: Literal["who", "event", "about", "what"]
    choices: tuple[str, ...]
    asked: dict[str, str]

    @property
    def number(self) -> int:
        return len(self.asked) + 1


class Proposal(NamedTuple):
    """What fits the answers: a service or a package."""

    found: Service | Package
    asked: dict[str, str]


def ask(setup: Setup, answers: Answers) -> Question | Proposal:
    """The next question after these answers, or what they lead to."""
    asked: dict[str, str] = {}
    groups = {theme.id: [one for one in setup.services if one.theme == theme.id] for theme in setup.themes}
    offers = {who: {theme: _for(who, found) for theme, found in groups.items()} for who in APPLICANTS}
    whos: tuple[str, ...] = tuple(who for who in APPLICANTS if any(offers[who].values()))
    whos = (*whos, "event") if setup.packages else whos
    who = _answer("who", whos, answers, asked)
    if who is None:
        return Question("who", whos, asked)
    if who == "event":
        return _event(setup, answers, asked)
    themes = tuple(theme for theme, found in offers[who].items() if found)
    theme = _answer("about", themes, answers, asked)
    if theme is None:
        return Question("about", themes, asked)
    services: dict[str, Service] = {service.id: service for service in offers[who][theme]}
    chosen = _answer("what", tuple(services), answers, asked)
    return Question("what", tuple(services), asked) if chosen is None else Proposal(services[chosen], asked)


def _event(setup: Setup, answers: Answers, asked: dict[str, str]) -> Question | Proposal:
    packages: dict[str, Package] = {package.id: package for package in setup.packages}
    chosen = _answer("event", tuple(packages), answers, asked)
    return Question("event", tuple(packages), asked) if chosen is None else Proposal(packages[chosen], asked)


def _answer(name: str, choices: tuple[str, ...], answers: Answers, asked: dict[str, str]) -> str | None:
    """The only choice, or the one that was made (it is noted then); None: to be asked."""
    if len(choices) == 1:
        return choices[0]
    given = answers.get(name)
    if given not in choices:
        return None
    asked[name] = given
    return given


def _for(who: str, services: list[Service]) -> list[Service]:
    """Of the services of one theme those for this applicant; and after them the other's, where the theme is mostly this one's.

    The shopkeeper who looks among the companies' matters finds the registration of the self-employed there.
    """
    own = [service for service in services if service.applicant == who]
    others = [service for service in services if service.applicant != who]
    return own + others if len(own) > len(others) else own


def examples(setup: Setup, who: str) -> list[Name]:
    """What stands under an audience: the events, or the themes that are mostly for it."""
    if who == "event":
        return [package.name for package in setup.packages]
    found = []
    for theme in setup.themes:
        fitting = [service.applicant == who for service in setup.services if service.theme == theme.id]
        if 2 * sum(fitting) > len(fitting):
            found.append(theme.name)
    return found
