"""Clips: the chain from recordings to chime, the cache, and what is made ahead. With the real synthesiser."""

from __future__ import annotations

import asyncio
import math
import os
from array import array
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from queue_server.voice import sound, wording
from queue_server.voice.clips import ClipStore
from queue_server.voice.sound import Sound
from queue_server.voice.speech import Clip, SpeechFailed, SpeechService


class Counted:
    """The speech service, with what it was asked."""

    def __init__(self, service: SpeechService) -> None:
        self.service = service
        self.texts: list[str] = []

    async def synthesise(self, text: str, voice: str, rate: int, path: Path) -> Clip:
        self.texts.append(text)
        return await self.service.synthesise(text, voice, rate, path)


class Broken:
    async def synthesise(self, text: str, voice: str, rate: int, path: Path) -> Clip:
        raise SpeechFailed("no espeak here")


def with_store(data: Path, use: Callable[[ClipStore, Counted], Awaitable[None]], **options: int) -> None:
    async def run() -> None:
        service = SpeechService()
        await service.start()
        assert await service.ready(), service.reason
        speech = Counted(service)
        store = ClipStore(data, speech, **options)
        await store.open()
        try:
            await use(store, speech)
        finally:
            await store.close()
            await service.stop()

    asyncio.run(run())


def record(data: Path, calls: wording.Calls, lang: str = "zh", rate_hz: int = 44100) -> None:
    """A hall's own recordings for these calls: a tone of 0.3 s each."""
    folder = data / "voice" / lang
    folder.mkdir(parents=True, exist_ok=True)
    samples = array("h", [round(9000 * math.sin(0.1 * i)) for i in range(round(0.3 * rate_hz))])
    for name in wording.segment_names(calls, lang) or []:
        sound.write(folder / f"{name}.wav", Sound(samples, rate_hz))


def test_a_call_is_two_parts_joined(tmp_path: Path) -> None:
    async def use(store: ClipStore, speech: Counted) -> None:
        clip = await store.clip_for("A046", "7", "zh")
        assert clip and clip.source == "synthesised"
        assert speech.texts == ["qing3 A ling2 si4 liu4 hao4", "dao4 qi1 hao4 chuang1 kou3 ban4 li3"]
        assert 2 < clip.seconds < 7
        spoken = sound.read(clip.path)
        assert spoken.seconds == pytest.approx(clip.seconds)
        loudness = 20 * math.log10(sound.root_mean_square(spoken.samples) / 32767)
        assert -24 < loudness < -15
        assert await store.find(clip.id) == clip.path

    with_store(tmp_path, use)


def test_parts_and_sentences_are_made_once(tmp_path: Path) -> None:
    async def use(store: ClipStore, speech: Counted) -> None:
        first, same = await asyncio.gather(store.clip_for("A046", "7", "zh"), store.clip_for("A046", "7", "zh"))
        assert first == same
        assert len(speech.texts) == 2
        assert await store.clip_for("A046", "7", "zh") == first
        await store.clip_for("A047", "7", "zh")
        assert speech.texts[2:] == ["qing3 A ling2 si4 qi1 hao4"]
        assert store.statistics().synthesised_parts == 3

    async def another_day(store: ClipStore, speech: Counted) -> None:
        assert await store.clip_for("A046", "7", "zh")
        assert speech.texts == []

    with_store(tmp_path, use)
    with_store(tmp_path, another_day)


def test_english_and_merged_sentences(tmp_path: Path) -> None:
    async def use(store: ClipStore, speech: Counted) -> None:
        one = await store.clip_for("A046", "7", "en")
        two = await store.clip_for_calls([("A046", "7"), ("A047", "8")], "en")
        assert one and two and two.seconds > one.seconds
        assert "to window 8" in speech.texts

    with_store(tmp_path, use)


def test_what_is_made_ahead_needs_no_synthesis_at_the_call(tmp_path: Path) -> None:
    async def use(store: ClipStore, speech: Counted) -> None:
        store.prefetch(["A046", "A047"], labels=["7"])
        store.prefetch(["A047", "A048"])
        await store.prefetched()
        assert len(speech.texts) == 4
        speech.texts.clear()
        for number in ("A046", "A047", "A048"):
            assert await store.clip_for(number, "7", "zh")
        assert speech.texts == []

    with_store(tmp_path, use)


def test_recordings_come_first_when_all_are_there(tmp_path: Path) -> None:
    record(tmp_path, [("A046", "7")])

    async def use(store: ClipStore, speech: Counted) -> None:
        clip = await store.clip_for("A046", "7", "zh")
        assert clip and clip.source == "recorded"
        assert clip.seconds == pytest.approx(8 * 0.3 + 7 * 0.05, abs=0.1)
        assert speech.texts == []
        other = await store.clip_for("A046", "8", "zh")
        assert other and other.source == "synthesised", "number-8 is not recorded"

    with_store(tmp_path, use)


def test_a_new_recording_is_heard_at_once(tmp_path: Path) -> None:
    record(tmp_path, [("A046", "7")])

    async def run() -> None:
        store = ClipStore(tmp_path, None)
        await store.open()
        before = await store.clip_for("A046", "7", "zh")
        (tmp_path / "voice/zh/qing.wav").write_bytes((tmp_path / "voice/zh/window.wav").read_bytes() + b"\0\0")
        after = await store.clip_for("A046", "7", "zh")
        assert before and after and before.id != after.id

    asyncio.run(run())


def test_a_counter_with_a_name_and_a_language_nobody_speaks(tmp_path: Path) -> None:
    async def use(store: ClipStore, speech: Counted) -> None:
        store.prefetch(["A046"], lang="ug")
        await store.prefetched()
        assert await store.clip_for("A046", "服务台", "ug")
        assert speech.texts == ["qing3 A ling2 si4 liu4 hao4", "dao4 fu2 wu4 tai2 ban4 li3"]

    with_store(tmp_path, use)


def test_a_caller_who_gives_up_leaves_the_clip_to_the_others(tmp_path: Path) -> None:
    async def use(store: ClipStore, speech: Counted) -> None:
        first = asyncio.create_task(store.clip_for("A046", "7", "zh"))
        await asyncio.sleep(0)
        second = asyncio.create_task(store.clip_for("A046", "7", "zh"))
        await asyncio.sleep(0)
        first.cancel()
        assert await second
        assert len(speech.texts) == 2

    with_store(tmp_path, use)


@pytest.mark.parametrize("content", ["not a sound", "silence"])
def test_a_damaged_recording_falls_back_to_the_synthesiser(tmp_path: Path, content: str) -> None:
    record(tmp_path, [("A046", "7")])
    (tmp_path / "voice/zh/qing.wav").write_bytes(b"not a sound")
    if content == "silence":
        sound.write(tmp_path / "voice/zh/qing.wav", Sound(array("h", bytes(20000)), 8000))

    async def use(store: ClipStore, speech: Counted) -> None:
        clip = await store.clip_for("A046", "7", "zh")
        assert clip and clip.source == "synthesised"

    with_store(tmp_path, use)


@pytest.mark.parametrize(("speech", "reason"), [(None, "no synthesiser"), (Broken(), "no espeak here")])
def test_the_end_of_the_chain_is_none(tmp_path: Path, speech: Broken | None, reason: str) -> None:
    async def run() -> None:
        store = ClipStore(tmp_path, speech)
        await store.open()
        assert await store.clip_for("A046", "7", "zh") is None
        assert reason in store.trouble
        store.prefetch(["A046", "A047"])
        await store.prefetched()
        await store.close()

    asyncio.run(run())


def test_a_damaged_cache_file_is_made_anew(tmp_path: Path) -> None:
    async def use(store: ClipStore, speech: Counted) -> None:
        clip = await store.clip_for("A046", "7", "zh")
        assert clip
        clip.path.write_bytes(b"")
        again = await store.clip_for("A046", "7", "zh")
        assert again == clip and sound.seconds_of(clip.path) == pytest.approx(clip.seconds)

    with_store(tmp_path, use)


def test_the_longest_unused_files_go_first(tmp_path: Path) -> None:
    cache = tmp_path / "voice-cache"
    cache.mkdir()
    for age, name in enumerate("abcd"):
        (cache / f"{name}.wav").write_bytes(bytes(1000))
        os.utime(cache / f"{name}.wav", (1_000_000 - age, 1_000_000 - age))
    (cache / "half.wav.part").write_bytes(b"")

    asyncio.run(ClipStore(tmp_path, None, bytes_max=2500).open())
    assert sorted(file.name for file in cache.iterdir()) == ["a.wav", "b.wav"]


@pytest.mark.parametrize("clip_id", ["", "../../etc/passwd", "a" * 64, "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_clip_ids_are_found(tmp_path: Path, clip_id: str) -> None:
    assert asyncio.run(ClipStore(tmp_path, None).find(clip_id)) is None
