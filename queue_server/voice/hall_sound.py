"""The sound of one running hall: the announcer, fed by what happened, and the clips it wants, made in the background.

Nothing is spoken, and no process runs, while no sound device is connected. Every call is on the boards either way.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any, Protocol

from queue_server.core import visits as v
from queue_server.core.hall import Hall
from queue_server.runner import Published
from queue_server.views import iso

from .announcer import Announcer, Ring, Wanted
from .clips import ClipStore
from .speech import SpeechService

log = logging.getLogger(__name__)

WHOLE = "whole"  # the loudspeaker of a screen that shows the whole hall: it speaks for zones that have none
AHEAD = 20  # tickets of each queue whose numbers are made ahead
ENDS = (
    v.ServiceStarted | v.TicketMissed | v.TicketCancelled | v.TicketPutBack | v.TicketHeld | v.TicketTransferred
)  # fmt: skip


class Home(Protocol):
    """What the sound needs of the running hall."""

    runner: Any
    feed: Any
    id: str

    @property
    def state(self) -> Hall: ...

    def now(self) -> int: ...


class HallSound:
    """``enabled`` False (setting, or a trial at another speed than 1): rings are only shown."""

    name = "voice"

    def __init__(self, home: Home, directory: Path, enabled: bool, rate: int) -> None:
        self.home = home
        self.enabled = enabled
        self.speech = SpeechService()
        self.clips = ClipStore(directory, self.speech, rate=rate)
        self.announcer = Announcer(self._zones())
        self._devices: dict[str, str] = {}  # device -> zone
        self._blocked: set[str] = set()
        self._started = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._calls: dict[str, str] = {}  # ticket -> call id under way
        home.runner.listen(self._published)

    def _zones(self) -> dict[str, str | None]:
        zones: dict[str, str | None] = {zone.id: zone.sound_group for zone in self.home.state.setup.zones}
        return zones | {WHOLE: None}

    async def start(self) -> None:
        if self.enabled:
            await self.clips.open()

    async def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        await self.clips.close()
        await self.speech.stop()

    def set_enabled(self, enabled: bool) -> None:
        """Over speed 1 the voice is off: it could not keep up with the hall's clock."""
        self.enabled = enabled
        self._count()
        self._wake_up()

    # -- devices

    def enrol(self, device: str, zone: str | None) -> None:
        """A screen with a loudspeaker came. The newest of a zone speaks; more would speak over each other."""
        self._devices[device] = _zone_of(zone)
        self._count()
        self._wake_up()

    def _wake_up(self) -> None:
        """The voice process runs from the first sound device on."""
        if self.enabled and self._devices and not self._started:
            self._started = True
            self._do(self.speech.start())
            self._prefetch()

    def leave(self, device: str) -> None:
        self._devices.pop(device, None)
        self._blocked.discard(device)
        self._count()

    def report(self, device: str, sound: str) -> None:
        """The screen says whether its browser lets it play."""
        if sound == "blocked":
            self._blocked.add(device)
        else:
            self._blocked.discard(device)
        self._count()

    def _count(self) -> None:
        able = [zone for device, zone in self._devices.items() if device not in self._blocked]
        for zone in self._zones():
            self.announcer.set_devices(zone, able.count(zone) if self.enabled else 0)
        self._pump()

    def ack(self, device: str, call: str, count: int) -> None:
        """The device has spoken this ring to its end."""
        zone = self._devices.get(device)
        if zone is not None:
            self.announcer.ack(zone, call, count, self.home.now())
            self._pump()

    # -- what happened

    def _published(self, published: Published) -> None:
        if not self._devices:
            return
        for _, event in published.events:
            if isinstance(event, v.TicketCalled | v.TicketRecalled):
                self._ring(event)
            elif isinstance(event, ENDS) and (call := self._calls.pop(event.ticket, None)) is not None:
                self.announcer.withdraw(call)
            elif isinstance(event, v.TicketIssued) and self._started:
                self.clips.prefetch([event.number], lang=event.lang)
        if "hall" in published.topics:
            self.announcer.set_zones(self._zones())
            self._count()
        self._pump()

    def _ring(self, event: v.TicketCalled | v.TicketRecalled) -> None:
        hall = self.home.state
        ticket, counter = hall.tickets[event.ticket], hall.counters[event.counter]
        self._calls[ticket.id] = event.call
        zone = counter.zone if counter.zone in self._devices.values() else WHOLE
        count = event.count if isinstance(event, v.TicketRecalled) else 1
        ring = Ring(event.call, count, ticket.number, counter.label, zone, ticket.lang)
        self.announcer.ring(ring, self.home.now())

    def _prefetch(self) -> None:
        """The numbers next in line, and every counter, before they are called."""
        hall = self.home.state
        for queue in hall.setup.queues:
            line = hall.lines.queues.get(queue.id)
            if line is not None:
                self.clips.prefetch([hall.tickets[place.ticket].number for place in line.all[:AHEAD]])
        self.clips.prefetch([], [counter.label for counter in hall.counters.values()])

    # -- the announcer's loop

    def _pump(self) -> None:
        """Let the announcer go on, show what changed, make what it wants, and come back when something is due."""
        for zone in self.announcer.advance(self.home.now()):
            self.home.feed.touch_view("board", None if zone == WHOLE else zone)
        for wanted in self.announcer.wanted():
            self._do(self._make(wanted))
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self.announcer.due()
        if due is not None:
            seconds = max(0.01, (due - self.home.now()) / 1_000_000)
            self._timer = asyncio.get_running_loop().call_later(seconds, self._pump)

    async def _make(self, wanted: Wanted) -> None:
        clip = await self.clips.clip_for_calls(wanted.calls, wanted.lang)
        if clip is None:
            self.announcer.clip_failed(wanted.call_id, wanted.count, wanted.text)
        else:
            url = f"/voice/{self.home.id}/{clip.id}.wav"
            self.announcer.clip_ready(wanted.call_id, wanted.count, url, clip.seconds, wanted.text)
        self._pump()

    def _do(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- what is shown

    def say(self, zone: str | None) -> dict[str, Any] | None:
        """What this zone's loudspeaker shall play now, as the contract has it."""
        found = self.announcer.current(_zone_of(zone))
        if found is None:
            return None
        return {
            "id": found.id, "count": found.count, "text": found.text, "lang": found.lang, "url": found.url,
            "seconds": found.seconds, "expires": iso(found.expires, self.home.state), "also": found.also,
        }  # fmt: skip

    def status(self) -> dict[str, Any]:
        """For the manager: how many loudspeakers are there, how many blocked by their browser, and is there a voice."""
        state = "off" if not self.enabled else self.speech.state if self._started else "idle"
        return {"state": state, "devices": len(self._devices), "blocked": len(self._blocked)}

    def missing(self) -> str | None:
        """Why calls are not spoken, or None."""
        if not self.enabled:
            return "voice is off"
        if self._started and self.speech.state == "failed":
            return self.speech.reason or "no speech engine"
        return self.clips.trouble or None


def _zone_of(board: str | None) -> str:
    """The zone a board stands for: ``A.2`` is the second board of zone A."""
    return board.partition(".")[0] if board else WHOLE
