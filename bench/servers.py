"""Server processes of a run: ours and the floor, what they use, and their end."""

from __future__ import annotations

import datetime
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS_MAX = 120
PAGE = os.sysconf("SC_PAGE_SIZE")
HERTZ = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent


class Server:
    """One process, and how to ask it."""

    def __init__(self, command: list[str], port: int) -> None:
        self.port = port
        self.begun = time.monotonic()
        self.took = 0.0  # seconds from the start of the process until it was ready
        environment = {**os.environ, "YOUXU_VOICE": "off", "PYTHONWARNINGS": "ignore"}
        self._words = tempfile.TemporaryFile()
        self.process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stderr=self._words)

    def wait(self) -> None:
        """Until it is ready."""
        while time.monotonic() - self.begun < START_SECONDS_MAX:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended: {self.words()}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    self.took = time.monotonic() - self.begun
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.01)
        raise RuntimeError("the server did not get ready")

    @property
    def rss(self) -> int:
        """Bytes in memory."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / HERTZ

    def words(self) -> str:
        """The end of what it said on stderr."""
        self._words.seek(0)
        return self._words.read().decode(errors="replace")[-2000:]

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._words.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def ours(data: Path, start: int, *options: str) -> Iterator[Server]:
    """Our server on a data directory, its hall time beginning at ``start`` (microseconds UTC)."""
    port = free_port()
    at = datetime.datetime.fromtimestamp(start / 1e6, datetime.UTC).isoformat()
    command = ["-m", "queue_server", "serve", "--data", str(data), "--host", "127.0.0.1", "--port", str(port)]
    with _running(Server([*command, "--trial-start", at, *options], port)) as server:
        yield server


@contextmanager
def floor() -> Iterator[Server]:
    with folder() as directory:
        port = free_port()
        with _running(Server(["-m", "bench.floor", "--port", str(port), "--dir", str(directory)], port)) as server:
            yield server


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    try:
        server.wait()
        yield server
    finally:
        server.stop()


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of this run, on the disk that TMPDIR names."""
    path = Path(tempfile.mkdtemp(prefix="youxu-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
