"""The way through the hall: from the entrance round the zones to the one that is looked for, for the dotted line on the map.

The map is 720 x 380 units with the entrance in the middle of its lower wall (``core/catalogue.py`` Place). The way is found on a
grid, with few turns, so that any hall file gives a line that walks through no zone.
"""

from __future__ import annotations

import heapq
from functools import lru_cache
from itertools import pairwise

from queue_server.core.catalogue import Place, Zone

STEP = 12  # units of a grid cell: a person's width on this map
WIDTH, HEIGHT = 720 // STEP, 380 // STEP
START = (30, 29)  # just inside the entrance: x 360, y 348
TURN_COST = 4  # a turn costs as much as four steps: people remember few turns
CLEARANCE = 4  # the line keeps this far from the zones

Cell = tuple[int, int]


@lru_cache(maxsize=64)
def way(zones: tuple[Zone, ...], zone_id: str) -> str | None:
    """The path data of the line to a zone, or None when the map cannot tell."""
    places = {zone.id: zone.place for zone in zones if zone.place is not None}
    target = places.get(zone_id)
    if target is None:
        return None
    blocked = {cell for place in places.values() for cell in _cells(place, CLEARANCE)}
    blocked.discard(START)
    cells = _shortest(blocked, _ring(target) - blocked)
    return _path(cells) if cells else None


def _cells(place: Place, margin: int) -> set[Cell]:
    """The grid cells whose middle lies in a place, or within ``margin`` of it."""
    return {
        (x, y)
        for x in range(WIDTH + 1)
        for y in range(HEIGHT + 1)
        if place.x - margin <= x * STEP <= place.x + place.width + margin
        and place.y - margin <= y * STEP <= place.y + place.height + margin
    }


def _ring(place: Place) -> set[Cell]:
    """The cells just around a place, near the middle of a side: where a visitor arrives."""
    middle_x, middle_y = place.x + place.width / 2, place.y + place.height / 2
    return {
        (x, y)
        for x, y in _cells(place, CLEARANCE + STEP)
        if abs(x * STEP - middle_x) <= place.width / 4 or abs(y * STEP - middle_y) <= place.height / 4
    }


def _shortest(blocked: set[Cell], goals: set[Cell]) -> list[Cell]:
    """Dijkstra with the direction in the state, so that turns can cost."""
    queue: list[tuple[int, Cell, Cell, tuple[Cell, ...]]] = [(0, START, (0, -1), (START,))]
    seen: set[tuple[Cell, Cell]] = set()
    while queue:
        cost, cell, heading, trail = heapq.heappop(queue)
        if cell in goals:
            return list(trail)
        if (cell, heading) in seen:
            continue
        seen.add((cell, heading))
        for turn in ((0, -1), (-1, 0), (1, 0), (0, 1)):
            after = (cell[0] + turn[0], cell[1] + turn[1])
            if after in blocked or not (1 <= after[0] < WIDTH and 1 <= after[1] <= START[1]):
                continue
            step = 1 + (TURN_COST if turn != heading else 0)
            heapq.heappush(queue, (cost + step, after, turn, (*trail, after)))
    return []


def _path(cells: list[Cell]) -> str:
    """Only the corners, as SVG path data."""
    corners = [cells[0]]
    for (before, here), (_, after) in pairwise(pairwise(cells)):
        if (here[0] - before[0], here[1] - before[1]) != (after[0] - here[0], after[1] - here[1]):
            corners.append(here)
    corners.append(cells[-1])
    return "M" + "L".join(f"{x * STEP} {y * STEP}" for x, y in corners)
