"""The people of a simulated day: visitors who come by the hour, kiosks, and a clerk for each window. Seeded dice.

Arrivals follow the hourly shares of DOMAIN 4.1, over-dispersed (variance / mean of the half hours 1.5); service times are
lognormal with CV 1.16 (4.2); 5 % do not come when called, 8 % are transferred, 3 % held.
"""

from __future__ import annotations

import asyncio
import math
import random
from typing import Any

from .ledger import Asker, HallClock, Ledger, Visitor

HOURLY = (9.1, 10.9, 14.3, 15.2, 14.4, 12.9, 12.4, 7.3)
DISPERSION = 0.5
CV = 1.16
NO_SHOW, TRANSFER, HOLD = 0.05, 0.08, 0.03
PRIOR_SHARE = 0.72  # of the nominal minutes that a window really takes
MINUTES = 9.0
KINDS = {"consultation": 0.10, "assisted": 0.04, "issue": 0.03, "cross_region": 0.01, "fallback": 0.008}
NEEDS = {"elderly": 0.10, "disabled": 0.015, "pregnant": 0.02}
STOPS_MAX = 3
HELD_MINUTES = 10
RECALL_SECONDS = 35  # the hall asks for 30 between two calls


def arrivals(dice: random.Random, visitors: int, begin: int, end: int) -> list[int]:
    """When they come: so many between two instants."""
    halves = [share / sum(HOURLY) / 2 for share in HOURLY for _ in (0, 1)]
    weights = [share * dice.gammavariate(k := visitors * share / DISPERSION, 1 / k) for share in halves]
    width = (end - begin) / len(halves)
    chosen = dice.choices(range(len(halves)), weights, k=visitors)
    return sorted(int(begin + (half + dice.random()) * width) for half in chosen)


def wish(dice: random.Random, services: list[Any], kinds: set[str]) -> dict[str, Any]:
    """What one visitor asks the kiosk for."""
    needs = [name for name, share in NEEDS.items() if dice.random() < share][:1]
    body: dict[str, Any] = {"needs": needs, "channel": "kiosk", "lang": "en" if dice.random() < 0.03 else "zh"}
    pick = dice.random()
    for kind, share in KINDS.items():
        if pick < share and kind in kinds:
            return body | {"kind": kind}
        pick -= share
    return body | {"service": dice.choice(services)["id"]}


class Street:
    """Everybody who comes, and the kiosks they queue at."""

    def __init__(self, dice: random.Random, clock: HallClock, ledger: Ledger, services: list[Any], kinds: set[str]) -> None:
        self.dice, self.clock, self.ledger, self.services, self.kinds = dice, clock, ledger, services, kinds
        self.over = False
        self.turned_away = 0
        self._at_kiosk: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    async def come(self, instants: list[int], kiosks: list[Asker]) -> None:
        working = [asyncio.create_task(self._kiosk(kiosk)) for kiosk in kiosks]
        for instant in instants:
            await self.clock.until(instant)
            self._at_kiosk.put_nowait(wish(self.dice, self.services, self.kinds))
        for _ in working:
            self._at_kiosk.put_nowait(None)
        await asyncio.gather(*working)
        self.over = True

    async def _kiosk(self, asker: Asker) -> None:
        while (body := await self._at_kiosk.get()) is not None:
            status, answer = await asker.post("tickets", body)
            if status == 201:
                ticket = answer["ticket"]
                self.ledger.took(ticket["id"], ticket["number"], self.dice.random() >= NO_SHOW)
            else:
                self.turned_away += 1


class Clerk:
    """One window for one day."""

    def __init__(self, asker: Asker, counter: Any, street: Street, hours: list[tuple[int, int]], last: int) -> None:
        self.asker, self.id, self.street = asker, counter["id"], street
        self.dice, self.clock, self.ledger = street.dice, street.clock, street.ledger
        self.hours, self.last = hours, last
        self.held: list[tuple[float, str]] = []
        self.lunch = self.dice.random() < 0.5

    async def act(self, name: str, body: dict[str, Any] | None = None) -> Any:
        """One command that must be taken."""
        status, answer = await self.asker.post(f"counters/{self.id}/{name}", body)
        if status != 200:
            self.ledger.problem(f"{name} at {self.id}: {status} {str(answer)[:200]}")
        return answer

    async def work(self) -> None:
        await self.clock.until(self.hours[0][0] - self.dice.uniform(0, 600e6))
        await self.act("open", {"clerk": f"bench{self.id}"})
        idle = 0
        while self.clock.now() < self.last and not (self.street.over and idle > 3 and not self.held):
            if await self._break() or await self._resumed():
                continue
            status, answer = await self.asker.post(f"counters/{self.id}/next")
            if status == 204:
                idle += 1
                await self.clock.sleep(self.dice.uniform(10, 40))
                continue
            idle = 0
            await self._serve(answer)
        for _, ticket in self.held:
            await self._go_on(ticket)
        await self.act("close")

    async def _break(self) -> bool:
        """Half of the clerks pause between the sessions."""
        now = self.clock.now()
        back = next((begin for (_, end), (begin, _) in zip(self.hours, self.hours[1:], strict=False) if end <= now < begin), None)
        if back is None or not self.lunch:
            return False
        await self.act("pause", {"reason": "午休", "minutes": 60})
        await self.clock.until(back)
        await self.act("open", {"clerk": f"bench{self.id}"})
        return True

    async def _resumed(self) -> bool:
        if not self.held or self.held[0][0] > self.clock.now():
            return False
        await self._go_on(self.held.pop(0)[1])
        return True

    async def _go_on(self, ticket: str) -> None:
        visitor = self.ledger.visitors[ticket]
        await self.act("resume", {"ticket": ticket, "to": "serving"})
        visitor.state, visitor.counter = "serving", self.id
        await self._at_counter(ticket, visitor, MINUTES)

    async def _serve(self, answer: Any) -> None:
        if not answer or "ticket" not in answer:
            return
        ticket = answer["ticket"]
        visitor = self.ledger.called(ticket["id"], answer["call"]["id"], self.id, self.asker.sent)
        if not visitor.comes:
            await self._missed(visitor)
            return
        await self.clock.sleep(self.dice.uniform(15, 60))
        await self.act("start")
        visitor.state = "serving"
        service = next((x for x in self.street.services if x["id"] == ticket["service"]), None)
        await self._at_counter(ticket["id"], visitor, ((service or {}).get("minutes") or {}).get("value", MINUTES))

    async def _missed(self, visitor: Visitor) -> None:
        for step in ("recall", "recall", "no-show"):
            await self.clock.sleep(RECALL_SECONDS)
            await self.act(step)
        visitor.state, visitor.counter = "no_show", None

    async def _at_counter(self, ticket: str, visitor: Visitor, minutes: float) -> None:
        """Served for a while, and then done, sent on, or set aside."""
        sigma = math.sqrt(math.log(1 + CV * CV))
        mu = math.log(minutes * PRIOR_SHARE * 60) - sigma * sigma / 2
        await self.clock.sleep(min(max(self.dice.lognormvariate(mu, sigma), 20), 5_400))
        visitor.stops += 1
        roll = self.dice.random() if visitor.stops < STOPS_MAX else 1.0
        if roll < TRANSFER:
            visitor.state, visitor.counter = "waiting", None  # before the answer: another window may be quicker than it
            await self.act("transfer", {"kind": "integrated"})
        elif roll < TRANSFER + HOLD:
            await self.act("hold", {"kind": self.dice.choice(("papers_back", "papers_kept", "step"))})
            visitor.state, visitor.counter = "held", None
            self.held.append((self.clock.now() + HELD_MINUTES * 60e6, ticket))
        else:
            await self.act("finish")
            visitor.state, visitor.counter = "done", None
