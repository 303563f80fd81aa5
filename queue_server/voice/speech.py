"""Looks after the speech process: starts it, asks it one thing at a time, ends it when it hangs, starts it again.

    off (starting) -> ok -> failed -> ok ...       stop() -> off

The rest of the server sees :class:`SpeechService` and one error, :class:`SpeechFailed`. A hall without a voice is a
hall with a chime: nothing here may delay or break a call.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

log = logging.getLogger(__name__)

State = Literal["ok", "failed", "off"]

START_SECONDS_MAX = 10.0  # 0.3 s on a desk machine; a box that starts all its programs at once may need seconds
UTTERANCE_SECONDS_MAX = 5.0  # 300 times the median; longer is one of pyttsx3's hangs
STOP_SECONDS_MAX = 2.0
REST_SECONDS_MIN = 0.1
REST_SECONDS_MAX = 30.0  # a worker that always dies costs two starts a minute
REST_SECONDS_WAITED = 1.0  # callers wait through shorter rests, and fail at once in longer ones
TEXT_LENGTH_MAX = 500

WORKER = "queue_server.voice.speech_worker"
SOURCE = Path(__file__).resolve().parents[2]


class SpeechFailed(Exception):
    """This text could not be spoken; the message says why. The caller goes on with the chime."""


class Clip(NamedTuple):
    """A finished sound file. ``id`` is safe in a URL."""

    path: Path
    seconds: float
    source: Literal["synthesised", "recorded"] = "synthesised"

    @property
    def id(self) -> str:
        return self.path.stem


class SpeechService:
    """The speech process and its keeper. All methods belong to one event loop."""

    def __init__(self, command: Sequence[str] = (), *, utterance_seconds_max: float = UTTERANCE_SECONDS_MAX) -> None:
        """``command`` replaces the worker's, for tests."""
        self._command = tuple(command) or (sys.executable, "-P", "-m", WORKER, str(os.getpid()))
        self._utterance_seconds_max = utterance_seconds_max
        self._turn = asyncio.Lock()
        self._up = asyncio.Event()
        self._settled = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._resting = False
        self._asked = 0
        self._answered = 0
        self.state: State = "off"
        self.reason = "not started"
        self.voices: frozenset[str] = frozenset()

    async def start(self) -> None:
        """Begin. Returns at once: a server is ready before its voice is (see :meth:`ready`)."""
        assert self._keeper is None, "a SpeechService is started once"
        self.reason = "starting"
        self._keeper = asyncio.create_task(self._keep(), name="speech keeper")

    async def ready(self) -> bool:
        """Wait until the first process has answered or failed; then, whether there is a voice now."""
        if self._keeper is not None:
            await self._settled.wait()
        return self.state == "ok"

    async def stop(self) -> None:
        """End the process, gently, then not. May be called twice, and without a start."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
        self.state, self.reason = "off", "stopped"
        self._settled.set()

    @property
    def pid(self) -> int | None:
        """Of the process that answers now."""
        return self._process.pid if self._process else None

    async def synthesise(self, text: str, voice: str, rate: int, path: Path) -> Clip:
        """Speak ``text`` into the WAV file ``path``; ``rate`` in words a minute. Raises :class:`SpeechFailed` only."""
        if not text.strip() or len(text) > TEXT_LENGTH_MAX:
            raise SpeechFailed(f"a text has 1 to {TEXT_LENGTH_MAX} characters")
        request = {"text": text, "voice": voice, "rate": rate, "path": str(path)}
        async with self._turn:
            answer = await self._ask(request)
            if answer is None:  # it died under us, perhaps of something before: a fresh one gets one try
                answer = await self._ask(request)
        if answer is None:
            raise SpeechFailed(self.reason)
        if not answer.get("ok"):
            raise SpeechFailed(str(answer.get("error", "the speech process gave no reason")))
        return Clip(path, float(answer["seconds"]))

    async def _ask(self, request: dict[str, object]) -> dict[str, Any] | None:
        """One question to the process; None when it ended before answering."""
        process = await self._wait_until_up()
        self._asked += 1
        line = msgspec.json.encode({"id": self._asked, **request}) + b"\n"
        try:
            async with asyncio.timeout(self._utterance_seconds_max):
                return await self._exchange(process, line, self._asked)
        except TimeoutError:
            self._kill(process)
            raise SpeechFailed(f"no sound within {self._utterance_seconds_max:g} s; the voice starts again") from None
        except (OSError, ValueError, msgspec.DecodeError) as error:  # a broken pipe, or something else than our lines
            log.warning("speech process: %s", error)
            self._kill(process)
            return None

    async def _exchange(self, process: asyncio.subprocess.Process, line: bytes, number: int) -> dict[str, Any] | None:
        assert process.stdin and process.stdout, "the process is started with pipes"
        process.stdin.write(line)
        await process.stdin.drain()
        while reply := await process.stdout.readline():
            answer = msgspec.json.decode(reply, type=dict[str, Any])
            if answer.get("id") == number:  # an older one belongs to a caller who was cancelled
                self._answered += 1
                return answer
        self._kill(process)
        return None

    async def _wait_until_up(self) -> asyncio.subprocess.Process:
        if self._keeper is None or self._resting:
            raise SpeechFailed(self.reason)
        try:
            async with asyncio.timeout(self._utterance_seconds_max):
                await self._up.wait()
        except TimeoutError:
            raise SpeechFailed(self.reason) from None
        assert self._process is not None, "the process is there whenever _up is set"
        return self._process

    def _kill(self, process: asyncio.subprocess.Process) -> None:
        """End it now; the keeper sees it and starts the next."""
        if process is self._process:
            self._up.clear()
        with contextlib.suppress(ProcessLookupError):
            process.kill()

    async def _keep(self) -> None:
        """Start, watch, rest, start again, until cancelled. Rests grow while processes end without an answer."""
        failures = 0
        while True:
            answered_before = self._answered
            reason = await self._live()
            failures = 1 if self._answered > answered_before else failures + 1
            self.state, self.reason = "failed", reason
            self._settled.set()
            log.warning("no voice: %s", reason)
            rest = min(REST_SECONDS_MAX, REST_SECONDS_MIN * 2 ** min(failures, 20))
            self._resting = rest > REST_SECONDS_WAITED
            await asyncio.sleep(rest)
            self._resting = False

    async def _live(self) -> str:
        """One process from start to end. Returns why it ended; it has ended when this returns or raises."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, env=_environment(), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
        except OSError as error:
            return f"the voice process cannot start: {error}"
        try:
            reason = await self._greet(process)
            if reason:
                return reason
            self._process, self.state, self.reason = process, "ok", ""
            self._up.set()
            self._settled.set()
            code = await process.wait()
            return f"the voice process ended (code {code})"
        finally:
            self._up.clear()
            self._process = None
            await _end(process)

    async def _greet(self, process: asyncio.subprocess.Process) -> str:
        """Wait for its first line. Returns what is wrong, or an empty text."""
        assert process.stdout, "the process is started with pipes"
        try:
            async with asyncio.timeout(START_SECONDS_MAX):
                hello = msgspec.json.decode(await process.stdout.readline() or b"{}", type=dict[str, Any])
        except (TimeoutError, ValueError, msgspec.DecodeError):
            return f"the voice process said nothing sensible within {START_SECONDS_MAX:g} s"
        if not hello.get("ready"):
            return str(hello.get("error", "the voice process ended at its start"))
        self.voices = frozenset(hello.get("voices", ()))
        return ""


def _environment() -> dict[str, str]:
    """Ours, and where to find the worker's module: not in the working directory, which may hold anything (``-P``)."""
    paths = (str(SOURCE), os.environ.get("PYTHONPATH", ""))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


async def _end(process: asyncio.subprocess.Process) -> None:
    """Closing stdin asks it to go; a kill follows, at once when we are cancelled while waiting."""
    try:
        if process.stdin:
            process.stdin.close()
        async with asyncio.timeout(STOP_SECONDS_MAX):
            await process.wait()
    except (TimeoutError, asyncio.CancelledError):
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
