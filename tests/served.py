"""A real server on a free port, for tests that talk to it from outside."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

from queue_server import maintenance
from queue_server.clock import wall_us

START_SECONDS_MAX = 15


@contextlib.contextmanager
def serve(data: Path) -> Iterator[tuple[str, str]]:
    """Its address, and a token of an admin."""
    port = free_port()
    command = [sys.executable, "-m", "queue_server", "serve", "--always-open", "--host", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--data", str(data), "--port", str(port)], stderr=subprocess.DEVNULL,
        env={**os.environ, "YOUXU_VOICE": "off"},
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/readyz", process)
        yield address, maintenance.new_token(data, "admin", "test", wall_us())
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end:
        assert process.poll() is None, "the server has ended"
        with contextlib.suppress(OSError), urlopen(address, timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("the server is not ready")
