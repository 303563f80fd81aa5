"""One hall as it runs: its writer, its screens, its sound, its printer, its secrets, put together.

Handlers get this object. ``state`` is the hall itself: read it after ``await settled()``, never change it.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from typing import Any

from .clock import Clock
from .core.calendar import Standing, standing
from .core.catalogue import CounterId, TicketId
from .core.context import SYSTEM, Actor
from .core.hall import AnyCommand, AnyEvent, Hall
from .core.refusals import Unavailable
from .delivery import Delivery
from .feed import Feed
from .indexing import LiveIndex
from .runner import Render, Retry, Runner
from .settings import Settings
from .store import Store, StoreFailed
from .views import Scene

ID_BYTES, IDS_DRAWN = 9, 256  # of a ticket's id, and how many at once


class RunningHall:
    """Made by :func:`queue_server.app.open_hall`; ``feed``, ``sound`` and ``printer`` are put in there."""

    feed: Feed
    sound: Any = None
    printer: Any = None

    def __init__(self, runner: Runner, store: Store, clock: Clock, settings: Settings, public_url: str) -> None:
        self.id = runner.hall_id
        self.runner = runner
        self.store = store
        self.clock = clock
        self.settings = settings
        self.public_url = public_url.rstrip("/")
        self.delivery = Delivery(runner)
        self.demo = False
        self._dice: list[bytes] = []
        self.desks: dict[str, dict[str, Actor]] = {}  # counter -> open desk pages, and who looks at them
        self.index = LiveIndex(runner)

    # -- the state

    @property
    def state(self) -> Hall:
        return self.runner.state

    async def settled(self) -> None:
        await self.runner.settled()

    def now(self) -> int:
        return self.runner.now()

    def standing(self) -> Standing:
        """Open, early, in a break or closed."""
        return standing(self.now(), self.state.setup)

    def present(self) -> frozenset[CounterId]:
        """Counters whose own clerk, or a manager, has the desk open: that renews the lease. Another clerk's look does not."""
        found = set()
        for counter_id, looking in self.desks.items():
            counter = self.state.counters.get(CounterId(counter_id))
            if counter is not None and any(x.manages or x.id == counter.clerk for x in looking.values()):
                found.add(counter.id)
        return frozenset(found)

    # -- asking for a change

    async def submit(self, command: AnyCommand, actor: Actor = SYSTEM) -> list[AnyEvent]:
        """For pages and our own programs. Raises Refused."""
        done: list[AnyEvent] = await self.runner.submit(command, actor)
        return done

    async def ask(self, command: AnyCommand, actor: Actor, render: Render, retry: Retry | None) -> Any:
        """For the API: gives the Reply of ``render``."""
        return await self.runner.submit(command, actor, render, retry)

    # -- tickets and their secrets

    def new_ticket_id(self) -> TicketId:
        """72 random bits. Drawn in advance: to ask the kernel each time costs as much as to decide on the ticket."""
        if not self._dice:
            drawn = secrets.token_bytes(ID_BYTES * IDS_DRAWN)
            self._dice = [drawn[at : at + ID_BYTES] for at in range(0, len(drawn), ID_BYTES)]
        return TicketId(base64.urlsafe_b64encode(self._dice.pop()).decode())

    def ticket_key(self, ticket: str) -> str:
        """The secret that lets its holder follow and cancel the ticket."""
        return self.store.vault.ticket_key(ticket)

    def is_key(self, ticket: str, key: str) -> bool:
        return self.store.vault.is_ticket_key(ticket, key)

    def follow_url(self, ticket: str) -> str:
        """What the QR code of a ticket carries."""
        return f"{self.public_url}/t/{ticket}?key={self.ticket_key(ticket)}"

    # -- cases and one-time notices: their numbers can be guessed, so a key of their own stands beside each

    def case_key(self, case: str) -> str:
        """The secret that lets its holder follow the case."""
        return self.store.vault.ticket_key(f"case:{case}")

    def is_case_key(self, case: str, key: str) -> bool:
        return self.store.vault.is_ticket_key(f"case:{case}", key)

    def case_url(self, case: str) -> str:
        """What the QR code of a receipt carries."""
        return f"{self.public_url}/c/{case}?key={self.case_key(case)}"

    def notice_key(self, notice: str) -> str:
        """The secret that lets its holder read the one-time notice."""
        return self.store.vault.ticket_key(f"notice:{notice}")

    def is_notice_key(self, notice: str, key: str) -> bool:
        return self.store.vault.is_ticket_key(f"notice:{notice}", key)

    def notice_url(self, notice: str) -> str:
        """What the QR code of a one-time notice carries."""
        return f"{self.public_url}/h/{self.id}/one-time-notice/{notice}?key={self.notice_key(notice)}"

    def guide_url(self, service: str) -> str:
        """The guide of a service, for everybody."""
        return f"{self.public_url}/h/{self.id}/guide/{service}"

    def person_of(self, document: str | None) -> str | None:
        """The keyed hash that tells the same applicant again."""
        return self.store.vault.person_of(document) if document else None

    async def seal(self, ticket: str | None, text: str | None) -> str | None:
        """Personal text as ciphertext under the key of this visit; None stays None. Raises Unavailable ``store-failed``."""
        if not text or ticket is None:
            return None
        try:
            return await asyncio.to_thread(self.store.vault.seal, ticket, text)
        except StoreFailed as error:
            raise Unavailable("store-failed") from error

    def unseal(self, sealed: str | None) -> str | None:
        return None if sealed is None else self.store.vault.unseal(sealed)

    # -- screens

    def scene(self, lang: str, arg: str | None = None) -> Scene:
        """What views may know besides the state. ``arg``: the zone, for what its loudspeaker says."""
        tick_us = int(self.settings.tick_seconds * 1_000_000)
        return Scene(
            tick=max(self.now() // tick_us * tick_us, self.state.at // tick_us * tick_us), lang=lang,
            say=self.sound.say(arg) if self.sound is not None else None, unseal=self.unseal, follow=self.follow_url,
            follow_case=self.case_url, follow_notice=self.notice_url,
            delivery=self.delivery.of, devices=self.devices, demo=self.demo, always_open=self.runner.always_open,
        )  # fmt: skip

    def devices(self) -> dict[str, Any]:
        """What is connected, for the manager."""
        return {
            "boards": self.feed.watching("board"), "signs": self.feed.watching("counter"),
            "desks": self.feed.watching("desk"), "phones": self.feed.watching("ticket"),
            "sound": self.sound.status() if self.sound is not None else {"state": "off"},
            "printer": self.printer.status() if self.printer is not None else {"state": "off"},
        }  # fmt: skip
