"""Frames made once: the same bytes as the long way, and the long way whenever the short one is not open."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect

from queue_server.feed import Screen
from queue_server.push import PushProtocol, frame_of, write_of

SHORT, LONG, LONGER = "请 A046 号", "请 A046 号" * 100, "请 A046 号" * 10_000


async def _serve(app: Starlette, client: Any) -> None:
    """Run an app on our protocol and a client against it."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, ws=PushProtocol, ws_per_message_deflate=False, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    try:
        await asyncio.wait_for(client(f"ws://127.0.0.1:{listening.getsockname()[1]}/"), 10)
    finally:
        server.should_exit = True
        await serving
        await asyncio.sleep(0.05)  # the loop closes the last transports


def test_a_frame_arrives_as_the_text_it_was_made_of() -> None:
    async def push(ws: WebSocket) -> None:
        await ws.accept()
        write = write_of(ws.scope)
        assert write is not None
        for text in (SHORT, LONG, LONGER):
            assert write(frame_of(text))
            await ws.send_text(text)
        await ws.close()
        assert not write(frame_of(SHORT)), "nothing is written to a connection that closes"

    async def client(url: str) -> None:
        async with connect(url, compression=None) as line:
            assert [text async for text in line] == [SHORT, SHORT, LONG, LONG, LONGER, LONGER]

    asyncio.run(_serve(Starlette(routes=[WebSocketRoute("/", push)]), client))


def test_a_peer_that_does_not_read_gets_the_newest_when_it_reads_again() -> None:
    connected: asyncio.Queue[Screen] = asyncio.Queue()

    async def push(ws: WebSocket) -> None:
        await ws.accept()
        connected.put_nowait(Screen(ws.send, "slow", write_of(ws.scope)))
        try:
            await ws.receive()
        except WebSocketDisconnect:
            pass

    async def client(url: str) -> None:
        async with connect(url, compression=None, max_queue=1) as line:
            screen, posted = await connected.get(), 0
            while screen._busy is None and posted < 20_000:  # until the buffers on the way are full
                posted += 1
                screen.post(f"{posted} {LONG}", frame_of(f"{posted} {LONG}"))
            assert screen._busy is not None, "the mailbox was never needed"
            for text in ("older", "newest"):
                screen.post(text, frame_of(text))
            read = []
            while not read or read[-1] != "newest":
                read.append(await line.recv())
            assert [int(text.split(" ", 1)[0]) for text in read[:-1]] == list(range(1, posted + 1)), "order, and none lost before"

    asyncio.run(_serve(Starlette(routes=[WebSocketRoute("/", push)]), client))


def test_without_the_extension_the_screen_sends_the_usual_way() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    assert write_of({"type": "websocket"}) is None
    for write in (None, lambda frame: False):
        Screen(send, "test", write).post(SHORT, frame_of(SHORT))
    assert sent == [{"type": "websocket.send", "text": SHORT}] * 2


def test_a_frame_that_was_written_is_not_sent_again() -> None:
    frames: list[bytes] = []

    async def send(message: Any) -> None:
        raise AssertionError("sent twice")

    Screen(send, "test", lambda frame: frames.append(frame) is None).post(SHORT, frame_of(SHORT))
    assert frames == [frame_of(SHORT)]
