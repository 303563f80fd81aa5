"""How a box without a screen makes its sound: the server's clips, or its own voice, through a player of the system.

pyttsx3 lives in the server's speech worker, a process of its own (FEASIBILITY 1): it can hang or die without harm here.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, Self
from urllib.parse import urljoin, urlsplit

from queue_server.voice import wording
from queue_server.voice.clips import RATE, VOICES
from queue_server.voice.speech import SpeechFailed, SpeechService

PLAYERS: dict[str, tuple[str, ...]] = {
    "aplay": ("-q",),
    "paplay": (),
    "pw-play": (),
    "ffplay": ("-nodisp", "-autoexit", "-loglevel", "quiet"),
    "afplay": (),
}
CHIME = Path(__file__).resolve().parent.parent / "static" / "audio" / "chime.wav"
CLIP_BYTES_MAX = 8 << 20
FETCH_SECONDS_MAX = 5.0
PLAY_GRACE_SECONDS = 5.0  # a player that takes this much longer than its clip hangs
NUMBER = re.compile(r"[A-Z]{1,3}\d{2,5}")

Say = dict[str, Any]
Calls = Sequence[dict[str, Any]]


class SoundFailed(Exception):
    """This sentence was not heard. The box goes on; the message says why."""


class Sound(Protocol):
    """Makes a sentence heard, from start to end."""

    sounds: bool

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *error: object) -> None: ...

    async def say(self, say: Say, calls: Calls) -> None:
        """Raises :class:`SoundFailed`."""


def find_player() -> list[str]:
    """The first player of the system, as a command; empty when there is none."""
    for name, options in PLAYERS.items():
        if path := shutil.which(name):
            return [path, *options]
    return []


class Player:
    """Plays one file after the other with a command of the system."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)

    async def play(self, path: Path, seconds: float) -> None:
        """Until the file has been played. Raises :class:`SoundFailed`."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, str(path), stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
        except OSError as error:
            raise SoundFailed(f"the player cannot start: {error}") from None
        try:
            async with asyncio.timeout(seconds + PLAY_GRACE_SECONDS):
                _, errors = await process.communicate()
        except TimeoutError:
            raise SoundFailed("the player hangs") from None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode:
            reason = errors.decode(errors="replace").strip().splitlines()
            raise SoundFailed(f"the player failed ({process.returncode}): {reason[-1] if reason else ''}".rstrip(": "))


class NoSound:
    """Lines only."""

    sounds = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def say(self, say: Say, calls: Calls) -> None:
        raise SoundFailed("this box has no sound")


class ServerClips:
    """Plays the clip the server made; without one, the chime."""

    sounds = True

    def __init__(self, player: Player, url: str, token: str) -> None:
        self._player, self._url, self._token = player, url, token
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def __aenter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="youxu-speaker-")
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    async def say(self, say: Say, calls: Calls) -> None:
        if not say.get("url"):
            await self._player.play(CHIME, 2.0)
            return
        assert self._folder is not None, "used inside its with block"
        path = Path(self._folder.name) / "clip.wav"
        await asyncio.to_thread(self._fetch, say["url"], path)
        await self._player.play(path, float(say.get("seconds") or 0))

    def _fetch(self, url: str, path: Path) -> None:
        """Raises :class:`SoundFailed`. The token goes to our own server only."""
        address = urljoin(self._url + "/", url)
        ours = urlsplit(address)[:2] == urlsplit(self._url)[:2]
        headers = {"Authorization": f"Bearer {self._token}"} if self._token and ours else {}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(address, headers=headers), timeout=FETCH_SECONDS_MAX
            ) as answer:
                path.write_bytes(answer.read(CLIP_BYTES_MAX))
        except (OSError, ValueError, urllib.error.URLError) as error:
            raise SoundFailed(f"the clip did not come: {error}") from None


class OwnVoice:
    """Speaks with pyttsx3 on this box; when that fails, the chime."""

    sounds = True

    def __init__(self, player: Player, speech: SpeechService | None = None) -> None:
        self._player = player
        self._speech = speech or SpeechService()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    async def __aenter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="youxu-speaker-")
        await self._speech.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._speech.stop()
        if self._folder is not None:
            self._folder.cleanup()

    async def say(self, say: Say, calls: Calls) -> None:
        assert self._folder is not None, "used inside its with block"
        lang = "en" if say.get("lang") == "en" else "zh"
        try:
            clip = await self._speech.synthesise(
                spoken_text(say, calls, lang), VOICES[lang], RATE, Path(self._folder.name) / "own.wav"
            )
        except SpeechFailed:
            await self._player.play(CHIME, 2.0)
            return
        await self._player.play(clip.path, clip.seconds)


def spoken_text(say: Say, calls: Calls, lang: str) -> str:
    """What the voice reads: from the calls the sentence is about, else from the sentence as it is shown."""
    known = {call["id"]: (str(call["number"]), str(call.get("label", call["counter"]))) for call in calls}
    wanted = [say["id"], *(ring[0] for ring in say.get("also") or ())]
    found = [known[call] for call in wanted if call in known]
    if len(found) == len(wanted):
        return ", ".join(wording.spoken(found, lang))
    if lang == "en":
        return str(say["text"])
    spelled = NUMBER.sub(lambda number: f" {wording.spoken_number(number[0], 'zh', first=False)} ", str(say["text"]))
    return wording.pinyin(spelled)
