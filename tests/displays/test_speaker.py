"""The display without a screen: each ring once, in order, also when the server goes and comes back."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from displays import speaker as speaker_module
from displays import speaker_sound
from displays.__main__ import main, parser
from displays.speaker import Followed, Speaker
from displays.speaker_sound import NoSound, OwnVoice, Player, ServerClips, SoundFailed, find_player, spoken_text
from queue_server.voice.speech import Clip, SpeechFailed

AT = "2026-11-24T10:44:02+08:00"


def call(number: int, count: int = 1) -> dict[str, Any]:
    return {"id": f"c{number}", "seq": number, "number": f"A{number:03d}", "counter": "7", "count": count, "at": AT}


def message(*calls: dict[str, Any], say: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"seq": 1, "at": AT, "view": {"calls": list(calls), "say": say}}


def saying(number: int, count: int = 1, **more: Any) -> dict[str, Any]:
    text = f"请 A{number:03d} 号，到 7 号窗口办理"
    return {"id": f"c{number}", "count": count, "text": text, "lang": "zh", "url": None, "seconds": 1.0} | more


class Heard:
    """A sound that only remembers."""

    sounds = True

    def __init__(self) -> None:
        self.said: list[str] = []
        self.failing = False

    async def __aenter__(self) -> Heard:
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def say(self, say: dict[str, Any], calls: Any) -> None:
        if self.failing:
            raise SoundFailed("no card")
        self.said.append(f"{say['id']}:{say['count']}")


class Board:
    """A server of the test: sends what it is told, keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.shown = message()
        self.port = 0
        self._server: Any = None

    async def start(self) -> None:
        self._server = await serve(self._follow, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def show(self, shown: dict[str, Any]) -> None:
        self.shown = shown
        for line in self._server.connections:
            await line.send(json.dumps(shown))

    async def _follow(self, line: ServerConnection) -> None:
        assert line.request is not None
        self.paths.append(line.request.path)
        await line.send(json.dumps(self.shown))
        async for text in line:
            self.heard.append(json.loads(text))


async def until(true: Any) -> None:
    for _ in range(500):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come about within 5 s")


def played(story: Any, sound: Any) -> None:
    """Run a story with a board, a speaker and its lines."""

    async def run() -> None:
        board, lines = Board(), []
        await board.start()
        box = Speaker(Followed(f"http://127.0.0.1:{board.port}", "hall", "A", "box"), "secret", sound, out=lines.append)
        running = asyncio.create_task(box.run())
        try:
            await story(board, lines)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await board.stop()

    asyncio.run(run())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speaker_module, "BACK_OFF_SECONDS", (0.02, 0.05))


def test_calls_become_lines_and_are_reported_once():
    async def story(board: Board, lines: list[str]) -> None:
        await board.show(message(call(2), call(1)))
        await until(lambda: len(board.heard) == 2)
        await board.show(message(call(2), call(1)))
        await board.show(message(call(1, 2), call(2)))
        await until(lambda: len(board.heard) == 3)
        assert lines[:4] == [
            "已连接", "10:44:02  请 A001 号到 7 号窗口", "10:44:02  请 A002 号到 7 号窗口",
            "10:44:02  请 A001 号到 7 号窗口（第 2 次）",
        ]  # fmt: skip
        assert board.heard[2] == {"ack": "c1", "count": 2, "how": "shown"}
        await board.show(message(call(3) | {"at": "2026-11-24T10:40:00+08:00"}))
        await until(lambda: len(lines) == 5)  # an old one is told, but nobody is made to believe it was just seen
        assert len(board.heard) == 3
        assert board.paths == ["/api/v1/halls/hall/live/board/A"]  # a box without sound does not say it has one

    played(story, NoSound())


def test_each_sentence_is_spoken_once_also_after_a_restart():
    sound = Heard()

    async def story(board: Board, lines: list[str]) -> None:
        await until(lambda: board.paths)
        await board.show(message(call(1), say=saying(1)))
        await until(lambda: {"ack": "c1", "count": 1, "how": "spoken"} in board.heard)
        await board.stop()
        await until(lambda: "断线，正在重连" in lines)
        await board.start()  # shows the same again
        await until(lambda: len(board.paths) == 2)
        await board.show(message(call(2), call(1), say=saying(2)))
        await until(lambda: len(sound.said) == 2)
        assert sound.said == ["c1:1", "c2:1"]
        assert board.paths[1] == "/api/v1/halls/hall/live/board/A?sound=1&name=box"

    played(story, sound)


def test_a_box_that_cannot_be_heard_says_so_and_does_not_ack():
    sound = Heard()
    sound.failing = True

    async def story(board: Board, lines: list[str]) -> None:
        await until(lambda: board.paths)
        await board.show(message(say=saying(1)))
        await until(lambda: {"sound": "blocked"} in board.heard)
        sound.failing = False
        await board.show(message(say=saying(2)))
        await until(lambda: {"sound": "ok"} in board.heard)
        await until(lambda: {"ack": "c2", "count": 1, "how": "spoken"} in board.heard)
        assert {"ack": "c1", "count": 1, "how": "spoken"} not in board.heard
        assert "没有出声：no card" in lines

    played(story, sound)


def test_a_sentence_whose_time_is_over_is_not_begun():
    sound = Heard()

    async def story(board: Board, lines: list[str]) -> None:
        await until(lambda: board.paths)
        await board.show(message(say=saying(1, expires="2026-11-24T10:44:01+08:00")))
        await board.show(message(say=saying(2, expires="2026-11-24T10:44:09+08:00")))
        await until(lambda: sound.said)
        assert sound.said == ["c2:1"]

    played(story, sound)


# ------------------------------------------------------------------ sound


def player(tmp_path: Path, body: str) -> Player:
    """A player written by the test; the file to play is sys.argv[1]."""
    script = tmp_path / "player.py"
    script.write_text(f"import sys, time, shutil\n{body}\n", "utf-8")
    return Player([sys.executable, str(script)])


def heard(tmp_path: Path) -> bytes:
    """What a copying player played last."""
    return (tmp_path / "out").read_bytes()


def test_a_player_that_fails_or_hangs_is_named(tmp_path, monkeypatch):
    with pytest.raises(SoundFailed, match="no such card"):
        asyncio.run(player(tmp_path, "sys.exit('no such card')").play(Path("x"), 0))
    monkeypatch.setattr(speaker_sound, "PLAY_GRACE_SECONDS", 0.2)
    with pytest.raises(SoundFailed, match="hangs"):
        asyncio.run(player(tmp_path, "time.sleep(60)").play(Path("x"), 0))
    with pytest.raises(SoundFailed, match="cannot start"):
        asyncio.run(Player(["/nowhere/aplay"]).play(Path("x"), 0))


def test_the_servers_clip_is_fetched_and_played_and_without_one_the_chime(tmp_path):
    (tmp_path / "clip.wav").write_bytes(b"RIFF clip")
    copying = player(tmp_path, f"shutil.copy(sys.argv[1], {str(tmp_path / 'out')!r})")

    address = tmp_path.as_uri()

    async def run() -> None:
        async with ServerClips(copying, address, "secret") as sound:
            await sound.say(saying(1, url="clip.wav"), [])
            assert heard(tmp_path) == b"RIFF clip"
            await sound.say(saying(1), [])
            assert heard(tmp_path) == speaker_sound.CHIME.read_bytes()
            with pytest.raises(SoundFailed, match="did not come"):
                await sound.say(saying(1, url="missing.wav"), [])

    asyncio.run(run())


def spoken_into(path: Path) -> None:
    path.write_bytes(b"RIFF own")


class Voice:
    """Stands in for the speech process."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails, self.asked = fails, []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def synthesise(self, text: str, voice: str, rate: int, path: Path) -> Clip:
        if self.fails:
            raise SpeechFailed("no engine")
        self.asked.append((text, voice))
        spoken_into(path)
        return Clip(path, 0.1)


@pytest.mark.parametrize("fails", [False, True])
def test_the_own_voice_speaks_or_chimes(tmp_path, fails):
    copying = player(tmp_path, f"shutil.copy(sys.argv[1], {str(tmp_path / 'out')!r})")
    voice = Voice(fails=fails)

    async def run() -> None:
        async with OwnVoice(copying, voice) as sound:  # type: ignore[arg-type]
            await sound.say(saying(46), [call(46)])

    asyncio.run(run())
    chime = speaker_sound.CHIME.read_bytes()
    assert heard(tmp_path) == (chime if fails else b"RIFF own")
    if not fails:
        assert voice.asked == [("qing3 A ling2 si4 liu4 hao4, dao4 qi1 hao4 chuang1 kou3 ban4 li3", "sit/cmn-latn-pinyin")]


def test_merged_calls_are_all_read_and_unknown_ones_from_the_text():
    merged = spoken_text(saying(1, also=[["c2", 1]]), [call(2), call(1)], "zh")
    assert "ling2 ling2 yi1" in merged and "ling2 ling2 er4" in merged
    assert "A ling2 si4 liu4" in spoken_text(saying(46), [], "zh")


def test_the_command_line(monkeypatch, capsys):
    assert "example:" in parser().format_help()
    assert main(["--url", "ftp://x"]) == 2
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert find_player() == []
    assert main(["--url", "http://x"]) == 2
    assert "no player" in capsys.readouterr().err
