"""Durable tickets: POST /tickets with 1, 16 and 64 callers against a bare group-commit endpoint; and how long one takes."""

from __future__ import annotations

import asyncio
import time
from itertools import cycle
from statistics import median
from typing import Any

import msgspec

from . import figures, floor, halls, servers
from .client import callers, flood, request
from .figures import Line

CALLERS = (1, 16, 64)
SECONDS = 2.0
EXPECTED = {64: ">= 0.40"}


async def measure(rounds: int) -> tuple[list[Line], dict[str, Any]]:
    with servers.folder() as folder:
        place = await asyncio.to_thread(halls.fresh, folder / "data")
        with servers.floor() as bare, servers.ours(place.data, place.start, "--always-open") as real:
            return await _measure(rounds, place, bare, real)


async def _measure(
    rounds: int, place: halls.Place, bare: servers.Server, real: servers.Server
) -> tuple[list[Line], dict[str, Any]]:
    wishes = [msgspec.json.encode({"service": x.id, "channel": "kiosk", "lang": "zh"}) for x in halls.setup().services]
    sides = (
        ("floor", bare, cycle([request("POST", "/tickets", floor.TOKEN, wish) for wish in wishes])),
        ("ours", real, cycle([request("POST", f"{halls.HALL}/tickets", place.token, wish) for wish in wishes])),
    )
    rates: dict[tuple[str, int], list[float]] = {}
    taken: dict[tuple[str, int], list[list[int]]] = {}
    busy: dict[tuple[str, int], list[float]] = {}
    begun, cpu = time.monotonic(), time.process_time()
    for _ in range(rounds):
        for count in CALLERS:
            for name, server, raws in sides:
                connections = await callers(server.port, count)
                await flood(connections, 0.2, raws.__next__, 201)
                used = server.cpu
                rate, times = await flood(connections, SECONDS, raws.__next__, 201)
                busy.setdefault((name, count), []).append((server.cpu - used) / SECONDS)
                rates.setdefault((name, count), []).append(rate)
                taken.setdefault((name, count), []).append(times)
                for connection in connections:
                    connection.close()
    own = (time.process_time() - cpu) / (time.monotonic() - begun)
    return _figures(rates, taken, busy, own)


def _figures(rates: Any, taken: Any, busy: Any, own: float) -> tuple[list[Line], dict[str, Any]]:
    lines: list[Line] = []
    data: dict[str, Any] = {"client_cpu": round(own, 2), "callers": {}}
    for count in CALLERS:
        ours, bare = median(rates["ours", count]), median(rates["floor", count])
        ratio = figures.ratio_of_rounds(rates["ours", count], rates["floor", count])
        what = f"durable tickets a second, {count} caller{'s' if count > 1 else ''}"
        lines.append(Line(what, f"{ours:,.0f}", f"{bare:,.0f}", ratio, EXPECTED.get(count, "")))
        data["callers"][count] = {
            "ours_per_s": round(ours), "floor_per_s": round(bare), "ratio": ratio,
            "ours_ms": figures.spread(taken["ours", count]), "floor_ms": figures.spread(taken["floor", count]),
            "server_cpu": {side: round(median(busy[side, count]), 2) for side in ("ours", "floor")},
        }  # fmt: skip
    one = data["callers"][1]
    for name in ("p50", "p99"):
        ours, bare = one["ours_ms"][name], one["floor_ms"][name]
        lines.append(Line(f"one ticket, {name} ms", f"{ours:.2f}", f"{bare:.2f}", round(ours / bare, 2), ""))
    return lines, data
