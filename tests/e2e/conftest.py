"""A real server, a real Chromium. Fails a test on any console error; prints the server's output when a test fails."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if os.path.exists(path)), None)
FLAGS = [
    "--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--disable-background-networking",
    "--disable-component-update", "--no-first-run", "--disable-gpu",
]  # fmt: skip


class Server:
    """``queue-server serve`` on a free port, with its data directory; may be killed and started again."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data, self.options = data, options
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.hall = f"{self.url}/h/hall"
        self.output = data / "server.log"
        self.tokens: dict[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "queue_server", "serve", "--data", str(self.data), "--port", str(self.port)]
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, "--host", "127.0.0.1", *self.options], stdout=output, stderr=output,
                env=os.environ | {"YOUXU_PUBLIC_URL": self.url, "YOUXU_PRINTER": f"file:{self.data / 'paper'}"},
            )  # fmt: skip
        for _ in range(300):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
            assert self.process.poll() is None, self.output.read_text()
            time.sleep(0.1)
        raise AssertionError(self.output.read_text())

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(20)
            self.process = None

    def token(self, role: str, name: str = "") -> str:
        known = self.tokens.get(f"{role}/{name}")
        if known is None:
            command = [sys.executable, "-m", "queue_server", "token", "--data", str(self.data), "--role", role]
            known = subprocess.run(
                [*command, "--name", name], check=True, capture_output=True, text=True
            ).stdout.strip()
            self.tokens[f"{role}/{name}"] = known
        return known

    def ask(self, method: str, path: str, body: Any = None, role: str = "admin") -> Any:
        """One API call; gives the answer's JSON (None for 204)."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/halls/hall{path}", method=method, data=json.dumps(body or {}).encode(),
            headers={"authorization": f"Bearer {self.token(role, 'boss' if role == 'admin' else '')}"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=10) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A hall of its own for each file: nobody waits whom another file has left behind."""
    found = Server(tmp_path_factory.mktemp("hall"), "--always-open")
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "install chromium: make test does"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


class Visitors:
    """Opens pages as somebody, and remembers what their consoles said."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser, self.server = browser, server
        self.complaints: list[str] = []
        self.forgiven: list[str] = []
        self._contexts: list[BrowserContext] = []

    def open(self, path: str, token: str | None = None, size: tuple[int, int] = (1280, 800), **options: Any) -> Page:
        """A page at a path of the server, signed in with a token if one is given."""
        options = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"} | options
        context = self.browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        self._contexts.append(context)
        if token is not None:
            cookie = {"name": "youxu", "value": token, "url": self.server.url, "httpOnly": True, "sameSite": "Strict"}
            context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self._hear("error", str(error)))
        page.goto(path if not path.startswith("/") else self.server.url + path)
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and not any(part in text for part in self.forgiven):
            self.complaints.append(text)

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visitors]:
    found = Visitors(browser, server)
    yield found
    found.close()
    assert found.complaints == []


@pytest.fixture(autouse=True)
def server_output(request: pytest.FixtureRequest, server: Server) -> Iterator[None]:
    """What the server said, when a test failed."""
    yield
    if getattr(request.node, "failed", False):
        print(server.output.read_text()[-4000:])


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    item.failed = getattr(item, "failed", False) or report.failed  # type: ignore[attr-defined]
