"""A real server in trouble: a second one on its data, a full disk, screens that are slow or dead, an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import socket
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest
from server_process import HALL, SERVE, ServerProcess, free_port, request, served, small_data
from websockets.asyncio.client import ClientConnection, connect

from queue_server.store import verify

pytestmark = pytest.mark.timeout(90)
UNLIMITED = resource.RLIM_INFINITY
CALLS = 300


def url(server: ServerProcess, view: str) -> str:
    return f"ws://127.0.0.1:{server.port}{HALL}/live/{view}"


async def ask(server: ServerProcess, token: str, path: str, body: Any = None, **options: Any) -> Any:
    return await request(server.port, "POST", HALL + path, token, body, **options)


# ------------------------------------------------------------------ two servers


def test_a_second_server_on_the_same_data_refuses(tmp_path: Path) -> None:
    tokens = small_data(tmp_path, "manager")
    with served(tmp_path) as server:
        second = subprocess.run(
            [*SERVE, "--data", str(tmp_path), "--port", str(free_port())], capture_output=True, text=True, timeout=60
        )
        assert second.returncode == 2
        line = second.stderr.strip().splitlines()[-1]
        assert str(server.process.pid) in line and "Traceback" not in second.stderr
        assert asyncio.run(ask(server, tokens["manager"], "/tickets", {"service": "a1"})).status == 201


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    small_data(tmp_path / "one"), small_data(tmp_path / "two")
    with served(tmp_path / "one") as server:
        second = subprocess.run(
            [*SERVE, "--data", str(tmp_path / "two"), "--host", "127.0.0.1", "--port", str(server.port)],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert (second.returncode, len(second.stderr.strip().splitlines())) == (2, 1)


# ------------------------------------------------------------------ a full disk


def test_a_full_disk_changes_nothing_and_passes(tmp_path: Path) -> None:
    """Files may not grow any more: as full as a disk can be made without another file system."""
    tokens = small_data(tmp_path, "manager")
    with served(tmp_path) as server:
        manager = tokens["manager"]
        for _ in range(3):
            assert asyncio.run(ask(server, manager, "/tickets", {"service": "a1"})).status == 201
        before = asyncio.run(request(server.port, "GET", f"{HALL}/log", manager)).json
        sizes = [path.stat().st_size for path in (tmp_path / "halls" / "small").iterdir()]
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (min(sizes), UNLIMITED))
        for key in (None, "k"):
            answer = asyncio.run(ask(server, manager, "/tickets", {"service": "a1"}, key=key))
            assert (answer.status, answer.json["code"]) == (503, "store-failed")
        noted = asyncio.run(ask(server, manager, "/counters/1/open", {"clerk": "x"}))
        assert noted.status == 503
        assert asyncio.run(request(server.port, "GET", "/readyz")).status == 503
        assert asyncio.run(request(server.port, "GET", f"{HALL}/services")).status == 200, "reading goes on"
        assert asyncio.run(request(server.port, "GET", f"{HALL}/log", manager)).json == before
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (UNLIMITED, UNLIMITED))
        after = asyncio.run(ask(server, manager, "/tickets", {"service": "a1"}, key="k"))
        assert (after.status, after.json["ticket"]["number"]) == (201, "A004")
        assert asyncio.run(request(server.port, "GET", "/readyz")).status == 200
    assert verify(tmp_path / "halls" / "small") == []


def test_a_note_cannot_be_sealed_on_a_full_disk(tmp_path: Path) -> None:
    tokens = small_data(tmp_path, "manager")
    with served(tmp_path) as server:
        manager = tokens["manager"]

        async def story() -> None:
            await ask(server, manager, "/counters/1/open", {"clerk": "li"})
            await ask(server, manager, "/tickets", {"service": "a1"})
            await ask(server, manager, "/counters/1/next")
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1, UNLIMITED))
            held = await ask(server, manager, "/counters/1/hold", {"kind": "step", "note": "身份证"})
            assert (held.status, held.json["code"]) == (503, "store-failed")
            resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (UNLIMITED, UNLIMITED))
            assert (await ask(server, manager, "/counters/1/hold", {"kind": "step", "note": "身份证"})).status == 200

        asyncio.run(story())


# ------------------------------------------------------------------ screens


async def last_call(screen: ClientConnection, wanted: str) -> dict[str, Any]:
    """Read on until this call is the newest on the board."""
    while True:
        message: dict[str, Any] = json.loads(await screen.recv())
        if [call["id"] for call in message["view"]["calls"][:1]] == [wanted]:
            return message


def test_a_screen_that_never_reads_delays_nobody_and_is_not_closed(tmp_path: Path) -> None:
    tokens = small_data(tmp_path, "manager")

    async def story(server: ServerProcess, manager: str) -> None:
        await ask(server, manager, "/counters/1/open", {"clerk": "li"})
        for _ in range(20):  # long messages, so that the pipe is full before long
            await ask(server, manager, "/notices", {"text": {"zh": "忙" * 300, "en": "busy " * 60}})
        lazy = await _upgraded(server.port, f"{HALL}/live/board")
        async with connect(url(server, "board"), proxy=None, max_size=None) as board:
            for number in range(CALLS):
                await ask(server, manager, "/tickets", {"service": "a1"})
                await ask(server, manager, "/counters/1/next")
                await last_call(board, f"c{number + 1}")
                await ask(server, manager, "/counters/1/put-back" if number % 2 else "/counters/1/start")
                if number % 2 == 0:
                    await ask(server, manager, "/counters/1/finish")
        with contextlib.closing(lazy):
            read = await asyncio.to_thread(_read_until, lazy, f'"c{CALLS}"'.encode())
            assert read < CALLS, "it never waited: this proves nothing"
            await ask(server, manager, "/tickets", {"service": "a1"})
            await ask(server, manager, "/counters/2/open", {"clerk": "wang"})
            await ask(server, manager, "/counters/2/next")
            await asyncio.to_thread(_read_until, lazy, f'"c{CALLS + 1}"'.encode())

    with served(tmp_path) as server:
        asyncio.run(story(server, tokens["manager"]))


async def _upgraded(port: int, path: str) -> socket.socket:
    """A WebSocket that takes the first bytes and then reads no more."""

    def open_it() -> socket.socket:
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        plain.connect(("127.0.0.1", port))
        plain.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert plain.recv(12) == b"HTTP/1.1 101"
        return plain

    return await asyncio.to_thread(open_it)


def _read_until(plain: socket.socket, wanted: bytes) -> int:
    """Read on, and count the messages; it is an error when the connection ends or falls silent before."""
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)  # else the kernel empties the pipe drop by drop
    plain.settimeout(30.0)
    read = b""
    while wanted not in read:
        chunk = plain.recv(65_536)
        assert chunk, "it was closed"
        read += chunk
    return read.count(b'{"seq":')


def test_dead_screens_are_forgotten(tmp_path: Path) -> None:
    """Half of them vanish without a word; the others show every call, and the dead ones are gone in the end."""
    tokens = small_data(tmp_path, "manager")

    async def story(server: ServerProcess, manager: str) -> None:
        await ask(server, manager, "/counters/1/open", {"clerk": "li"})
        silent = [await _upgraded(server.port, f"{HALL}/live/board") for _ in range(10)]
        reset = [await _upgraded(server.port, f"{HALL}/live/board") for _ in range(10)]
        for plain in reset:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            plain.close()
        async with connect(url(server, "board"), proxy=None) as board:
            await ask(server, manager, "/tickets", {"service": "a1"})
            await ask(server, manager, "/counters/1/next")
            await last_call(board, "c1")
            while await _screens(server, manager) > 1:
                await board.recv()
        for plain in silent:
            plain.close()

    with served(tmp_path, YOUXU_PING_SECONDS="0.3", YOUXU_PONG_SECONDS="0.3") as server:
        asyncio.run(story(server, tokens["manager"]))


async def _screens(server: ServerProcess, manager: str) -> int:
    """Watching boards; the question itself makes the board change, so that there is something to read."""
    await ask(server, manager, "/tickets", {"service": "a1"})
    text = (await request(server.port, "GET", "/metrics")).body.decode()
    line = next(line for line in text.splitlines() if line.startswith("youxu_screens{") and 'view="board"' in line)
    return int(float(line.split()[-1]))


# ------------------------------------------------------------------ the end


def test_an_orderly_end_with_screens_connected(tmp_path: Path) -> None:
    tokens = small_data(tmp_path, "manager")
    server = ServerProcess(tmp_path).ready()

    async def story() -> None:
        async with connect(url(server, "board"), proxy=None) as board:
            await board.recv()
            await ask(server, tokens["manager"], "/tickets", {"service": "a1"})
            assert await asyncio.to_thread(server.stop) in (0, -15)

    asyncio.run(story())
    assert "Traceback" not in server.said()
    assert verify(tmp_path / "halls" / "small") == []
