"""The shipped hall behind the real application, with its clock held still: for the pages that visitors use."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from board_hall import on
from starlette.testclient import TestClient

from queue_server.app import build
from queue_server.clock import Clock
from queue_server.core.context import SYSTEM
from queue_server.maintenance import init_hall
from queue_server.settings import Settings
from queue_server.setup_file import default_setup_text
from queue_server.store import Tokens

KIOSK = "/h/hall/kiosk"


class Visited(TestClient):
    """A kiosk's browser, or with ``role`` None a visitor's."""

    def html(self, path: str, status: int = 200) -> str:
        answer = self.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def text(self, path: str, status: int = 200) -> str:
        """What a reader sees: without tags, with single spaces."""
        return readable(self.html(path, status))

    def take(self, key: str = "k1", follow: bool = False, **wish: Any) -> Any:
        return self.post(f"{KIOSK}/tickets", data={"key": key, **wish}, follow_redirects=follow)

    def do(self, *commands: Any) -> None:
        """Commands of staff and of the system, past the web."""
        running = self.app.state.halls["hall"]  # type: ignore[attr-defined]
        for command in commands:
            assert self.portal is not None
            self.portal.call(running.submit, command, SYSTEM)

    @property
    def hall(self) -> Any:
        return self.app.state.halls["hall"].state  # type: ignore[attr-defined]

    def follow(self, ticket: str, **more: str) -> str:
        """The path behind a ticket's QR code."""
        key = self.app.state.halls["hall"].ticket_key(ticket)  # type: ignore[attr-defined]
        rest = "".join(f"&{name}={value}" for name, value in more.items())
        return f"/t/{ticket}?key={key}{rest}"


def readable(page: str) -> str:
    page = re.sub(r"(?s)<(svg|script|noscript|head).*?</\1>", "", page)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))


@contextlib.contextmanager
def visited(folder: Path, at: int = on(10), role: str | None = "kiosk", **settings: Any) -> Iterator[Visited]:
    """The application on a fresh data directory, at this instant."""
    init_hall(folder, default_setup_text(), update=True, now=on(8))
    tokens = Tokens(folder / "tokens.db")
    headers = {"authorization": f"Bearer {tokens.issue(role, '2 号取号机', on(8))[1]}"} if role else {}
    tokens.close()
    app = build(Settings({}, voice="off", **settings), folder, Clock(0.0, at))
    with Visited(app, headers=headers) as client:
        yield client
