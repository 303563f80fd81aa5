"""A hall for the tests of the boards: the shipped one, on an open day at ten."""

from __future__ import annotations

import datetime

from queue_server.core import counters as c
from queue_server.core import setup as s
from queue_server.core import visits as v
from queue_server.core.catalogue import Name
from queue_server.core.context import Actor, Context
from queue_server.core.hall import AnyCommand, Hall, decide, empty, evolve
from queue_server.setup_file import default_setup_text, load_setup

SETUP = load_setup(default_setup_text())
ADMIN = Actor("admin", "admin")
SECOND = 1_000_000
MINUTE = 60 * SECOND
CHINA = datetime.timezone(datetime.timedelta(hours=8))


def on(hour: int, minute: int = 0, day: int = 24) -> int:
    """An instant of November 2026, in hall time. The 24th is a Tuesday, the 28th a Saturday."""
    return int(datetime.datetime(2026, 11, day, hour, minute, tzinfo=CHINA).timestamp()) * SECOND


TEN = on(10)


def new_hall() -> Hall:
    hall = empty(SETUP)
    evolve(hall, s.SetupImported(digest="d", setup=SETUP), on(8))
    evolve(hall, s.DayOpened(day="2026-11-24"), on(8))
    return hall


def do(hall: Hall, at: int, *commands: AnyCommand) -> None:
    for command in commands:
        for event in decide(hall, command, Context(at, ADMIN, always_open=True)):
            evolve(hall, event, at)  # type: ignore[arg-type]


def staff(hall: Hall, *counters: str, at: int = on(9)) -> None:
    for counter in counters:
        do(hall, at, c.OpenCounter(counter=counter, clerk=f"clerk-{counter}"))  # type: ignore[arg-type]


def call(hall: Hall, ticket: str, counter: str, at: int = TEN, service: str = "MZ01") -> None:
    """A ticket is taken and called at once."""
    do(hall, at, v.TakeTicket(ticket=ticket, service=service), v.CallNext(counter=counter))  # type: ignore[arg-type]


def notice(hall: Hall, name: str, zh: str, at: int = TEN, **values: object) -> None:
    do(hall, at, s.PostNotice(notice=name, text=Name(zh=zh, en=f"en {zh}"), **values))  # type: ignore[arg-type]
