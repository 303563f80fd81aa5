"""Call to the last screen: POST next is sent, the call is committed, every display has it. And what a screen weighs.

Each round makes calls on the floor, then on ours, with as many displays connected to both. Between two calls of ours the
ticket is started and finished and another taken, as in a hall; that is not timed.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec

from . import figures, halls, servers
from .client import Caller, Watch, request, watch_on
from .figures import Line

CALLS = {100: 100, 1_000: 40, 5_000: 12}  # in a round
WARM = 5
QUIET_SECONDS = 0.6  # until what is coalesced has been sent
COUNTERS = range(3, 15)  # the windows of queue A


class Hall:
    """Our server, as one clerk after the other drives it."""

    def __init__(self, caller: Caller, place: halls.Place, services: list[Any]) -> None:
        self.caller, self.place, self.services = caller, place, services
        self.made = 0

    async def post(self, path: str, body: bytes = b"{}", wanted: int = 200) -> Any:
        status, answer, _ = await self.caller.ask(request("POST", f"{halls.HALL}/{path}", self.place.token, body))
        assert status == wanted, f"{path}: {status} {answer[:300]!r}"
        return msgspec.json.decode(answer)

    async def open(self) -> None:
        for counter in COUNTERS:
            await self.post(f"counters/{counter}/open", msgspec.json.encode({"clerk": f"clerk{counter}"}))

    async def take(self) -> None:
        body = msgspec.json.encode({"service": self.services[self.made % len(self.services)], "channel": "api"})
        await self.post("tickets", body, 201)

    async def call(self, watch: Watch) -> int:
        """Nanoseconds from sending the call to its having reached the last screen."""
        counter = COUNTERS[self.made % len(COUNTERS)]
        self.made += 1
        path = f"{halls.HALL}/counters/{counter}/next"
        taken, answer = await _call(self.caller, watch, f"c{self.made}", path, self.place.token)
        assert answer["call"]["id"] == f"c{self.made}", answer
        await self.post(f"counters/{counter}/start")
        await self.post(f"counters/{counter}/finish")
        await self.take()
        return taken


class Bare:
    """The floor."""

    def __init__(self, caller: Caller) -> None:
        self.caller, self.made = caller, 0

    async def call(self, watch: Watch) -> int:
        self.made += 1
        return (await _call(self.caller, watch, f"c{self.made}", "/call", ""))[0]


async def _call(caller: Caller, watch: Watch, call: str, path: str, token: str) -> tuple[int, Any]:
    everybody = watch.look_for(f'"id":"{call}"'.encode())
    raw = request("POST", path, token, b"{}")
    begun = time.monotonic_ns()
    answered = asyncio.ensure_future(caller.ask(raw))
    await asyncio.wait_for(everybody, 60)
    status, answer, _ = await answered
    assert status == 200, answer[:300]
    return watch.last_at - begun, msgspec.json.decode(answer)


async def measure(displays: int, rounds: int, view: str = "board") -> tuple[list[Line], dict[str, Any]]:
    """One number of displays."""
    with servers.folder() as folder:
        place = await asyncio.to_thread(halls.with_waiting, folder / "data", 300)
        with servers.floor() as bare, servers.ours(place.data, place.start, "--always-open") as real:
            return await _measure(displays, rounds, view, place, bare, real)


async def _measure(
    displays: int, rounds: int, view: str, place: halls.Place, bare: servers.Server, real: servers.Server
) -> tuple[list[Line], dict[str, Any]]:
    shipped = halls.setup()
    ours = Hall(await Caller.connect(real.port), place, [x.id for x in shipped.services if x.queue == "A"])
    await ours.open()
    floor = Bare(await Caller.connect(bare.port))
    weights = []
    watches = []
    for server, path, token in ((bare, "/live", ""), (real, f"{halls.HALL}/live/{view}", place.token)):
        before = server.rss
        watches.append(await watch_on(server.port, path, displays, token))
        await asyncio.sleep(0.3)
        weights.append((server.rss - before) / displays / 1024)
    taken: dict[str, list[list[int]]] = {"floor": [], "ours": []}
    begun, cpu = time.monotonic(), time.process_time()
    for _ in range(rounds):
        for name, hall, watch in (("floor", floor, watches[0]), ("ours", ours, watches[1])):
            for _ in range(WARM):
                await hall.call(watch)
            taken[name].append([await hall.call(watch) for _ in range(CALLS[displays])])
            await asyncio.sleep(QUIET_SECONDS)
    own = (time.process_time() - cpu) / (time.monotonic() - begun - 2 * rounds * QUIET_SECONDS)
    for watch in watches:
        watch.close()
    return _figures(displays, view, taken, weights, own)


def _figures(
    displays: int, view: str, taken: dict[str, list[list[int]]], weights: list[float], own: float
) -> tuple[list[Line], dict[str, Any]]:
    floor, ours = figures.spread(taken["floor"]), figures.spread(taken["ours"])
    ratios = {
        name: figures.ratio_of_rounds(
            [figures.percentile(x, share) for x in taken["ours"]], [figures.percentile(x, share) for x in taken["floor"]]
        )
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }
    what = f"call to the last of {displays:,} screens, {view}"
    expected = "<= 2.0" if displays == 100 and view == "board" else ""
    lines = [
        Line(f"{what}, p50 ms", f"{ours['p50']:.2f}", f"{floor['p50']:.2f}", ratios["p50"], expected),
        Line(f"{what}, p99 ms", f"{ours['p99']:.2f}", f"{floor['p99']:.2f}", ratios["p99"], ""),
    ]
    if displays >= 1_000 and view == "board":
        weight = round(weights[1] / weights[0], 2)
        lines.append(Line(f"memory per screen of {displays:,}, KiB", f"{weights[1]:.1f}", f"{weights[0]:.1f}", weight, ""))
    data = {
        "displays": displays, "view": view, "ours_ms": ours, "floor_ms": floor, "ratio": ratios,
        "kib_per_screen": {"ours": round(weights[1], 1), "floor": round(weights[0], 1)}, "client_cpu": round(own, 2),
    }  # fmt: skip
    return lines, data
