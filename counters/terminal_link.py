"""The line between a terminal desk and the server: the view comes over WebSocket, acts go over HTTP.

HTTP is urllib in a thread: two requests a minute need no client library. Every act carries an idempotency key and is sent
again when no answer comes, so a lost answer never becomes a second call.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

BACK_OFF_SECONDS = (0.5, 5.0)
DENIED_SECONDS = 10.0  # a wrong token does not get better by asking faster
AGAIN_SECONDS = (0.4, 1.2, None)  # between the tries of one act
ANSWER_SECONDS_MAX = 8.0
MESSAGE_BYTES_MAX = 1 << 20
QUIET_SECONDS_MAX = 25.0  # the server's heartbeat is 10 s: a line this quiet is dead

Tell = Callable[[dict[str, Any]], None]


class Answer(NamedTuple):
    """What the server said to an act. ``status`` 0: nothing."""

    status: int
    body: dict[str, Any]

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def detail(self) -> str:
        return str(self.body.get("detail") or self.body.get("title") or "")


class Link:
    """One counter of one hall on one server."""

    def __init__(self, url: str, hall: str, counter: str, token: str, lang: str) -> None:
        self.url = url.rstrip("/")
        self.hall, self.counter, self.token, self.lang = hall, counter, token, lang
        self.online = False
        self.trouble = ""  # what the server said when it let us not in
        self._at: datetime.datetime | None = None
        self._heard = 0.0

    # -- hall time

    def now(self) -> datetime.datetime | None:
        """Hall time: what the server said last, and the time since."""
        if self._at is None:
            return None
        return self._at + datetime.timedelta(seconds=asyncio.get_running_loop().time() - self._heard)

    def quiet_seconds(self) -> int:
        """How long nothing was heard."""
        return int(asyncio.get_running_loop().time() - self._heard)

    # -- the view

    async def follow(self, tell: Tell) -> None:
        """Give ``tell`` every new view, for ever; connect again when the line breaks."""
        self._heard = asyncio.get_running_loop().time()
        wait = BACK_OFF_SECONDS[0]
        while True:
            try:
                async with connect(
                    self._live(), additional_headers=self._headers(), max_size=MESSAGE_BYTES_MAX, proxy=None
                ) as line:
                    self.trouble = ""
                    async for view in self._views(line):
                        self.online = True
                        wait = BACK_OFF_SECONDS[0]
                        tell(view)
            except InvalidStatus as refusal:
                self.trouble = _detail(refusal.response.body)
                wait = DENIED_SECONDS
            except (OSError, TimeoutError, WebSocketException):
                pass
            self.online = False
            await asyncio.sleep(wait)
            wait = min(wait * 2, BACK_OFF_SECONDS[1])

    async def _views(self, line: ClientConnection) -> Any:
        while True:
            async with asyncio.timeout(QUIET_SECONDS_MAX):
                message = json.loads(await line.recv())
            self._at = datetime.datetime.fromisoformat(message["at"])
            self._heard = asyncio.get_running_loop().time()
            yield message["view"]

    def _live(self) -> str:
        path = f"/api/v1/halls/{_quoted(self.hall)}/live/desk/{_quoted(self.counter)}?lang={self.lang}"
        return "ws" + self.url.removeprefix("http") + path

    def _headers(self) -> dict[str, str]:
        headers = {"Accept-Language": self.lang}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers

    # -- acts

    async def act(self, name: str, body: dict[str, Any]) -> Answer:
        """One act at this counter."""
        return await self._post(f"counters/{_quoted(self.counter)}/{name}", body)

    async def reinstate(self, ticket: str) -> Answer:
        return await self._post(f"tickets/{_quoted(ticket)}/reinstate", {})

    async def call_for_help(self, kind: str) -> Answer:
        """From this counter."""
        return await self._post("emergencies", {"kind": kind, "counter": self.counter})

    async def on_emergency(self, emergency: str, act: str) -> Answer:
        """``answer``: I am coming. ``end``: it is over."""
        return await self._post(f"emergencies/{_quoted(emergency)}/{act}", {})

    async def get(self, path: str) -> Answer:
        return await asyncio.to_thread(self._request, "GET", path, None, {})

    async def _post(self, path: str, body: dict[str, Any]) -> Answer:
        headers = {"Idempotency-Key": secrets.token_hex(16), "Content-Type": "application/json"}
        answer = Answer(0, {})
        for wait in AGAIN_SECONDS:
            answer = await asyncio.to_thread(self._request, "POST", path, json.dumps(body).encode(), headers)
            if answer.status and answer.status < 500 or wait is None:
                return answer
            await asyncio.sleep(wait)
        return answer

    def _request(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        request = urllib.request.Request(
            f"{self.url}/api/v1/halls/{_quoted(self.hall)}/{path}",
            data=body, method=method, headers={**self._headers(), **headers},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS_MAX) as answer:
                return Answer(answer.status, _decoded(answer.read()))
        except urllib.error.HTTPError as error:
            return Answer(error.code, _decoded(error.read()))
        except (OSError, ValueError):
            return Answer(0, {})


def _quoted(text: str) -> str:
    return urllib.parse.quote(text, safe="")


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _detail(body: bytes | bytearray | None) -> str:
    found = _decoded(bytes(body or b""))
    return str(found.get("detail") or found.get("title") or "")
