"""The worker's guards, with an engine that misbehaves on purpose. The real one is in ``test_speech.py``."""

from __future__ import annotations

import io
import json
import math
import sys
from array import array
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from queue_server.voice import sound, speech_worker
from queue_server.voice.sound import Sound

GOOD = Sound(array("h", [round(9000 * math.sin(0.1 * i)) for i in range(20000)]), 22050)
EMPTY = Sound(array("h"), 22050)


class Engine:
    """Plays back prepared results, one a run: a sound, an error text, or nothing written."""

    def __init__(self, results: list[Sound | str | None]) -> None:
        self.results = results
        self.runs = 0
        self.path = ""

    def connect(self, topic: str, callback: Callable[..., None]) -> None:
        assert topic == "error"
        self.report = callback

    def getProperty(self, name: str) -> list[Any]:
        return [SimpleNamespace(id="good")]

    def setProperty(self, name: str, value: object) -> None:
        pass

    def save_to_file(self, text: str, path: str) -> None:
        self.path = path

    def runAndWait(self) -> None:
        self.runs += 1
        if not self.path:
            return  # the run that warms the engine up
        match self.results.pop(0):
            case str(error):
                self.report(name="x", exception=RuntimeError(error))
            case Sound() as made:
                sound.write(Path(self.path), made)


def synthesiser(
    monkeypatch: pytest.MonkeyPatch, *results: Sound | str | None
) -> tuple[speech_worker.Synthesiser, Engine]:
    engine = Engine(list(results))
    monkeypatch.setitem(sys.modules, "pyttsx3", SimpleNamespace(init=lambda driver: engine))
    made = speech_worker.Synthesiser()
    assert engine.runs == 1, "the first run of a process is cut off, so it must not carry a text"
    return made, engine


def ask(made: speech_worker.Synthesiser, path: Path, **changes: object) -> dict[str, Any]:
    out = io.StringIO()
    request = {"id": 5, "text": "x", "voice": "good", "rate": 140, "path": str(path), **changes}
    speech_worker._answer(out, made, request)
    answer: dict[str, Any] = json.loads(out.getvalue())
    assert answer["id"] == 5
    return answer


@pytest.mark.parametrize("first", [EMPTY, None, "lost in a callback"])
def test_a_run_that_failed_is_tried_once_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, first: Sound | str | None
) -> None:
    made, _ = synthesiser(monkeypatch, first, GOOD)
    assert ask(made, tmp_path / "a.wav")["ok"]
    assert [file.name for file in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize(("result", "reason"), [(EMPTY, "no sound"), ("lost in a callback", "lost in a callback")])
def test_but_not_for_ever(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, result: Sound | str, reason: str) -> None:
    made, engine = synthesiser(monkeypatch, result, result, GOOD)
    answer = ask(made, tmp_path / "a.wav")
    assert not answer["ok"] and reason in answer["error"]
    assert engine.runs == 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("changes", [{"voice": "zh"}, {"text": " "}, {"path": "/no/a.wav"}, {"rate": "fast"}])
def test_what_would_fail_silently_never_reaches_the_engine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changes: dict[str, object]
) -> None:
    made, engine = synthesiser(monkeypatch, GOOD)
    path = Path(str(changes.pop("path", tmp_path / "a.wav")))
    assert not ask(made, path, **changes)["ok"]
    assert engine.runs == 1
