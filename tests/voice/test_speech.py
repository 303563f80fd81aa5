"""The speech process with the real pyttsx3 and espeak-ng, and with processes that behave as badly as they can."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from queue_server.voice import sound
from queue_server.voice.speech import SpeechFailed, SpeechService

VOICE = "sit/cmn-latn-pinyin"
TEXT = "qing3 A ling2 si4 liu4 hao4"


def alive(pid: int) -> bool:
    """Running; dead but not yet collected by its parent does not count."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def gone(pid: int) -> bool:
    """Whether a killed process ends: the kernel may take a moment on a busy machine."""
    for _ in range(100):
        if not alive(pid):
            return True
        await asyncio.sleep(0.05)
    return False


def with_service(use: Callable[[SpeechService], Awaitable[None]], service_seconds_max: float = 10.0) -> None:
    """Run ``use`` with a started service; whatever happens, its process must end."""

    async def run() -> None:
        service = SpeechService(utterance_seconds_max=service_seconds_max)
        await service.start()
        try:
            assert await service.ready(), f"espeak-ng is part of the set-up: {service.reason}"
            pid = service.pid
            await use(service)
            pid = service.pid or pid
        finally:
            await service.stop()
        assert pid and not alive(pid)
        assert (service.state, service.reason) == ("off", "stopped")

    asyncio.run(run())


def test_text_becomes_a_sound_file(tmp_path: Path) -> None:
    async def use(service: SpeechService) -> None:
        clip = await service.synthesise(TEXT, VOICE, 140, tmp_path / "a.wav")
        assert 0.5 < clip.seconds < 6
        assert clip.id == "a"
        assert sound.read(clip.path).seconds == pytest.approx(clip.seconds)
        assert service.state == "ok"
        assert {VOICE, "gmw/en-us"} <= service.voices

    with_service(use)
    assert [file.name for file in tmp_path.iterdir()] == ["a.wav"]


def test_many_at_once_are_all_made_and_all_whole(tmp_path: Path) -> None:
    async def use(service: SpeechService) -> None:
        texts = [" ".join(["ling2", "yi1", "er4"] * (n % 4 + 1)) for n in range(24)]
        made = [service.synthesise(text, VOICE, 140, tmp_path / f"{n}.wav") for n, text in enumerate(texts)]
        clips = await asyncio.gather(*made)
        lengths = {text: clip.seconds for text, clip in zip(texts, clips, strict=True)}
        assert sorted(lengths, key=lambda text: lengths[text]) == sorted(lengths, key=len)

    with_service(use)
    assert len(list(tmp_path.iterdir())) == 24


def test_a_text_of_twenty_seconds_is_not_cut_off(tmp_path: Path) -> None:
    async def use(service: SpeechService) -> None:
        clip = await service.synthesise("ling2 yi1 er4 san1 si4 " * 15, VOICE, 140, tmp_path / "long.wav")
        assert clip.seconds > 15

    with_service(use)


def test_what_cannot_be_spoken_fails_and_the_next_is_spoken(tmp_path: Path) -> None:
    async def use(service: SpeechService) -> None:
        pid = service.pid
        missing = tmp_path / "none" / "a.wav"
        for text, voice, path, reason in [
            (TEXT, "zh", tmp_path / "a.wav", "no voice zh"),
            (TEXT, VOICE, missing, "FileNotFoundError"),
            (" ", VOICE, tmp_path / "a.wav", "characters"),
            ("...", VOICE, tmp_path / "a.wav", "no sound"),
            ("a" * 501, VOICE, tmp_path / "a.wav", "characters"),
        ]:
            with pytest.raises(SpeechFailed, match=reason):
                await service.synthesise(text, voice, 140, path)
        await service.synthesise(TEXT, VOICE, 140, tmp_path / "b.wav")
        assert service.pid == pid

    with_service(use)
    assert [file.name for file in tmp_path.iterdir()] == ["b.wav"]


def test_a_full_disk_hangs_the_engine_and_only_the_engine(tmp_path: Path) -> None:
    (tmp_path / "full.wav.raw.part").symlink_to("/dev/full")

    async def use(service: SpeechService) -> None:
        pid = service.pid
        with pytest.raises(SpeechFailed, match="no sound within"):
            await service.synthesise(TEXT, VOICE, 140, tmp_path / "full.wav")
        await service.synthesise(TEXT, VOICE, 140, tmp_path / "b.wav")
        assert pid and await gone(pid)
        assert service.pid != pid

    with_service(use, service_seconds_max=5)


def test_a_stopped_process_is_replaced(tmp_path: Path) -> None:
    async def use(service: SpeechService) -> None:
        assert service.pid
        os.kill(service.pid, signal.SIGSTOP)
        with pytest.raises(SpeechFailed, match="no sound within"):
            await service.synthesise(TEXT, VOICE, 140, tmp_path / "a.wav")
        await service.synthesise(TEXT, VOICE, 140, tmp_path / "b.wav")

    with_service(use, service_seconds_max=5)


def test_a_killed_process_is_not_even_noticed(tmp_path: Path) -> None:
    async def use(service: SpeechService) -> None:
        for n in range(3):
            assert service.pid
            os.kill(service.pid, signal.SIGKILL)
            await service.synthesise(TEXT, VOICE, 140, tmp_path / f"{n}.wav")

    with_service(use)


def test_ctrl_c_reaches_the_server_alone(tmp_path: Path) -> None:
    async def use(service: SpeechService) -> None:
        pid = service.pid
        assert pid
        os.kill(pid, signal.SIGINT)
        await service.synthesise(TEXT, VOICE, 140, tmp_path / "a.wav")
        assert service.pid == pid

    with_service(use)


def test_a_caller_who_gives_up_does_not_mix_up_the_answers(tmp_path: Path) -> None:
    async def use(service: SpeechService) -> None:
        long = asyncio.create_task(service.synthesise("ling2 " * 80, VOICE, 140, tmp_path / "long.wav"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        long.cancel()
        clip = await service.synthesise("ling2", VOICE, 140, tmp_path / "short.wav")
        assert clip.seconds < 3

    with_service(use)


NO_LIBRARY = """
import sys, types
def init(driver): raise RuntimeError("no eSpeak")
sys.modules["pyttsx3"] = types.SimpleNamespace(init=init)
from queue_server.voice import speech_worker
sys.argv[1:] = []
sys.exit(speech_worker.main())
"""


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import sys; sys.exit(1)", "ended at its start"),
        ("print('Audio saved to x')", "nothing sensible"),
        (NO_LIBRARY, "RuntimeError: no eSpeak"),
    ],
)
def test_a_machine_without_a_voice_says_why(program: str, reason: str, tmp_path: Path) -> None:
    async def run() -> None:
        service = SpeechService((sys.executable, "-c", program), utterance_seconds_max=1)
        await service.start()
        assert not await service.ready()
        with pytest.raises(SpeechFailed, match=reason):
            await service.synthesise(TEXT, VOICE, 140, tmp_path / "a.wav")
        assert service.state == "failed"
        await service.stop()

    asyncio.run(run())


def test_a_missing_program_is_a_reason_too() -> None:
    async def run() -> None:
        service = SpeechService(("/no/such/program",), utterance_seconds_max=0.5)
        await service.start()
        assert not await service.ready()
        assert "cannot start" in service.reason
        await service.stop()

    asyncio.run(run())


def test_a_service_that_was_never_started_is_off(tmp_path: Path) -> None:
    async def run() -> None:
        service = SpeechService()
        assert service.state == "off"
        with pytest.raises(SpeechFailed, match="not started"):
            await service.synthesise(TEXT, VOICE, 140, tmp_path / "a.wav")
        await service.stop()

    asyncio.run(run())


def test_a_process_that_answers_nonsense_is_replaced(tmp_path: Path) -> None:
    program = (
        """print('{"ready": true, "voices": []}', flush=True); input(); print('Audio saved', flush=True); input()"""
    )

    async def run() -> None:
        service = SpeechService((sys.executable, "-c", program), utterance_seconds_max=3)
        await service.start()
        with pytest.raises(SpeechFailed):
            await service.synthesise(TEXT, VOICE, 140, tmp_path / "a.wav")
        await service.stop()

    asyncio.run(run())


def test_a_process_that_will_not_go_is_killed() -> None:
    program = """import time; print('{"ready": true}', flush=True); time.sleep(600)"""

    async def run() -> None:
        service = SpeechService((sys.executable, "-c", program))
        await service.start()
        assert await service.ready()
        pid = service.pid
        await service.stop()
        assert pid and not alive(pid)

    asyncio.run(run())


PARENT = """
import asyncio, sys
from queue_server.voice.speech import SpeechService
async def run():
    service = SpeechService()
    await service.start()
    assert await service.ready(), service.reason
    print(service.pid, flush=True)
    await asyncio.sleep(600)
asyncio.run(run())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a stopped process is ended with its parent on Linux")
def test_the_process_ends_with_the_server_even_when_it_hangs() -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen((sys.executable, "-c", PARENT), cwd=root, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        worker = int(parent.stdout.readline())
        os.kill(worker, signal.SIGSTOP)
        parent.kill()
    while alive(worker):  # the suite's own limit ends this when it fails
        time.sleep(0.02)
