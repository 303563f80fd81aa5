"""Views to screens over WebSocket. Knows no screen: views come as :class:`~queue_server.views.ViewKind`.

A channel is one (view, argument, language, format); its message is made once for all its screens, and only while someone
watches. Each screen has a mailbox of one: a slow screen finds the newest view when it reads again and delays nobody.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Collection, Coroutine, Generator
from types import coroutine
from typing import Any

import msgspec

from .clock import monotonic
from .core.refusals import NotFound
from .core.topics import CALLS
from .push import Write, frame_of
from .runner import Published, Runner
from .views import Scene, ViewKind, iso

log = logging.getLogger(__name__)

CHUNK = 50  # phones sent to before the loop is given back: about 1 ms
Fragment = Callable[[str, dict[str, Any], str], str]  # template, view, language -> HTML
Key = tuple[str, str | None, str, bool]  # view, argument, language ("" when bilingual), html
Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]


class Screen:
    """One connected screen. ``post`` never waits; what cannot be written at once stays in the mailbox."""

    def __init__(self, send: Send, name: str = "", write: Write | None = None) -> None:
        self.name = name
        self._send = send
        self._write = write
        self._mail: str | None = None
        self._busy: asyncio.Task[None] | None = None
        self.sent_at = 0.0

    def post(self, text: str, frame: bytes = b"") -> None:
        """``frame``: the text framed already, when many are to get it (see :mod:`.push`)."""
        if self._busy is not None:
            self._mail = text
            return
        self.sent_at = monotonic()
        try:
            if frame and self._write is not None and self._write(frame):
                return
            sending = self._send({"type": "websocket.send", "text": text})
            waits_for = sending.send(None)  # runs the write now; an idle connection takes it without waiting
        except StopIteration:
            return
        except Exception:
            return  # the connection is gone: its receiver notices and leaves the channel
        self._busy = asyncio.get_running_loop().create_task(self._finish(sending, waits_for))

    async def _finish(self, sending: Coroutine[Any, Any, None], waits_for: Any) -> None:
        try:
            await _go_on(sending, waits_for)
            while self._mail is not None:
                text, self._mail = self._mail, None
                self.sent_at = monotonic()
                await self._send({"type": "websocket.send", "text": text})
        except Exception as error:
            log.debug("screen %s: %s", self.name, error)
        finally:
            self._busy = None

    def close(self) -> None:
        if self._busy is not None:
            self._busy.cancel()


@coroutine
def _go_on(sending: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    """Continue a coroutine that was started by hand, from the future it stopped at."""
    while True:
        try:
            value = yield waits_for
        except BaseException as error:
            waits_for = _step(sending.throw, error)
        else:
            waits_for = _step(sending.send, value)
        if waits_for is _ENDED:
            return


_ENDED = object()


def _step(advance: Callable[[Any], Any], value: Any) -> Any:
    try:
        return advance(value)
    except StopIteration:
        return _ENDED


class Channel:
    """One view for all screens that show it."""

    def __init__(self, kind: ViewKind, arg: str | None, lang: str, html: bool) -> None:
        self.kind, self.arg, self.lang, self.html = kind, arg, lang, html
        self.screens: set[Screen] = set()
        self.topics: frozenset[str] = frozenset()
        self.content = ""
        self.text = ""
        self.made_at = 0.0
        self.timer: asyncio.TimerHandle | None = None
        self.key: Key = (kind.name, arg, "" if kind.bilingual else lang, html)


class Feed:
    """All screens of one hall."""

    def __init__(
        self, runner: Runner, kinds: list[ViewKind], scene: Callable[[str, str | None], Scene], fragment: Fragment,
        intervals: tuple[float, float] = (0.25, 1.0),
    ) -> None:  # fmt: skip
        self.runner = runner
        self.kinds = {kind.name: kind for kind in kinds}
        self.channels: dict[Key, Channel] = {}
        self._scene = scene
        self._fragment = fragment
        self._intervals = intervals
        self._topics: dict[str, set[Channel]] = {}
        self._phones: asyncio.Task[None] | None = None
        self._phones_waiting: dict[Channel, None] = {}
        self._held: dict[Channel, None] = {}  # asked for during a commit
        runner.listen(self.published)

    # -- what happened

    def published(self, published: Published) -> None:
        """New calls go out at once; everything else at most once per interval."""
        if not self.channels:
            return
        rings = CALLS in published.topics
        touched = set().union(*(self._topics.get(topic, ()) for topic in published.topics))
        for channel in sorted(touched, key=_first):
            if not channel.kind.first:
                self._later(channel)
            elif rings and any(
                topic in channel.topics for topic in published.topics if topic.startswith((CALLS, "counter:"))
            ):
                self._refresh(channel)
            else:
                self._soon(channel, self._intervals[0])

    def touch(self, *topics: str) -> None:
        """Something outside the log changed what these screens show: a clip is ready, a printer is out of paper."""
        for topic in topics:
            for channel in list(self._topics.get(topic, ())):
                if channel.kind.first:
                    self._refresh(channel)
                else:
                    self._later(channel)

    def touch_view(self, name: str, arg: str | None) -> None:
        """As :meth:`touch`, for one view in all its languages and formats."""
        for lang, html in itertools.product(("", "zh", "en"), (False, True)):
            channel = self.channels.get((name, arg, lang, html))
            if channel is not None:
                self._soon(channel, self._intervals[0])

    def renew(self) -> None:
        """The tick: figures that need the present time."""
        for channel in sorted(self.channels.values(), key=_first):
            self._soon(channel, self._intervals[0]) if channel.kind.first else self._later(channel)

    def _soon(self, channel: Channel, interval: float) -> None:
        if channel.timer is not None:
            return
        wait = channel.made_at + interval - monotonic()
        if wait <= 0:
            self._refresh(channel)
        else:
            channel.timer = asyncio.get_running_loop().call_later(wait, self._refresh, channel)

    def _later(self, channel: Channel) -> None:
        self._phones_waiting[channel] = None
        if self._phones is None:
            self._phones = asyncio.get_running_loop().create_task(self._send_phones(), name="feed phones")

    async def _send_phones(self) -> None:
        """Phones after everything else, coalesced, and in chunks that give the loop back."""
        try:
            while self._phones_waiting:
                await self.runner.settled()
                chunk = list(self._phones_waiting)[:CHUNK]
                for channel in chunk:
                    del self._phones_waiting[channel]
                    self._soon(channel, self._intervals[1])
                await asyncio.sleep(0)
        finally:
            self._phones = None

    # -- making and sending

    def _refresh(self, channel: Channel) -> None:
        if channel.timer is not None:
            channel.timer.cancel()
            channel.timer = None
        if self.runner.committing:  # the state holds what may yet be lost
            if not self._held:
                self.runner.when_settled(self._let_go)
            self._held[channel] = None
            return
        try:
            changed = self._make(channel)
        except NotFound:
            return  # the thing shown left the hall (day turned, counter removed): the last view stays
        except Exception:
            log.exception("view %s failed", channel.key)
            return
        if changed:
            _post(channel.screens, channel.text)

    def _let_go(self) -> None:
        """The commit is over: make what was asked for meanwhile."""
        held, self._held = self._held, {}
        for channel in held:
            if channel.screens:
                self._refresh(channel)

    def _make(self, channel: Channel) -> bool:
        """Make the message anew; True when what it shows has changed."""
        hall = self.runner.state
        scene = self._scene(channel.lang, channel.arg)
        view = channel.kind.make(hall, channel.arg, scene)
        content = self._content(channel, view)
        channel.made_at = monotonic()
        self._subscribe(channel, channel.kind.topics(hall, channel.arg))
        changed = content != channel.content
        channel.content = content
        channel.text = f'{{"seq":{hall.seq},"at":"{iso(self.runner.now(), hall)}",{content}}}'
        return changed

    def _content(self, channel: Channel, view: dict[str, Any]) -> str:
        """The message without seq and instant: ``"view"``, or ``"html"`` and what our pages' scripts need of the view."""
        if not channel.html or channel.kind.template is None:
            return f'"view":{msgspec.json.encode(view).decode()}'
        html: dict[str, Any] = {"html": self._fragment(channel.kind.template, view, channel.lang)}
        html |= {name: view[name] for name in ("calls", "say", "state") if name in view}
        return msgspec.json.encode(html).decode()[1:-1]

    def _subscribe(self, channel: Channel, wanted: frozenset[str]) -> None:
        if wanted == channel.topics:
            return
        for topic in channel.topics - wanted:
            self._topics[topic].discard(channel)
            if not self._topics[topic]:
                del self._topics[topic]
        for topic in wanted - channel.topics:
            self._topics.setdefault(topic, set()).add(channel)
        channel.topics = wanted

    # -- screens come and go

    async def join(self, screen: Screen, name: str, arg: str | None, lang: str, html: bool) -> Channel:
        """Show a view on a screen; the first message is posted at once. Raises NotFound ``unknown-view`` and the view's own."""
        await self.runner.settled()
        kind = self.kinds.get(name)
        if kind is None:
            raise NotFound("unknown-view", view=name)
        html = html and kind.template is not None
        key = (name, arg, "" if kind.bilingual else lang, html)
        channel = self.channels.get(key)
        if channel is None:
            channel = Channel(kind, arg, key[2] or "zh", html)
            self._make(channel)
            self.channels[key] = channel
        elif channel.text.find(f'"seq":{self.runner.state.seq},', 0, 24) < 0:
            self._refresh(channel)  # a newcomer gets the present state, and so does everybody
        channel.screens.add(screen)
        screen.post(channel.text)
        return channel

    def leave(self, screen: Screen, channel: Channel) -> None:
        screen.close()
        channel.screens.discard(screen)
        if not channel.screens:
            self._subscribe(channel, frozenset())
            if channel.timer is not None:
                channel.timer.cancel()
                channel.timer = None
            self._phones_waiting.pop(channel, None)
            self.channels.pop(channel.key, None)

    def view(self, name: str, arg: str | None, lang: str) -> dict[str, Any]:
        """The view as it is now, for the API and for a page's first paint. Call after ``runner.settled()``."""
        return self.kinds[name].make(self.runner.state, arg, self._scene(lang, arg))

    def watching(self, name: str) -> int:
        return sum(len(channel.screens) for key, channel in self.channels.items() if key[0] == name)

    # -- the heartbeat and the tick

    async def beat(self, seconds: float, tick_seconds: float) -> None:
        """For ever: send the last view again to screens that got nothing for ``seconds``; renew figures every tick."""
        ticked = monotonic()
        while True:
            await asyncio.sleep(min(1.0, seconds / 4))
            await self.runner.settled()
            now = monotonic()
            if now - ticked >= tick_seconds:
                ticked = now
                self.renew()
            for channel in list(self.channels.values()):
                quiet = [screen for screen in channel.screens if now - screen.sent_at >= seconds]
                if quiet:
                    self._again(channel, quiet)

    def _again(self, channel: Channel, screens: list[Screen]) -> None:
        """The last view, with a new ``at``."""
        start = channel.text.index('"at":"') + 6
        end = channel.text.index('"', start)
        text = f"{channel.text[:start]}{iso(self.runner.now(), self.runner.state)}{channel.text[end:]}"
        _post(screens, text)


def _post(screens: Collection[Screen], text: str) -> None:
    frame = frame_of(text)
    for screen in screens:
        screen.post(text, frame)


def _first(channel: Channel) -> tuple[bool, bool]:
    """Displays and desks before phones; plain views, which cost microseconds, before pages."""
    return not channel.kind.first, channel.html
