"""The ticket printer of one running hall: slips made from tickets, and the spooler in front of the printer."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path
from typing import Any, Literal, Protocol

from queue_server.clock import monotonic
from queue_server.core.catalogue import Name
from queue_server.core.hall import Hall
from queue_server.core.materials import check_list
from queue_server.core.visits import Ticket, Wait
from queue_server.labels import label_runs
from queue_server.settings import Settings
from queue_server.views import iso

from .paper import BringItem, TicketSlip
from .spooler import SpoolClock, Spooler
from .targets import BadTarget

log = logging.getLogger(__name__)


class Home(Protocol):
    """What the printer needs of the running hall."""

    settings: Settings
    feed: Any

    @property
    def state(self) -> Hall: ...

    def now(self) -> int: ...

    def follow_url(self, ticket: str) -> str: ...


def windows_of(hall: Hall, queue: str) -> Name | None:
    """The windows of a queue in words: ``3–14 号窗口``. Labels that are no numbers are listed."""
    labels = [counter.label for counter in hall.servers(queue)]  # type: ignore[arg-type]
    if not labels:
        return None
    text = label_runs(labels)
    return Name(zh=f"{text} 号窗口", en=f"window{'s' if len(labels) > 1 else ''} {text.replace('、', ', ')}")


def slip_of(home: Home, ticket: Ticket, kiosk: str | None = None) -> TicketSlip:
    """What stands on the paper. A private service shows its theme only, and no list of papers."""
    hall = home.state
    zone = next(zone for zone in hall.setup.zones if zone.id == hall.queues[ticket.queue].zone)
    ahead, wait = hall.wait(ticket, home.now())
    service = hall.services.get(ticket.service or "")
    lang: Literal["zh", "en"] = "en" if ticket.lang == "en" else "zh"
    package = hall.packages.get(ticket.package or "")
    name = package.name if package else ticket.service_name or hall.queues[ticket.queue].name
    bring: tuple[BringItem, ...] = ()
    if service is not None and service.private:
        name = next(theme.name for theme in hall.setup.themes if theme.id == service.theme)
    elif service is not None:
        together = (hall.services.get(wanted) for wanted in ticket.services or (service.id,))
        asked = check_list([one for one in together if one is not None and not one.private], {})
        papers = (item.material for item in asked)
        bring = tuple(BringItem(text=item.name[lang], later=item.later) for item in papers if not item.held)
    taken = iso(ticket.arrival, hall) or ""
    return TicketSlip(
        hall=hall.setup.name, number=ticket.number, service=name, zone_letter=hall.queues[ticket.queue].letter,
        zone_name=zone.name, windows=windows_of(hall, ticket.queue), way=zone.way,
        ahead=ahead if ticket.state == "waiting" else None, wait_minutes=_minutes(wait), bring=bring,
        url=home.follow_url(ticket.id), short_code=ticket.id[-6:].upper(), taken_at=taken[:19].replace("T", " "),
        kiosk=kiosk, hotline=hall.setup.hotline, lang=lang, large=ticket.kind == "assisted",
    )  # fmt: skip


def _minutes(wait: Wait | None) -> tuple[int, int] | None:
    return None if wait is None else (wait.low // 60, -(-wait.high // 60))


class Printer:
    """Never holds up a ticket: a slip is put down, its fate is asked for later."""

    name = "printer"

    def __init__(self, home: Home) -> None:
        self.home = home
        self._spooler: Spooler | None = None
        self._reason: str | None = "no printer is set up"

    def start(self) -> None:
        target = self.home.settings.printer
        if target == "none":
            return
        try:
            if target.startswith("file:"):
                Path(target.removeprefix("file:").partition("?")[0]).mkdir(parents=True, exist_ok=True)
            clock = SpoolClock(now=self.home.now, monotonic=monotonic)
            self._spooler = Spooler(target, self.home.settings.paper_dots, clock)
            self._reason = None
        except (BadTarget, OSError) as error:
            self._reason = str(error)
            log.error("no printer: %s", error)

    def stop(self) -> None:
        if self._spooler is not None:
            self._spooler.stop()

    def print(self, ticket: Ticket, kiosk: str | None = None) -> str | None:
        """Put the slip of a ticket down; gives the job's id, or None without a printer."""
        if self._spooler is None:
            return None
        job = f"{ticket.number}-{secrets.token_urlsafe(6)}"
        self._spooler.submit(job, slip_of(self.home, ticket, kiosk))
        return job

    def job(self, job: str) -> dict[str, Any]:
        """``{"state": queued | printed | failed | expired | none, "reason"}``."""
        found = self._spooler.job(job) if self._spooler is not None else None
        return {"state": "none", "reason": None} if found is None else {"state": found.state, "reason": found.reason}

    def status(self) -> dict[str, Any]:
        """``{"state": ok | out-of-paper | offline | off, "waiting"}``."""
        if self._spooler is None:
            return {"state": "off", "waiting": 0}
        return {"state": self._spooler.printer().state, "waiting": self._spooler.waiting()}

    def missing(self) -> str | None:
        """Why nothing is printed, or None."""
        if self._spooler is None:
            return self._reason
        state = self._spooler.printer().state
        return None if state == "ok" else state
