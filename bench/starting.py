"""From starting the process to commands being taken, after a day of many tickets, with and without its checkpoint."""

from __future__ import annotations

import asyncio
import contextlib
from statistics import median
from typing import Any

from . import figures, halls, servers
from .figures import Line


async def measure(tickets: int, rounds: int) -> tuple[list[Line], dict[str, Any]]:
    """The empty hall stands in the column of the floor: Python, the libraries, the set-up."""
    taken: dict[str, list[float]] = {"empty": [], "with": [], "without": []}
    with contextlib.ExitStack() as stack:
        places = {}
        for name in taken:
            data = stack.enter_context(servers.folder()) / "data"
            if name == "empty":
                places[name] = await asyncio.to_thread(halls.fresh, data)
            else:
                places[name] = await asyncio.to_thread(halls.with_day, data, tickets, name == "with")
        for _ in range(rounds):
            for name, place in places.items():
                taken[name].append(await asyncio.to_thread(_start, place))
    least = median(taken["empty"])
    lines = []
    for name, words in (("with", "with its checkpoint"), ("without", "without a checkpoint")):
        ratio = figures.ratio_of_rounds(taken[name], taken["empty"])
        what = f"start after a day of {tickets:,} tickets, {words}, s (floor: empty hall)"
        lines.append(Line(what, f"{median(taken[name]):.2f}", f"{least:.2f}", ratio, ""))
    return lines, {"tickets": tickets} | {name: round(median(times), 3) for name, times in taken.items()}


def _start(place: halls.Place) -> float:
    with servers.ours(place.data, place.start, "--always-open") as server:
        return server.took
