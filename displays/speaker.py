"""A board without a screen: prints calls as lines, lets them sound, and reports both.

The server decides what sounds, when and in which order; here each ``(call id, count)`` is printed once and
spoken once, also across restarts of the server and broken lines.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import logging
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from queue_server.web.words import t

from .speaker_sound import Sound, SoundFailed

log = logging.getLogger(__name__)

BACK_OFF_SECONDS = (0.5, 5.0)
DENIED_SECONDS = 10.0
QUIET_SECONDS_MAX = 25.0  # the server's heartbeat is 10 s
MESSAGE_BYTES_MAX = 1 << 20
NEWS_SECONDS = 60.0  # an older call is printed for the record only: it was not shown when it mattered
REMEMBERED = 4096  # rings; about two busy days of a hall

Ring = tuple[str, int]  # call id, count


class Followed(NamedTuple):
    """The board that is followed. ``zone`` None: the whole hall. ``name``: what the server calls this box."""

    url: str
    hall: str
    zone: str | None
    name: str = "speaker"


class Speaker:
    """The box beside one board."""

    def __init__(
        self, board: Followed, token: str, sound: Sound, *, lang: str = "zh", out: Callable[[str], None] = log.info
    ) -> None:
        self._address = _address(board.url, board.hall, board.zone, board.name if sound.sounds else None)
        self._token = token
        self._sound = sound
        self._lang = lang
        self._out = out
        self._printed: dict[Ring, None] = {}
        self._spoken: dict[Ring, None] = {}
        self._line: ClientConnection | None = None
        self._to_say: asyncio.Queue[tuple[dict[str, Any], list[dict[str, Any]]]] = asyncio.Queue()
        self._blocked = False

    async def run(self) -> None:
        """Follow the board and speak, for ever."""
        async with self._sound, asyncio.TaskGroup() as group:
            group.create_task(self._follow())
            group.create_task(self._speak())

    # -- the line

    async def _follow(self) -> None:
        wait = BACK_OFF_SECONDS[0]
        while True:
            try:
                async with connect(
                    self._address, additional_headers=self._headers(), max_size=MESSAGE_BYTES_MAX, proxy=None
                ) as line:
                    wait = BACK_OFF_SECONDS[0]
                    await self._listen(line)
            except InvalidStatus as refusal:
                detail = _detail(refusal.response.body) or refusal.response.status_code
                self._out(t(self._lang, "speaker.denied", detail=detail))
                wait = DENIED_SECONDS
            except (OSError, TimeoutError, WebSocketException):
                if self._line is not None:
                    self._out(t(self._lang, "speaker.lost"))
            self._line = None
            await asyncio.sleep(wait)
            wait = min(wait * 2, BACK_OFF_SECONDS[1])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    async def _listen(self, line: ClientConnection) -> None:
        while True:
            async with asyncio.timeout(QUIET_SECONDS_MAX):
                message = json.loads(await line.recv())
            if self._line is None:
                self._line = line
                self._out(t(self._lang, "speaker.connected"))
            await self.take(message)

    async def _send(self, **words: object) -> None:
        """Reports are worth no trouble: when the line is broken they are lost."""
        if self._line is not None:
            with contextlib.suppress(WebSocketException):
                await self._line.send(json.dumps(words))

    # -- what it says

    async def take(self, message: dict[str, Any]) -> None:
        """One message: print what is new, and queue what shall sound."""
        view = message["view"]
        calls: list[dict[str, Any]] = view.get("calls") or []
        for call in reversed(calls):
            ring = (call["id"], call["count"])
            if _first(self._printed, ring):
                self._out(self._line_of(call))
                if _seconds(call["at"], message["at"]) < NEWS_SECONDS:
                    await self._send(ack=ring[0], count=ring[1], how="shown")
        say = view.get("say")
        if (
            say
            and self._sound.sounds
            and not _over(say, message["at"])
            and _first(self._spoken, (say["id"], say["count"]))
        ):
            self._to_say.put_nowait((say, calls))

    def _line_of(self, call: dict[str, Any]) -> str:
        return t(
            self._lang, "speaker.again" if call["count"] > 1 else "speaker.call", count=call["count"],
            time=call["at"][11:19], number=call["number"], label=call.get("label", call["counter"]),
        )  # fmt: skip

    async def _speak(self) -> None:
        """One sentence at a time, in the server's order."""
        while True:
            say, calls = await self._to_say.get()
            try:
                await self._sound.say(say, calls)
            except SoundFailed as error:
                self._out(t(self._lang, "speaker.failed", reason=error))
                self._blocked = True
                await self._send(sound="blocked")
                continue
            if self._blocked:
                self._blocked = False
                await self._send(sound="ok")
            await self._send(ack=say["id"], count=say["count"], how="spoken")


def _address(url: str, hall: str, zone: str | None, name: str | None) -> str:
    """``name`` None: this box makes no sound, and does not say it could."""
    path = f"/api/v1/halls/{quote(hall, safe='')}/live/board{'/' + quote(zone, safe='') if zone else ''}"
    query = f"?sound=1&name={quote(name)}" if name is not None else ""
    return "ws" + url.rstrip("/").removeprefix("http") + path + query


def _first(known: dict[Ring, None], ring: Ring) -> bool:
    """Whether the ring is new; it is known from now on."""
    if ring in known:
        return False
    known[ring] = None
    if len(known) > REMEMBERED:
        del known[next(iter(known))]
    return True


def _over(say: dict[str, Any], at: str) -> bool:
    """Too late to begin: the server has gone on."""
    expires: str | None = say.get("expires")
    return expires is not None and _seconds(expires, at) >= 0


def _seconds(earlier: str, later: str) -> float:
    return (datetime.datetime.fromisoformat(later) - datetime.datetime.fromisoformat(earlier)).total_seconds()


def _detail(body: bytes | bytearray | None) -> str:
    try:
        return str(json.loads(bytes(body or b"")).get("detail", ""))
    except (ValueError, AttributeError):
        return ""
