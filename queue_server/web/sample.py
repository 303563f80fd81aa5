"""A few minutes of a hall, for the examples on ``/docs/api``: the real core and the real views, on the set-up of this hall.

Nobody in it exists, so the page may stand open: the running hall itself is never shown there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from queue_server.core import counters as c
from queue_server.core import visits as v
from queue_server.core.back_office import DecideCase, TakeCase
from queue_server.core.cases import CaseId
from queue_server.core.catalogue import ClerkId, CounterId, CounterSetup, Service, Setup, TicketId
from queue_server.core.context import SYSTEM, Context
from queue_server.core.hall import AnyCommand, decide, empty, evolve
from queue_server.core.intake import AcceptCase
from queue_server.core.materials import Mark
from queue_server.core.refusals import Refused
from queue_server.core.results import ReadyResult
from queue_server.core.setup import ImportSetup, Tick
from queue_server.core.visits import MINUTE, SECOND
from queue_server.views import Scene, ViewKind, iso

START = 1_795_482_000_000_000  # 24 November 2026, 09:00 in China
LIST_MAX = 1  # of each list; the page says so
TEXT_LIST_MAX = 3
FIRST, CALLED, NEXT = TicketId("s3VqkF0w1Zxa"), TicketId("Jm2hT8yPq4Lr"), TicketId("b7Xc5NnE9uKd")


class Sample:
    """The hall after some minutes: one visitor served, one called, one waiting; two applications."""

    def __init__(self, setup: Setup) -> None:
        self.hall = empty(setup)
        self.now = START
        self.service, self.counter = _places(setup)
        self.case: CaseId | None = None
        self.waiting: CaseId | None = None
        self._live()

    def _live(self) -> None:
        clerk = next((c.id for c in self.hall.setup.clerks), ClerkId("li.na"))
        at = self.counter.id
        begun = ImportSetup(digest="sample", text="", setup=self.hall.setup)
        self._do(0, begun, Tick(), c.OpenCounter(counter=at, clerk=clerk))
        for minute, ticket in enumerate((FIRST, CALLED, NEXT)):
            self._do(minute * MINUTE, v.TakeTicket(ticket=ticket, service=self.service.id, channel="kiosk"))
        self._do(30 * SECOND, v.CallNext(counter=at))
        self._do(40 * SECOND, v.StartService(counter=at))
        self._apply(at)
        self._do(9 * MINUTE, v.FinishService(counter=at), v.CallNext(counter=at))
        self._do(31 * SECOND, v.Recall(counter=at))
        self.now += 5 * SECOND

    def _apply(self, at: CounterId) -> None:
        """Two applications in one visit: the result of the first is ready, the second is at its department."""
        services = self.hall.setup.services
        other = next((one for one in services if one is not self.service), self.service)
        for service in (self.service, other):
            marks = tuple(Mark(material=one.id, mark="ok") for one in service.materials)
            self._do(MINUTE, AcceptCase(counter=at, service=service.id, marks=marks))
        cases = list(self.hall.cases)
        self.case, self.waiting = (cases[0], cases[-1]) if cases else (None, None)
        if self.case is not None:
            self._do(MINUTE, TakeCase(case=self.case), DecideCase(case=self.case, decision="granted"))
            self._do(MINUTE, ReadyResult(case=self.case))

    def _do(self, later: int, *commands: AnyCommand) -> None:
        self.now += later
        for command in commands:
            try:
                events = decide(self.hall, command, Context(self.now, SYSTEM, always_open=True))
            except Refused:
                continue  # a hall may have rules that leave a step out: one call in all, for example
            for event in events:
                evolve(self.hall, event, self.now)  # type: ignore[arg-type]

    def message(self, kind: ViewKind, arg: str | None, lang: str) -> dict[str, Any]:
        """The message a screen with this view would get, its lists shortened."""
        at = iso(self.now, self.hall)
        return {"seq": self.hall.seq, "at": at, "view": shortened(kind.make(self.hall, arg, self._scene(lang)))}

    def argument(self, view: str) -> str | None:
        """What stands for ``{zone}``, ``{counter}``, ``{ticket}``, ``{case}`` and ``{department}`` in the path of a view."""
        return {
            "board-zone": self.counter.zone, "counter": self.counter.id, "counter-guide": self.counter.id,
            "desk": self.counter.id, "ticket": CALLED,
            "case": self.case, "office": self._department(),
        }.get(view)  # fmt: skip

    def _department(self) -> str:
        return self.hall.cases[self.waiting].matter.department if self.waiting else self.service.department

    def _scene(self, lang: str) -> Scene:
        at = iso(self.now + 40 * SECOND, self.hall)
        said = {
            "id": "c2", "count": 2, "text": f"请 {self.hall.tickets[CALLED].number} 号，到 {self.counter.label} 号窗口办理",
            "lang": "zh", "url": f"/voice/{self.hall.setup.id}/5f0e2a9c4b71.wav", "seconds": 4.2, "expires": at, "also": [],
        }  # fmt: skip
        proof = {
            "count": 2, "shown": 3, "watching": 3, "shown_at": self.now, "spoken": None, "phone": True,
        }  # fmt: skip
        devices = {
            "boards": 3, "signs": 1, "desks": 1, "phones": 2, "sound": {"state": "ready", "devices": 1, "blocked": 0},
            "printer": {"state": "ok", "waiting": 0},
        }  # fmt: skip
        return Scene(
            tick=self.now, lang=lang, say=said, delivery=lambda call: proof, devices=lambda: devices,
            follow=lambda ticket: f"http://10.0.0.5:8000/t/{ticket}?key=4uma3vvkmvifntyd",
            follow_case=lambda case: f"http://10.0.0.5:8000/c/{case}?key=7uhen6yz7sr565hk",
        )  # fmt: skip


def _places(setup: Setup) -> tuple[Service, CounterSetup]:
    """A service and a counter that takes it as its own."""
    for service in setup.services:
        for counter in setup.counters:
            if service.queue in counter.serves or service.id in counter.serves:
                return service, counter
    return setup.services[0], setup.counters[0]


def shortened(value: Any) -> Any:
    """The same data with at most a few entries in every list, and in every table of like entries."""
    if isinstance(value, dict):
        alike = len(value) > LIST_MAX and all(isinstance(item, dict) for item in value.values())
        entries = list(value.items())[: LIST_MAX if alike else None]
        return {name: shortened(item) for name, item in entries}
    if isinstance(value, list | tuple):
        return [shortened(item) for item in _first(value)]
    return value


def _first(items: Iterable[Any]) -> list[Any]:
    found = list(items)
    return found[: TEXT_LIST_MAX if found and isinstance(found[0], str) else LIST_MAX]
