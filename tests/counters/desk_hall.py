"""A hall with a morning behind it, for the tests of the desk."""

from __future__ import annotations

import datetime

import msgspec

from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.context import Actor, Context
from queue_server.core.hall import AnyCommand, Hall, decide, empty, evolve
from queue_server.setup_file import default_setup_text, load_setup

SETUP = load_setup(default_setup_text())
ADMIN = Actor("admin", "admin")
CLERK = Actor("c08", "clerk")
OTHER = Actor("c09", "clerk")
MINUTE = 60_000_000
SECOND = 1_000_000
TEN = int(datetime.datetime(2026, 11, 24, 10, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=8))).timestamp()) * SECOND


def new_hall(**rules: object) -> Hall:
    """The shipped hall on an open day; ``rules`` change its numbers."""
    setup = msgspec.structs.replace(SETUP, rules=msgspec.structs.replace(SETUP.rules, **rules))
    hall = empty(setup)
    evolve(hall, s.SetupImported(digest="d", setup=setup), TEN - 60 * MINUTE)
    evolve(hall, s.DayOpened(day="2026-11-24"), TEN - 60 * MINUTE)
    return hall


def do(hall: Hall, at: int, *commands: AnyCommand, actor: Actor = ADMIN) -> None:
    for command in commands:
        for event in decide(hall, command, Context(at, actor, always_open=True)):
            evolve(hall, event, at)  # type: ignore[arg-type]


def take(hall: Hall, ticket: str, service: str = "MZ01", *, minutes_ago: int = 5, needs: tuple[str, ...] = ()) -> None:
    do(hall, TEN - minutes_ago * MINUTE, v.TakeTicket(ticket=ticket, service=service, needs=needs))  # type: ignore[arg-type]


def open_counter(hall: Hall, counter: str = "3", clerk: str = "c08") -> None:
    do(hall, TEN - 50 * MINUTE, c.OpenCounter(counter=counter, clerk=clerk))  # type: ignore[arg-type]
