"""Connections that never finish, and heads that never end."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest
import uvicorn

from queue_server import bounded_http


async def hello(scope, receive, send) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextlib.asynccontextmanager
async def serving():
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(hello, http=bounded_http.BoundedHttp, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve([listener]))
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = True
    await task


def in_loop(test):
    return lambda monkeypatch: asyncio.run(test(monkeypatch))


@in_loop
async def test_a_request_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http, "REQUEST_SECONDS_MAX", 0.2)
    async with serving() as port:
        for beginning in (b"", b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(beginning)
            assert not (await asyncio.wait_for(reader.read(), 10)).endswith(b"ok") or beginning.startswith(b"POST")
            writer.close()


@in_loop
async def test_an_idle_connection_may_be_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http, "REQUEST_SECONDS_MAX", 0.1)
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(0.25)
        writer.close()


@in_loop
async def test_a_head_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
            for number in range(400):
                writer.write(b"X-%d: " % number + b"y" * 1000 + b"\r\n")
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            assert b" 200 " not in await asyncio.wait_for(reader.read(), 10)
        writer.close()
