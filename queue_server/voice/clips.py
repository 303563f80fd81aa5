"""Ready sound files for calls, kept on disk.

The chain: the hall's own recordings (``DIR/voice/{lang}/*.wav``, when all segments of the sentence are there), then the
synthesiser, then ``None``: the caller sounds the chime (``static/audio/chime.wav``, see :func:`sound.chime`).

``DIR/voice-cache`` holds parts (one number, one counter) and whole sentences, each named by the SHA-256 of all that
went into it, so a file never needs to be checked for age. It survives days and restarts; the files longest unused go
first when it grows beyond its limit.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol

from queue_server.voice import clip_files, sound, wording
from queue_server.voice.sound import SoundError, chime
from queue_server.voice.speech import Clip, SpeechFailed
from queue_server.voice.wording import Calls

__all__ = ["CACHE_BYTES_MAX", "VOICES", "ClipStore", "Statistics", "chime"]

log = logging.getLogger(__name__)

CACHE_BYTES_MAX = 200 * 1024 * 1024  # about 1,000 sentences of 4.5 s at 22 kHz, or the parts of 2,000 numbers
SWEEP_EVERY = 50  # new files; the cache may be over its limit by that many, 10 MB
AHEAD_MAX = 1000  # parts waiting to be made ahead; more than a hall's queues of 20 and all its counters
AHEAD_PAUSE_SECONDS = 0.05  # between parts made ahead: a busy server's processors belong to the calls

SEGMENT_GAP_SECONDS = 0.05  # within a recorded sentence; ten segments with the full gap would drag

ENGINE = "pyttsx3-espeak/1"  # raise the number when the way parts are made changes
CLIP_ID = re.compile(r"[0-9a-f]{64}")


RATE = 140  # words per minute; 130-150 suits a hall
VOICES = {"zh": "sit/cmn-latn-pinyin", "en": "gmw/en-us"}  # Debian's "cmn" reads characters as English: never that


class Statistics(NamedTuple):
    """What the store has done since its start, for the health page."""

    sentences: int
    recorded: int
    synthesised_parts: int
    failed: int


class Speech(Protocol):
    """What the store needs of :class:`queue_server.voice.speech.SpeechService`."""

    async def synthesise(self, text: str, voice: str, rate: int, path: Path) -> Clip: ...


class ClipStore:
    """Makes and keeps clips. ``speech`` None means no synthesiser. All methods belong to one event loop."""

    def __init__(
        self, data: Path, speech: Speech | None, *, bytes_max: int = CACHE_BYTES_MAX, rate: int = RATE
    ) -> None:
        """``rate``: words per minute."""
        self._rate = rate
        self._recordings = data / "voice"
        self._cache = data / "voice-cache"
        self._speech = speech
        self._bytes_max = bytes_max
        self._making: dict[str, asyncio.Task[Clip]] = {}
        self._ahead: dict[tuple[str, str], None] = {}  # (text, lang), in order
        self._ahead_task: asyncio.Task[None] | None = None
        self._new_files = 0
        self._sentences = self._recorded_count = self._parts = self._failed = 0
        self.trouble = ""  # why the last sentence could not be spoken, for /readyz

    async def open(self) -> None:
        """Make the directory, drop what a crash left half made, and bring the cache under its limit."""
        await asyncio.to_thread(clip_files.prepare, self._cache, self._bytes_max)

    async def close(self) -> None:
        """End the work in the background."""
        tasks = [*self._making.values(), *([self._ahead_task] if self._ahead_task else [])]
        self._ahead.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def clip_for(self, number: str, label: str, lang: str) -> Clip | None:
        """The sound of one call, or None: chime. Never raises."""
        return await self.clip_for_calls(((number, label),), lang)

    async def clip_for_calls(self, calls: Calls, lang: str) -> Clip | None:
        """The sound of a sentence that says one or several calls, or None: chime. Never raises."""
        lang = _spoken_language(lang)
        trouble = "no recordings and no synthesiser"
        for step in (self._recorded, self._synthesised):
            try:
                clip = await step(calls, lang)
            except (SpeechFailed, SoundError, OSError) as error:
                trouble = f"{type(error).__name__}: {error}"
                log.warning("no sound for %s: %s", wording.sentence(calls, lang), trouble)
                continue
            if clip is not None:
                self._sentences += 1
                self._recorded_count += clip.source == "recorded"
                self.trouble = ""
                return clip
        self._failed += 1
        self.trouble = trouble
        return None

    def prefetch(self, numbers: Iterable[str], labels: Iterable[str] = (), lang: str = "zh") -> None:
        """Make the parts of these ticket numbers and counters in the background, one at a time, without hurry."""
        if self._speech is None:
            return
        lang = _spoken_language(lang)
        texts = [wording.spoken_number(number, lang) for number in numbers]
        texts += [wording.spoken_counter(label, lang) for label in labels]
        for text in texts:
            if len(self._ahead) < AHEAD_MAX:
                self._ahead[text, lang] = None
        if self._ahead and (self._ahead_task is None or self._ahead_task.done()):
            self._ahead_task = asyncio.create_task(self._make_ahead(), name="speech made ahead")

    async def prefetched(self) -> None:
        """Wait until nothing is left to make ahead."""
        if self._ahead_task is not None:
            await asyncio.gather(self._ahead_task, return_exceptions=True)

    async def find(self, clip_id: str) -> Path | None:
        """The file of a clip id that came from a URL; None for an unknown or malformed one."""
        if not CLIP_ID.fullmatch(clip_id):
            return None
        path = self._cache / f"{clip_id}.wav"
        return path if await asyncio.to_thread(path.is_file) else None

    def statistics(self) -> Statistics:
        return Statistics(self._sentences, self._recorded_count, self._parts, self._failed)

    async def _recorded(self, calls: Calls, lang: str) -> Clip | None:
        names = wording.segment_names(calls, lang)
        if names is None:
            return None
        files = [self._recordings / lang / f"{name}.wav" for name in names]
        prints = await asyncio.to_thread(clip_files.fingerprints, files)
        if prints is None:
            return None
        clip_id = _key("recorded", *prints)

        async def make() -> Clip:
            segments = zip(files, prints, strict=True)
            parts = [await self._segment(file, fingerprint) for file, fingerprint in segments]
            return await self._made(clip_id, clip_files.join, parts, SEGMENT_GAP_SECONDS)

        return (await self._once(clip_id, make))._replace(source="recorded")

    async def _segment(self, file: Path, fingerprint: str) -> Path:
        """One recorded segment, made even."""
        clip_id = _key("segment", fingerprint)
        return (await self._once(clip_id, lambda: self._made(clip_id, clip_files.even_recording, file))).path

    async def _synthesised(self, calls: Calls, lang: str) -> Clip | None:
        if self._speech is None:
            return None
        texts = wording.spoken(calls, lang)
        clip_id = _key("sentence", *(_part_id(text, lang, self._rate) for text in texts))

        async def make() -> Clip:
            parts = [await self._part(text, lang) for text in texts]
            return await self._made(clip_id, clip_files.join, parts, sound.GAP_SECONDS)

        return await self._once(clip_id, make)

    async def _part(self, text: str, lang: str) -> Path:
        """One number or one counter, spoken."""
        part_id = _part_id(text, lang, self._rate)

        async def make() -> Clip:
            assert self._speech, "without a synthesiser no part is asked for"
            clip = await self._speech.synthesise(text, VOICES[lang], self._rate, self._cache / f"{part_id}.wav")
            self._parts += 1
            await self._count_new()
            return clip

        return (await self._once(part_id, make)).path

    async def _made(self, clip_id: str, make: Callable[..., float], source: object, *more: object) -> Clip:
        """Run one of :mod:`clip_files`, which writes ``path`` and returns its seconds, in a thread."""
        path = self._cache / f"{clip_id}.wav"
        seconds = await asyncio.to_thread(make, source, path, *more)
        await self._count_new()
        return Clip(path, seconds)

    async def _once(self, clip_id: str, make: Callable[[], Awaitable[Clip]]) -> Clip:
        """From the cache, from one who is making it already, or made now."""
        path = self._cache / f"{clip_id}.wav"
        task = self._making.get(clip_id)
        if task is None:
            task = asyncio.create_task(_cached_or_made(path, make))
            self._making[clip_id] = task
            task.add_done_callback(lambda done: self._forget(clip_id, done))
        # Shielded: a caller who gives up must not take the clip from the others who wait for it.
        return await asyncio.shield(task)

    def _forget(self, clip_id: str, task: asyncio.Task[Clip]) -> None:
        self._making.pop(clip_id, None)
        if not task.cancelled():
            task.exception()  # seen: also when every caller has gone

    async def _make_ahead(self) -> None:
        while self._ahead:
            text, lang = next(iter(self._ahead))
            del self._ahead[text, lang]
            try:
                await self._part(text, lang)
            except (SpeechFailed, SoundError, OSError) as error:
                log.info("nothing more is made ahead for now: %s", error)
                self._ahead.clear()
            await asyncio.sleep(AHEAD_PAUSE_SECONDS)

    async def _count_new(self) -> None:
        self._new_files += 1
        if self._new_files % SWEEP_EVERY == 0:
            await asyncio.to_thread(clip_files.sweep, self._cache, self._bytes_max)


def _key(*values: str) -> str:
    return sha256("\0".join(values).encode()).hexdigest()


def _spoken_language(lang: str) -> str:
    return lang if lang in VOICES else "zh"


def _part_id(text: str, lang: str, rate: int) -> str:
    return _key(ENGINE, VOICES[lang], str(rate), text)


async def _cached_or_made(path: Path, make: Callable[[], Awaitable[Clip]]) -> Clip:
    seconds = await asyncio.to_thread(clip_files.touch, path)
    return Clip(path, seconds) if seconds is not None else await make()
