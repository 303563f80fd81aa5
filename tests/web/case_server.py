"""The application on the hall of :mod:`case_hall`, with its officers, over HTTP; and what stands in its files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from case_hall import text
from factory import TEN
from running_hall import PretendClock
from small_server import ROLES, Server, serving

from queue_server import maintenance

STAFF = {"li": "clerk", "wang": "clerk", "ou": "clerk", "ouyi": "clerk", "deng": "clerk"}
NAME, DOCUMENT, PHONE, ADDRESS, AGENT = (
    "张小明明", "330302199001011234", "13812345678", "浙江省舟山市定海区一路一号", "李代办",
)  # fmt: skip
APPLICANT = {"name": NAME, "document": DOCUMENT, "phone": PHONE, "address": ADDRESS, "agent": AGENT}
FREE = "free_services:\n  - {id: copies, name: {zh: 复印, en: Copies}}\n"
ISSUE = 'zone: B, kinds: [fallback, issue]}'


def cases_text() -> str:
    return text().replace("zone: B, kinds: [fallback]}", ISSUE) + FREE


def make_case_data(directory: Path) -> dict[str, str]:
    """A token for each role, and one for each clerk by name."""
    maintenance.init_hall(directory, cases_text(), update=False, now=TEN)
    people = {role: (role, name) for role, name in ROLES.items()} | {name: (role, name) for name, role in STAFF.items()}
    return {key: maintenance.new_token(directory, role, name, TEN) for key, (role, name) in people.items()}  # type: ignore[arg-type]


@contextlib.contextmanager
def case_server(directory: Path, secrets: dict[str, str], clock: PretendClock | None = None, **more: Any) -> Iterator[Server]:
    with serving(directory, secrets, clock, **more) as server:
        yield server


def visit(server: Server, service: str | None = "a1", counter: str = "1", **body: Any) -> dict[str, Any]:
    """A visitor is served at a counter that wang has opened."""
    if server.hall.state.counters[counter].state == "closed":  # type: ignore[index]
        server.open(counter, "wang")
    asked = {"service": service} if service is not None else {}
    answer = server.post("/tickets", {**asked, **body}, by="kiosk")
    assert answer.status_code == 201, answer.text
    ok(server.at(counter, "next"))
    ok(server.at(counter, "start"))
    ticket: dict[str, Any] = answer.json()["ticket"]
    return ticket


def ok(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def marked(**found: str) -> list[dict[str, str]]:
    return [{"material": material, "mark": mark} for material, mark in found.items()]


ALL = marked(card="ok", photo="ok", pledge="ok")


def accepted(server: Server, **fields: Any) -> str:
    """The number of a new case."""
    visit(server)
    number: str = ok(server.at("1", "accept", {"marks": ALL, **fields}))["case"]["id"]
    return number
