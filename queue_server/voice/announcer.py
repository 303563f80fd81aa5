"""What sounds in the hall, where, and when. Pure: instants are arguments, in integer microseconds UTC.

    ring -> waiting -> current -> (ack, or its time is over) -> the next
              |  `-> merged into the one before it
              `-> dropped: withdrawn, repeat, quiet, no-device, full, unknown-zone

Every zone of the hall says its rings in order, one at a time. Zones that share a sound group (people hear both) take
turns. A voice that lags is worse than none, so a backlog first loses its repeats, then is merged into longer sentences,
and a ring nobody has said for 45 s becomes a chime. What sounds is decided here alone: no screen queues anything.

The caller's loop, after every change and at :meth:`Announcer.due`:

    changed = announcer.advance(now)      publish the views of these zones
    for wanted in announcer.wanted():     make the clip elsewhere, then clip_ready or clip_failed, then advance again
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from queue_server.voice.sentences import (
    ACK_GRACE_SECONDS,
    CHIME_SECONDS,
    CLIP_SECONDS_MAX,
    SECOND,
    Item,
    Outcome,
    Ring,
    RingKey,
    Room,
    Rung,
    Say,
    Wanted,
    relieve,
)

__all__ = ["Announcer", "Outcome", "Ring", "Say", "Wanted"]

SPOKEN_SECONDS_MAX = 60.0  # no clip, whatever its header says, holds a zone up longer
CHIMED_CALLS_MAX = 10  # a chime may stand for more calls than a sentence: its numbers are read, not heard
WAITING_ITEMS_MAX = 50  # a zone
REMEMBERED_RINGS = 4096  # so that none sounds twice; about two busy days of a hall


class Announcer:
    """The announcer of one hall. ``zones`` maps each zone to its sound group, or to None."""

    def __init__(self, zones: Mapping[str, str | None]) -> None:
        self._rooms: dict[str, Room] = {}
        self._groups: dict[str, str | None] = {}
        self._channels: list[deque[str]] = []  # zones that take turns; the next one first
        self._changed: set[str] = set()
        self._known: dict[RingKey, None] = {}
        self._outcomes: deque[Outcome] = deque(maxlen=REMEMBERED_RINGS)
        self.set_zones(zones)

    # --- what the hall tells -------------------------------------------------------------------------------------

    def set_zones(self, zones: Mapping[str, str | None]) -> None:
        """The hall's zones as they are from now on. A zone that goes, or changes its group, falls silent."""
        for zone in [name for name in self._rooms if name not in zones]:
            self._silence(zone, "unknown-zone")
            del self._rooms[zone]
        for zone, group in zones.items():
            if zone not in self._rooms:
                self._rooms[zone] = Room()
            elif self._groups[zone] != group:
                self._end(zone)  # else two zones of one group could be speaking at once
        self._groups = dict(zones)
        channels: dict[tuple[str, str], deque[str]] = {}
        for zone, group in zones.items():
            channels.setdefault(("zone", zone) if group is None else ("group", group), deque()).append(zone)
        self._channels = list(channels.values())

    def set_devices(self, zone: str, devices: int) -> None:
        """How many enrolled sound devices the zone has now. Without one, nothing waits and no clip is made."""
        if zone in self._rooms:
            self._rooms[zone].devices = devices
            if devices <= 0:
                self._silence(zone, "no-device")

    def set_quiet(self, zone: str, quiet: bool) -> None:
        """Quiet mode: what sounds stops, what waits is dropped, what is rung is not said."""
        if zone in self._rooms:
            self._rooms[zone].quiet = quiet
            if quiet:
                self._silence(zone, "quiet")

    def ring(self, ring: Ring, now: int) -> None:
        """A ticket was called (count 1) or recalled. A ring known already changes nothing."""
        if ring.key in self._known:
            return
        self._remember(ring.key)
        room = self._rooms.get(ring.zone)
        if room is None:
            self._drop(ring.key, "unknown-zone")
        elif room.devices <= 0:
            self._drop(ring.key, "no-device")
        elif ring.quiet or room.quiet:
            self._drop(ring.key, "quiet")
        else:
            room.waiting.append(Item([Rung(ring, now)], ring.lang, now + CLIP_SECONDS_MAX * SECOND))
            if len(room.waiting) > WAITING_ITEMS_MAX:
                self._drop_item(room.waiting.popleft(), "full")

    def withdraw(self, call_id: str) -> None:
        """The ticket has come, is cancelled or did not show: what has not begun is not said. What has begun goes on."""
        for room in self._rooms.values():
            for item in list(room.waiting):
                staying = [call for call in item.calls if call.ring.call_id != call_id]
                if len(staying) == len(item.calls):
                    continue
                for call in item.calls:
                    if call.ring.call_id == call_id:
                        self._drop(call.ring.key, "withdrawn")
                item.change(staying)
                if not staying:
                    room.waiting.remove(item)

    # --- what screens and the speech side tell -------------------------------------------------------------------

    def ack(self, zone: str, call_id: str, count: int, now: int) -> None:
        """The zone's device has said it: the next may begin. Late, doubled and foreign acks change nothing."""
        room = self._rooms.get(zone)
        if room and room.current and (room.current.id, room.current.count) == (call_id, count):
            self._end(zone)

    def wanted(self) -> list[Wanted]:
        """Clips to make, the soonest needed first within each zone; each is told once."""
        found: list[Wanted] = []
        for item in self._items():
            if not (item.asked or item.clip or item.failed):
                item.asked = True
                found.append(Wanted(*item.key, item.said, item.lang, item.text))
        return found

    def clip_ready(self, call_id: str, count: int, url: str, seconds: float, text: str | None = None) -> None:
        """The clip of a wanted sentence. ``text`` is :attr:`Wanted.text`; without it, the ring's own sentence is meant.

        A clip for a sentence that has changed since (merged, withdrawn) is ignored.
        """
        item = self._find(call_id, count, text)
        if item is not None:
            item.clip = (url, min(max(seconds, 0.0), SPOKEN_SECONDS_MAX))

    def clip_failed(self, call_id: str, count: int, text: str | None = None) -> None:
        """There will be no clip: the ring becomes a chime in its turn."""
        item = self._find(call_id, count, text)
        if item is not None:
            item.failed = True

    # --- what is to sound ----------------------------------------------------------------------------------------

    def advance(self, now: int) -> list[str]:
        """End what is over, begin what can begin, relieve a backlog. Returns zones whose current item changed."""
        for channel in self._channels:
            for zone in channel:
                current = self._rooms[zone].current
                if current and current.expires <= now:
                    self._end(zone)
            self._begin_next(channel, now)
            for item in relieve([self._rooms[zone] for zone in channel], now):
                self._drop_item(item, "repeat")
        changed = [zone for zone in self._rooms if zone in self._changed]
        self._changed.clear()
        return changed

    def current(self, zone: str) -> Say | None:
        """What the zone's device says now."""
        room = self._rooms.get(zone)
        return room.current if room else None

    def due(self) -> int | None:
        """When :meth:`advance` is needed next; an instant already past means at once, None not before a change."""
        instants: list[int] = []
        for channel in self._channels:
            rooms = [self._rooms[zone] for zone in channel]
            ends = [room.current.expires for room in rooms if room.current]
            instants += ends or [room.waiting[0].ready_at() for room in rooms if room.waiting]
        return min(instants, default=None)

    def take_outcomes(self) -> list[Outcome]:
        """What became of rings since the last time, for the log and the health page; the newest 4096 at most."""
        outcomes = list(self._outcomes)
        self._outcomes.clear()
        return outcomes

    # --- beginning -----------------------------------------------------------------------------------------------

    def _begin_next(self, channel: deque[str], now: int) -> None:
        if any(self._rooms[zone].current for zone in channel):
            return
        for zone in channel:
            waiting = self._rooms[zone].waiting
            if waiting and waiting[0].ready_at() <= now:
                self._begin(zone, self._take(waiting, now), now)
                channel.remove(zone)
                channel.append(zone)  # its turn comes again after all others of the group
                return

    def _take(self, waiting: deque[Item], now: int) -> Item:
        """The next item; or one chime for all calls whose time is over, as they stand first."""
        stale: list[Rung] = []
        lang = waiting[0].lang
        while waiting and len(stale) < CHIMED_CALLS_MAX:
            first = waiting[0]
            late = [call for call in first.calls if call.late(now)][: CHIMED_CALLS_MAX - len(stale)]
            if not late:
                break
            stale += late
            if len(late) == len(first.calls):
                waiting.popleft()
                continue
            first.change(first.calls[len(late) :])
            first.clip_due = now + CLIP_SECONDS_MAX * SECOND
        return Item(stale, lang, now, failed=True) if stale else waiting.popleft()

    def _begin(self, zone: str, item: Item, now: int) -> None:
        url, seconds = item.clip or (None, CHIME_SECONDS)
        (call_id, count), *also = [call.ring.key for call in item.calls]
        expires = now + round((seconds + ACK_GRACE_SECONDS) * SECOND)
        self._rooms[zone].current = Say(
            id=call_id, count=count, text=item.text, lang=item.lang, url=url, seconds=seconds, expires=expires,
            also=tuple(also),
        )  # fmt: skip
        self._changed.add(zone)
        self._outcomes.append(Outcome(call_id, count, "spoken" if url else "chimed"))
        self._outcomes.extend(Outcome(*key, "merged") for key in also)

    def _end(self, zone: str) -> None:
        if self._rooms[zone].current:
            self._rooms[zone].current = None
            self._changed.add(zone)

    # --- the rest ------------------------------------------------------------------------------------------------

    def _items(self) -> Iterator[Item]:
        return (item for room in self._rooms.values() for item in room.waiting)

    def _find(self, call_id: str, count: int, text: str | None) -> Item | None:
        for item in self._items():
            if item.key == (call_id, count) and (len(item.calls) == 1 if text is None else item.text == text):
                return item
        return None

    def _silence(self, zone: str, reason: str) -> None:
        room = self._rooms[zone]
        while room.waiting:
            self._drop_item(room.waiting.popleft(), reason)
        self._end(zone)

    def _drop_item(self, item: Item, reason: str) -> None:
        for call in item.calls:
            self._drop(call.ring.key, reason)

    def _drop(self, key: RingKey, reason: str) -> None:
        self._outcomes.append(Outcome(*key, "dropped", reason))

    def _remember(self, key: RingKey) -> None:
        self._known[key] = None
        if len(self._known) > REMEMBERED_RINGS:
            del self._known[next(iter(self._known))]
