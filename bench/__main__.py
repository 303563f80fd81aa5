"""``python -m bench [--quick] [--only NAME]``: all measures in one run, one table and one JSON line."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any

import uvloop

from . import calls, figures, search, starting, tickets, waiting
from .figures import Line

Measured = tuple[list[Line], dict[str, Any]]
SECONDS_MAX = 1_800


async def _calls(quick: bool) -> Measured:
    lines: list[Line] = []
    data: dict[str, Any] = {}
    for displays in (100, 1_000) if quick else (100, 1_000, 5_000):
        found = await calls.measure(displays, 3 if quick else 9 if displays == 100 else 5)
        lines += found[0]
        data[str(displays)] = found[1]
    return lines, data


async def _pages(quick: bool) -> Measured:
    return await calls.measure(100, 3 if quick else 7, "board?format=html")


async def _tickets(quick: bool) -> Measured:
    return await tickets.measure(2 if quick else 5)


async def _next(quick: bool) -> Measured:
    sizes = waiting.SIZES[:3] if quick else waiting.SIZES
    core = waiting.measure_core(sizes, 3 if quick else 7)
    http = await waiting.measure_http(sizes, 3 if quick else 9)
    return core[0] + http[0], {"core": core[1], "http": http[1]}


async def _start(quick: bool) -> Measured:
    return await starting.measure(2_000 if quick else 20_000, 2 if quick else 5)


async def _search(quick: bool) -> Measured:
    return search.measure(search.SIZES[:2] if quick else search.SIZES, 5 if quick else 21)


MEASURES: dict[str, Callable[[bool], Awaitable[Measured]]] = {
    "call": _calls, "page": _pages, "tickets": _tickets, "next": _next, "start": _start, "search": _search,
}  # fmt: skip


async def run(names: list[str], quick: bool) -> Measured:
    lines: list[Line] = []
    data: dict[str, Any] = {}
    for name in names:
        print(f"bench: {name} ...", file=sys.stderr, flush=True)
        found = await asyncio.wait_for(MEASURES[name](quick), SECONDS_MAX)
        lines += found[0]
        data[name] = found[1]
    return lines, data


def client_shares(data: Any, name: str = "") -> list[tuple[str, float]]:
    """Near 1 the client would be what was measured."""
    if not isinstance(data, dict):
        return []
    own = [(name, data["client_cpu"])] if "client_cpu" in data else []
    return own + [share for key, value in data.items() for share in client_shares(value, f"{name} {key}".strip())]


def machine() -> dict[str, Any]:
    libraries = {name: version(name) for name in ("starlette", "uvicorn", "uvloop", "websockets", "msgspec")}
    return {
        "python": platform.python_version(), "sqlite": sqlite3.sqlite_version, "cores": os.cpu_count(),
        "load": os.getloadavg()[0], **libraries,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller halls: a look, no figures to quote")
    parser.add_argument("--only", choices=MEASURES, help="one measure")
    args = parser.parse_args()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    lines, data = uvloop.run(run([args.only] if args.only else list(MEASURES), args.quick))
    print(figures.table(lines))
    print("the client's own share of a core:", ", ".join(f"{name} {share}" for name, share in client_shares(data)))
    print(json.dumps({"machine": machine(), "quick": args.quick, **data}))


if __name__ == "__main__":
    main()
