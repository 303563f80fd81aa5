"""A whole opening day against a running server: ``python -m bench.day``.

43 clerks, six kiosks and 100 screens (every window's desk and sign, the zones' boards, four boards of the hall) as programs
at the public API, 1,800 visitors, time compressed. Without ``--url`` it starts a server of its own, with the hours of the
shipped hall, and after the day lets the hall turn it and verifies the store. One JSON line at the end; exit code 1 when a
check fails:

    numbers      no number was given out twice
    calls        nobody was called to a second window, or while being served
    accounted    every visitor stands at the server as the people left them
    boards       every board showed every call of its zone
    screens      every screen's last view is what a fresh screen gets
    replay       the log gives the same state byte for byte (``verify``, against the checkpoint of the live state)
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import json
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import uvloop

from queue_server.core.calendar import day_start, hall_day, sessions

from . import halls, servers
from .client import Watch, join
from .ledger import Asker, HallClock, Ledger, Seen, latencies
from .people import Clerk, Street, arrivals

KIOSKS = 6
HOUR = 3_600_000_000
AFTER_HOURS = 2  # how long after closing the windows go on, so that everybody is served
SETTLE_SECONDS = 3  # until what is coalesced has been sent; in it nothing happens in the hall
SECONDS_MAX = 3_600


class Day:
    """One day at one server."""

    def __init__(self, port: int, token: str, args: argparse.Namespace, hours: list[tuple[int, int]], now: int) -> None:
        self.port, self.token, self.args, self.hours = port, token, args, hours
        self.dice = random.Random(args.seed)
        self.ledger = Ledger()
        self.clock = HallClock(now, args.speed)
        self.seen: list[Seen] = []
        self.checks: dict[str, bool | None] = {}

    def asker(self, name: str) -> Asker:
        return Asker(self.port, halls.HALL, self.token, f"{name}-{self.args.seed}-{id(self)}", self.ledger)

    async def run(self) -> None:
        looking = self.asker("look")
        services = (await looking.get("services"))[1]["services"]
        counters = (await looking.get("counters"))[1]["counters"]
        zones = list(dict.fromkeys(counter["zone"] for counter in counters))
        watch = await self._screens(counters, zones)
        street = Street(self.dice, self.clock, self.ledger, services, {counter["kind"] for counter in counters})
        begin, end = self.hours[0][0] - HOUR // 4, self.hours[-1][1] - HOUR // 12
        instants = arrivals(self.dice, self.args.visitors, max(begin, self.clock.now()), end)
        last = self.hours[-1][1] + AFTER_HOURS * HOUR
        clerks = [Clerk(self.asker(f"c{x['id']}"), x, street, self.hours, last) for x in counters]
        kiosks = [self.asker(f"k{i}") for i in range(KIOSKS)]
        await asyncio.gather(street.come(instants, kiosks), *(clerk.work() for clerk in clerks))
        self.turned_away = street.turned_away
        await self._same_screens(watch)
        self._boards(counters)
        await self._accounted()

    async def _screens(self, counters: list[Any], zones: list[str]) -> Watch:
        names = [f"{view}/{counter['id']}" for counter in counters for view in ("desk", "counter")]
        names += [f"board/{zone}" for zone in zones] + ["board"] * 4
        self.seen = [Seen(name) for name in names]
        watch = Watch()
        await join(watch, self.port, [(f"{halls.HALL}/live/{seen.view}", seen) for seen in self.seen], self.token)
        return watch

    # -- the checks

    async def _accounted(self) -> None:
        asker = self.asker("count")
        wrong = len(self.ledger.visitors) + self.turned_away != self.args.visitors
        for ticket, visitor in self.ledger.visitors.items():
            status, answer = await asker.get(f"tickets/{ticket}")
            if status != 200 or answer["ticket"]["state"] != visitor.state:
                wrong = True
                self.ledger.problem(f"{visitor.number} should be {visitor.state}: {status} {str(answer)[:120]}")
        self.checks["accounted"] = not wrong

    def _boards(self, counters: list[Any]) -> None:
        zone_of = {counter["id"]: counter["zone"] for counter in counters}
        right = True
        for seen in self.seen:
            if seen.view.startswith("board"):
                zone = seen.view.partition("/")[2]
                wanted = {call for call, (counter, _) in self.ledger.calls.items() if zone in ("", zone_of[counter])}
                if missing := wanted - seen.calls.keys():
                    right = False
                    self.ledger.problem(f"{seen.view} never showed {len(missing)} of {len(wanted)} calls")
        self.checks["boards"] = right

    async def _same_screens(self, watch: Watch) -> None:
        """Fresh screens after all others have gone, so that every view is made anew."""
        await asyncio.sleep(SETTLE_SECONDS)
        lost = sum(screen.lost for screen in watch.screens)
        before = {seen.view: seen.shown() for seen in self.seen}
        for seen in self.seen:
            if seen.shown() != before[seen.view]:
                self.ledger.problem(f"two screens of {seen.view} show different things")
        watch.close()
        await asyncio.sleep(1)
        fresh = [Seen(view) for view in before]
        again = Watch()
        await join(again, self.port, [(f"{halls.HALL}/live/{seen.view}", seen) for seen in fresh], self.token)
        await asyncio.sleep(1)
        again.close()
        right = not lost
        for seen in fresh:
            if difference := _difference(before[seen.view], seen.shown()):
                right = False
                self.ledger.problem(f"the last {seen.view} is not the fresh one: {difference}")
        self.checks["screens"] = right

    def report(self, seconds: float) -> dict[str, Any]:
        ledger = self.ledger
        words = " ".join(ledger.problems)
        self.checks["numbers"] = "given out twice" not in words
        self.checks["calls"] = "was called to" not in words and "was made twice" not in words
        boards = [seen.calls for seen in self.seen if seen.view == "board"]
        shown = [
            max(seen[call] for seen in boards) - sent
            for call, (_, sent) in ledger.calls.items()
            if all(call in seen for seen in boards)
        ]
        return {
            "ok": not ledger.problems and False not in self.checks.values(), "checks": self.checks, "problems": ledger.problems,
            "visitors": len(ledger.visitors), "states": ledger.count(), "calls": len(ledger.calls),
            "commands": len(ledger.command_ns), "command_ms": latencies(ledger.command_ns), "call_to_boards_ms": latencies(shown),
            "screens": len(self.seen), "messages": sum(seen.messages for seen in self.seen), "speed": self.args.speed,
            "seed": self.args.seed, "seconds": round(seconds, 1),
        }  # fmt: skip


def _difference(last: Any, fresh: Any) -> str:
    """Where two views differ. How many screens are connected and what a loudspeaker says are no part of the hall."""
    names = [name for name in last.keys() | fresh.keys() if name not in ("delivery", "devices", "say")]
    return "; ".join(
        f"{name}: {str(last.get(name))[:150]} / {str(fresh.get(name))[:150]}"
        for name in names
        if last.get(name) != fresh.get(name)
    )


async def own(args: argparse.Namespace) -> dict[str, Any]:
    """A server of our own; the day is turned and the store verified."""
    shipped, day = halls.setup(), halls.next_open_day()
    hours = list(sessions(day, shipped))
    begun = time.monotonic()
    with servers.folder() as folder:
        place = await asyncio.to_thread(halls.fresh, folder / "data", hours[0][0] - HOUR // 2)
        with servers.ours(place.data, place.start, "--trial-speed", str(args.speed)) as server:
            today = Day(server.port, place.token, args, hours, await _hall_time(server.port, place.token))
            await today.run()
            await today.clock.until(day_start(day, shipped) + 24 * HOUR + HOUR // 12)
            await asyncio.sleep(1)
        _verify(today, place.data)
    return today.report(time.monotonic() - begun)


async def _hall_time(port: int, token: str) -> int:
    """The instant in a board's first message."""
    seen, watch = Seen("board"), Watch()
    await join(watch, port, [(f"{halls.HALL}/live/board", seen)], token)
    while not seen.last:
        await asyncio.sleep(0.001)
    watch.close()
    return int(datetime.datetime.fromisoformat(msgspec.json.decode(seen.last)["at"]).timestamp() * 1e6)


def _verify(today: Day, data: Path) -> None:
    """The checkpoint was made of the live state at the day's turn; ``verify`` replays the log and compares."""
    done = subprocess.run([sys.executable, "-m", "queue_server", "verify", "--data", str(data)], capture_output=True, text=True)
    connection = sqlite3.connect(data / "halls" / "hall" / "hall.db")
    checkpoints = connection.execute("SELECT count(*) FROM checkpoint").fetchone()[0]
    connection.close()
    today.checks["replay"] = done.returncode == 0 and checkpoints > 0
    if not today.checks["replay"]:
        today.ledger.problem(f"verify: {done.returncode}, {checkpoints} checkpoints: {done.stdout[-500:]}{done.stderr[-500:]}")


async def other(args: argparse.Namespace) -> dict[str, Any]:
    """A server that runs already, from its present hall time on: eight hours, or what is left of its day."""
    begun = time.monotonic()
    port = urlsplit(args.url).port or 80
    now = await _hall_time(port, args.token)
    shipped = halls.setup()
    turn = day_start(hall_day(now, shipped) + datetime.timedelta(days=1), shipped)
    end = min(now + 8 * HOUR, turn - (AFTER_HOURS + 1) * HOUR)
    if end < now + HOUR:
        raise SystemExit("bench.day: the hall's day turns too soon; start the server with another --trial-start")
    today = Day(port, args.token, args, [(now + HOUR // 4, end)], now)
    await today.run()
    today.checks["replay"] = None
    return today.report(time.monotonic() - begun)


def main() -> int:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m bench.day", description=__doc__, formatter_class=form)
    parser.add_argument("--visitors", type=int, default=1_800)
    parser.add_argument("--speed", type=float, default=600.0, help="hall seconds per second; with --url that of the server")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", help="a server on this machine, such as http://127.0.0.1:8000")
    parser.add_argument("--token", help="an admin's token for it")
    args = parser.parse_args()
    if args.url and not args.token:
        parser.error("--url needs --token")
    report = uvloop.run(asyncio.wait_for(other(args) if args.url else own(args), SECONDS_MAX))
    print(json.dumps(report, ensure_ascii=False))
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
