"""Is one service or package right for the hall it is meant for? The rules of hall files, asked of one entry.

Only what the entry can refer to is put beside it, so that a change costs the same in any catalogue.
"""

from __future__ import annotations

from typing import Any

import msgspec

from .core.catalogue import Package, Service, Setup
from .setup_export import plain
from .setup_file import PROBLEMS_MAX, SetupError, problems_of
from .setup_tree import Problem, Tree, spell


def service_of(setup: Setup, data: dict[str, Any]) -> Service:
    """The service that ``data`` describes; raises :class:`SetupError` with paths within the entry."""
    beside = {
        "queues": setup.queues,
        "counters": setup.counters,
        "themes": setup.themes,
        "departments": setup.departments,
    }
    _check("services", data, {name: plain(rows) for name, rows in beside.items()}, setup)
    return msgspec.convert(data, Service)


def package_of(setup: Setup, data: dict[str, Any]) -> Package:
    """The same for a package."""
    wanted = data.get("services")
    named = {one for one in wanted if isinstance(one, str)} if isinstance(wanted, list) else set()
    services = [{"id": service.id} for service in setup.services if service.id in named]
    _check("packages", data, {"services": services or [{"id": "-"}]}, setup)
    return msgspec.convert(data, Package)


def _check(section: str, data: dict[str, Any], beside: dict[str, Any], setup: Setup) -> None:
    surroundings = {"sources": setup.sources, "rules": plain(setup.rules), **beside}
    found = problems_of(Tree.of({**surroundings, section: [data]}))
    own = [_within(problem) for problem in found if problem.place[:2] == (section, 0)]
    if own:
        raise SetupError(own[:PROBLEMS_MAX], max(0, len(own) - PROBLEMS_MAX))


def _within(problem: Problem) -> Problem:
    """The same problem with its place in the entry. What is missing, or chosen wrongly, is named by its own place."""
    place = problem.place[2:]
    if problem.code == "missing":
        place = (*place, problem.values["key"].strip('"'))
    elif problem.code == "service-unreached":
        place = ("queue",)
    return msgspec.structs.replace(problem, place=place, path=spell(place))
