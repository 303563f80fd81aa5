"""The one client of every measure, for both servers: raw sockets on uvloop, as few microseconds a message as Python allows.

:class:`Caller` is a keep-alive HTTP connection with one request at a time, :class:`Screen` a WebSocket that only listens.
"""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Callable
from typing import Any

Done = Callable[[int, bytes, int], None]  # status, body, instant of the answer in monotonic nanoseconds
CONNECT_AT_ONCE = 50


def request(method: str, path: str, token: str = "", body: bytes = b"", key: str = "") -> bytes:
    """A whole HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", "content-type: application/json", f"content-length: {len(body)}"]
    if token:
        lines.append(f"authorization: Bearer {token}")
    if key:
        lines.append(f"idempotency-key: {key}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Caller(asyncio.Protocol):
    """One connection. The next request is written from the callback of the one before: no task, no future between."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._rest = b""
        self._done: Done | None = None

    @classmethod
    async def connect(cls, port: int) -> Caller:
        caller = cls(port)
        await caller._connect()
        return caller

    async def _connect(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def send(self, raw: bytes, done: Done) -> None:
        self._done = done
        self._transport.write(raw)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        if self._rest:
            data = self._rest + data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self._rest = data
            return
        at = data.find(b"content-length: ", 0, end)
        length = int(data[at + 16 : data.find(b"\r", at)]) if at > 0 else 0
        if len(data) < end + 4 + length:
            self._rest = data
            return
        self._rest = b""
        done, self._done = self._done, None
        if done is not None:
            done(int(data[9:12]), data[end + 4 :], now)

    async def ask(self, raw: bytes) -> tuple[int, bytes, int]:
        """Send and wait for the answer; on a new connection when the server has closed the idle one."""
        if self._transport.is_closing():
            await self._connect()
        answered: asyncio.Future[tuple[int, bytes, int]] = asyncio.get_running_loop().create_future()

        def done(*answer: Any) -> None:
            if not answered.done():
                answered.set_result(answer)

        self.send(raw, done)
        return await asyncio.wait_for(answered, 60)

    def connection_lost(self, error: Exception | None) -> None:
        if self._done is not None:
            self._done(0, b"connection lost", time.monotonic_ns())

    def close(self) -> None:
        self._transport.close()


class Watch:
    """All screens together: when has the last of them the thing looked for?"""

    def __init__(self) -> None:
        self.screens: list[Screen] = []
        self.open = 0
        self.refused = ""
        self.needle = b""
        self.missing = 0
        self.last_at = 0
        self._all: asyncio.Future[None] | None = None

    def look_for(self, needle: bytes) -> asyncio.Future[None]:
        """From now on count the screens that get a message with these bytes in it."""
        self.needle, self.missing = needle, len(self.screens)
        self._all = asyncio.get_running_loop().create_future()
        return self._all

    def seen(self) -> None:
        self.missing -= 1
        if not self.missing and self._all is not None:
            self.last_at = time.monotonic_ns()
            self._all.set_result(None)

    def close(self) -> None:
        for screen in self.screens:
            screen.close()


class Screen(asyncio.Protocol):
    """A display. A message that comes in one piece, as nearly all do, costs one look for the bytes."""

    def __init__(self, watch: Watch, opening: bytes, keep: Callable[[bytes], None] | None = None) -> None:
        self._watch, self._opening, self._keep = watch, opening, keep
        self._open = False
        self._rest = b""
        self._saw = b""
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        transport.write(self._opening)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if not self._rest and self._open and data[0] == 0x81:
            n = data[1]
            if len(data) == ((data[2] << 8 | data[3]) + 4 if n == 126 else n + 2):
                watch = self._watch
                if watch.needle in data and self._saw is not watch.needle:
                    self._saw = watch.needle
                    watch.seen()
                if self._keep is not None:
                    self._keep(data[4 if n == 126 else 2 :])
                return
        self._slowly(self._rest + data)

    def _slowly(self, data: bytes) -> None:
        """The answer to the opening, pieces of messages, several at once, pings."""
        if not self._open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._rest = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                self._watch.refused = data[:200].decode(errors="replace")
                return
            self._open = True
            self._watch.open += 1
            data = data[end + 4 :]
        while len(data) >= 4:
            size, head = _length(data)
            if len(data) < head + size:
                break
            self._message(data[0] & 15, data[head : head + size])
            data = data[head + size :]
        self._rest = data

    def _message(self, opcode: int, payload: bytes) -> None:
        if opcode == 9:  # an answer to a ping must be masked: a mask of zeros leaves it as it is
            self._transport.write(bytes((0x8A, 0x80 | len(payload))) + bytes(4) + payload)  # type: ignore[attr-defined]
        elif opcode == 1:
            if self._watch.needle in payload and self._saw is not self._watch.needle:
                self._saw = self._watch.needle
                self._watch.seen()
            if self._keep is not None:
                self._keep(payload)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True

    def close(self) -> None:
        self._transport.close()


def _length(data: bytes) -> tuple[int, int]:
    """Size of the payload and of the head of a frame."""
    size = data[1] & 127
    if size == 126:
        return data[2] << 8 | data[3], 4
    if size == 127:
        return (int.from_bytes(data[2:10]), 10) if len(data) >= 10 else (1 << 62, 10)
    return size, 2


def opening(path: str, token: str = "") -> bytes:
    """The request that opens a WebSocket."""
    lines = [
        f"GET {path} HTTP/1.1", "host: 127.0.0.1", "upgrade: websocket", "connection: Upgrade",
        "sec-websocket-version: 13", f"sec-websocket-key: {base64.b64encode(os.urandom(16)).decode()}",
    ]  # fmt: skip
    if token:
        lines.append(f"authorization: Bearer {token}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


async def watch_on(port: int, path: str, count: int, token: str = "") -> Watch:
    """Connect ``count`` screens and wait until all are there."""
    watch = Watch()
    for begin in range(0, count, CONNECT_AT_ONCE):
        await join(watch, port, [(path, None)] * min(CONNECT_AT_ONCE, count - begin), token)
    return watch


async def join(watch: Watch, port: int, views: list[tuple[str, Callable[[bytes], None] | None]], token: str) -> None:
    """Connect one screen per (path, what keeps its messages)."""
    loop = asyncio.get_running_loop()
    wanted = watch.open + len(views)
    made = [
        loop.create_connection(lambda p=path, k=keep: Screen(watch, opening(p, token), k), "127.0.0.1", port)  # type: ignore[misc]
        for path, keep in views
    ]
    watch.screens += [screen for _, screen in await asyncio.gather(*made)]
    deadline = time.monotonic() + 60
    while watch.open < wanted:
        assert not watch.refused, watch.refused
        assert time.monotonic() < deadline, f"only {watch.open} of {wanted} screens could connect"
        await asyncio.sleep(0.002)


async def callers(port: int, count: int) -> list[Caller]:
    return list(await asyncio.gather(*(Caller.connect(port) for _ in range(count))))


async def flood(connections: list[Caller], seconds: float, make: Callable[[], bytes], wanted: int) -> tuple[float, list[int]]:
    """Every connection asks again as soon as it is answered, for so long. Gives answers per second, and nanoseconds each."""
    taken: list[int] = []
    begun = time.monotonic_ns()
    end = begun + int(seconds * 1e9)
    left = len(connections)
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def go(caller: Caller) -> None:
        sent = time.monotonic_ns()

        def done(status: int, body: bytes, now: int) -> None:
            nonlocal left
            if status != wanted:
                if not over.done():
                    over.set_exception(RuntimeError(f"status {status}: {body[:200]!r}"))
                return
            taken.append(now - sent)
            if now < end:
                go(caller)
                return
            left -= 1
            if not left and not over.done():
                over.set_result(None)

        caller.send(make(), done)

    for caller in connections:
        go(caller)
    await asyncio.wait_for(over, seconds + 60)
    return len(taken) / ((time.monotonic_ns() - begun) / 1e9), taken
