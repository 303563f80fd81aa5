"""The whole application on a small hall, behind a test client, with one token for each role."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from factory import TEN, TEXT
from running_hall import PretendClock
from starlette.testclient import TestClient

from queue_server import app, maintenance
from queue_server.running import RunningHall
from queue_server.settings import Settings

HALL = "/api/v1/halls/small"
ROLES: dict[str, str] = {
    "admin": "root", "manager": "boss", "clerk": "li", "kiosk": "kiosk-1", "display": "board-1", "guest": "guest-1",
}  # fmt: skip


class Server:
    """Requests by role; ``by=None`` carries no token."""

    def __init__(self, client: TestClient, secrets: dict[str, str], clock: PretendClock) -> None:
        self.client, self.secrets, self.clock = client, secrets, clock

    @property
    def hall(self) -> RunningHall:
        return self.client.app.state.halls["small"]  # type: ignore[attr-defined]

    def bearer(self, by: str | None) -> dict[str, str]:
        return {} if by is None else {"authorization": f"Bearer {self.secrets[by]}"}

    def ask(self, method: str, path: str, by: str | None = "manager", **options: Any) -> Any:
        headers = self.bearer(by) | options.pop("headers", {})
        address = path if path.startswith(("/api", "/healthz", "/readyz", "/metrics")) else HALL + path
        return self.client.request(method, address, headers=headers, **options)

    def get(self, path: str, by: str | None = "manager", **options: Any) -> Any:
        return self.ask("GET", path, by, **options)

    def post(self, path: str, body: Any = None, by: str | None = "manager", **options: Any) -> Any:
        return self.ask("POST", path, by, **({} if body is None else {"json": body}), **options)

    def take(self, service: str = "a1", **fields: Any) -> dict[str, Any]:
        answer = self.post("/tickets", {"service": service, **fields}, by="kiosk")
        assert answer.status_code == 201, answer.text
        ticket: dict[str, Any] = answer.json()["ticket"]
        return ticket

    def open(self, counter: str = "1", clerk: str | None = None) -> None:
        answer = self.post(f"/counters/{counter}/open", {"clerk": clerk or f"clerk{counter}"})
        assert answer.status_code == 200, answer.text

    def at(self, counter: str, act: str, body: Any = None, **options: Any) -> Any:
        return self.post(f"/counters/{counter}/{act}", body, **options)

    def live(self, view: str, by: str | None = "manager", query: str = "", **headers: str) -> Any:
        """A WebSocket on a view."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.websocket_connect(f"{HALL}/live/{view}{query}", headers=self.bearer(by) | named)


def make_data(directory: Path) -> dict[str, str]:
    """A data directory with the small hall; gives a token for each role."""
    maintenance.init_hall(directory, TEXT, update=False, now=TEN)
    return {role: maintenance.new_token(directory, role, name, TEN) for role, name in ROLES.items()}  # type: ignore[arg-type]


@contextlib.contextmanager
def serving(
    directory: Path,
    secrets: dict[str, str],
    clock: PretendClock | None = None,
    always_open: bool = True,
    **settings: Any,
) -> Iterator[Server]:
    clock = clock or PretendClock()
    values = {"voice": "off", "requests_per_minute_max": 10_000, "public_url": "http://hall.test", **settings}
    application = app.build(Settings({}, **values), directory, clock, always_open=always_open)
    with TestClient(application, raise_server_exceptions=False, base_url="http://hall.test") as client:
        yield Server(client, secrets, clock)
