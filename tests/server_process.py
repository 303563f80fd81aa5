"""A real server in a process of its own, and plain clients for it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from factory import TEXT

from queue_server import maintenance
from queue_server.clock import wall_us

START_SECONDS_MAX = 30
HALL = "/api/v1/halls/small"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ServerProcess:
    """``python -m queue_server serve`` on a data directory; its output is in ``output`` for when something fails."""

    def __init__(self, data: Path, port: int | None = None, **environ: str) -> None:
        self.data, self.port = data, port or free_port()
        self.output = data / "server.log"
        command = [*SERVE, "--data", str(data), "--port", str(self.port), "--host", "127.0.0.1", "--always-open"]
        with self.output.open("ab") as out:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, "YOUXU_VOICE": "off", **environ}
            )

    def said(self) -> str:
        return self.output.read_text("utf-8", "replace")[-4_000:]

    def ready(self) -> ServerProcess:
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the server ended:\n{self.said()}"
            with contextlib.suppress(OSError):
                if asyncio.run(request(self.port, "GET", "/readyz")).status == 200:
                    return self
            time.sleep(0.02)
        raise AssertionError(f"the server does not answer:\n{self.said()}")

    def kill(self) -> None:
        """As a power cut would, for this process."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(20)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()


SERVE = [sys.executable, "-m", "queue_server", "serve"]


@contextlib.contextmanager
def served(data: Path, **environ: str) -> Iterator[ServerProcess]:
    process = ServerProcess(data, **environ)
    try:
        yield process.ready()
    finally:
        if process.process.poll() is None:
            process.stop()


def small_data(directory: Path, *roles: str) -> dict[str, str]:
    """A data directory with the small hall and a token for each role."""
    maintenance.init_hall(directory, TEXT, update=False)
    return {role: maintenance.new_token(directory, role, role, wall_us()) for role in roles}  # type: ignore[arg-type]


class Answer(NamedTuple):
    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


async def request(
    port: int, method: str, path: str, token: str | None = None, body: Any = None, key: str | None = None
) -> Answer:
    """One request on a connection of its own. Raises OSError when no whole answer came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        raw = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", "connection: close", f"content-length: {len(raw)}"]
        lines += [f"authorization: Bearer {token}"] if token else []
        lines += [f"idempotency-key: {key}"] if key else []
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + raw)
        await writer.drain()
        head, end, rest = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    if not end:
        raise ConnectionResetError("the answer was cut off")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    if len(rest) < int(fields.get(b"content-length", b"0")):
        raise ConnectionResetError("the answer was cut off")
    return Answer(int(head.split(b" ", 2)[1]), rest)
