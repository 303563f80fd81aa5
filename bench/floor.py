"""The floor: what the same stack costs without a hall. Bare Starlette, sqlite3 (WAL, synchronous=FULL), no rules.

    POST /call      one commit on the loop's thread, then the call is pushed to every display, then it is answered
    POST /tickets   bearer token looked up by its SHA-256, JSON decoded, one row of 300 bytes; group commit: one writer
                    task, one hop to its thread per batch, answered after COMMIT
    WS   /live      a display

uvicorn's settings are those of ``queue_server.serving``. ``python -m bench.floor --port N --dir DIR`` is started by ``servers``.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

TOKEN = "floor-token"
ROW_BYTES = 300
PUSH_BYTES = 300


class Wish(msgspec.Struct):
    """What POST /tickets takes: the same body as ours."""

    service: str | None = None
    kind: str | None = None
    needs: tuple[str, ...] = ()
    channel: str = "kiosk"
    lang: str = "zh"


class Floor:
    """State of the server: a database, displays, and rows that wait for the writer."""

    def __init__(self, directory: Path) -> None:
        self.database = sqlite3.connect(directory / "floor.db", isolation_level=None, check_same_thread=False)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = FULL")
        self.database.execute("CREATE TABLE log (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)")
        self.displays: set[WebSocket] = set()
        self.calls = self.seq = 0
        self.tokens = {hashlib.sha256(TOKEN.encode()).digest(): "kiosk"}
        self.decode = msgspec.json.Decoder(Wish).decode
        self.waiting: list[tuple[str, asyncio.Future[int]]] = []
        self.wake = asyncio.Event()
        self.thread = ThreadPoolExecutor(1)

    async def call(self, request: Request) -> Response:
        msgspec.json.decode(await request.body() or b"{}")
        self.calls += 1
        call = f"c{self.calls}"
        self.database.execute("BEGIN IMMEDIATE")
        self.seq += 1
        self.database.execute("INSERT INTO log VALUES (?, ?)", (self.seq, call))
        self.database.execute("COMMIT")
        message: dict[str, Any] = {"seq": self.seq, "at": "", "view": {"calls": [{"id": call, "number": "A017"}], "say": ""}}
        message["view"]["say"] = "x" * (PUSH_BYTES - len(msgspec.json.encode(message)))
        text = msgspec.json.encode(message).decode()
        for display in list(self.displays):
            await display.send_text(text)
        return Response(msgspec.json.encode({"call": {"id": call}}), media_type="application/json")

    async def take(self, request: Request) -> Response:
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or hashlib.sha256(secret.encode()).digest() not in self.tokens:
            return Response(status_code=401)
        wish = self.decode(await request.body())
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.waiting.append(((wish.service or "").ljust(ROW_BYTES), done))
        self.wake.set()
        seq = await done
        return Response(msgspec.json.encode({"ticket": {"id": seq}}), 201, media_type="application/json")

    async def write(self) -> None:
        """The one writer: what has gathered is one transaction, in one hop."""
        loop = asyncio.get_running_loop()
        while True:
            await self.wake.wait()
            self.wake.clear()
            while self.waiting:
                batch, self.waiting = self.waiting, []
                rows = [(self.seq + 1 + i, body) for i, (body, _) in enumerate(batch)]
                await loop.run_in_executor(self.thread, self.commit, rows)
                self.seq += len(rows)
                for (seq, _), (_, done) in zip(rows, batch, strict=True):
                    if not done.done():
                        done.set_result(seq)

    def commit(self, rows: list[tuple[int, str]]) -> None:
        self.database.execute("BEGIN IMMEDIATE")
        self.database.executemany("INSERT INTO log VALUES (?, ?)", rows)
        self.database.execute("COMMIT")

    async def live(self, socket: WebSocket) -> None:
        await socket.accept()
        self.displays.add(socket)
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            self.displays.discard(socket)


async def ready(request: Request) -> Response:
    return Response(b"{}", media_type="application/json")


async def serve(port: int, directory: Path) -> None:
    floor = Floor(directory)
    routes = [
        Route("/readyz", ready), Route("/call", floor.call, methods=["POST"]),
        Route("/tickets", floor.take, methods=["POST"]), WebSocketRoute("/live", floor.live),
    ]  # fmt: skip
    config = uvicorn.Config(
        Starlette(routes=routes), host="127.0.0.1", port=port, http="httptools", ws="websockets-sansio",
        ws_per_message_deflate=False, ws_ping_interval=20, ws_ping_timeout=40, ws_max_size=16_384, access_log=False,
        log_level="warning", backlog=4096, server_header=False, lifespan="off", timeout_graceful_shutdown=1,
    )  # fmt: skip
    writer = asyncio.create_task(floor.write())
    try:
        await uvicorn.Server(config).serve()
    finally:
        writer.cancel()


def main() -> None:
    import resource

    import uvloop

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dir", type=Path, required=True)
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    os.makedirs(args.dir, exist_ok=True)
    uvloop.run(serve(args.port, args.dir))


if __name__ == "__main__":
    main()
