"""The speech process: text in, WAV files out. Run as ``python -m queue_server.voice.speech_worker PARENT_PID``.

One JSON object a line. First ``{"ready": true, "voices": [...]}`` or ``{"ready": false, "error": ...}``; then for each
``{"id", "text", "voice", "rate", "path"}`` (rate in words per minute) one
``{"id", "ok": true, "seconds"}`` or ``{"id", "ok": false, "error"}``.

pyttsx3 on espeak can hang for ever, end the whole process, or fail without a word; that is why it lives alone here.
Each guard below names what it guards against. What cannot be guarded from inside (a hang, an exit) is the parent's
business: it waits with a limit and starts a new process.

The sound is trimmed and levelled here too: counting samples in Python would hold up the server's event loop, and costs
nobody anything in this process.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, TextIO

from queue_server.voice import sound
from queue_server.voice.sound import Sound, SoundError

# The parent gives up after a few seconds; this ends a hung worker whose parent is gone or cannot.
UTTERANCE_SECONDS_MAX = 30

AUDIO_SECONDS_MIN = 0.1  # shorter is a cut-off or empty file, never speech
ATTEMPTS = 2  # about 1 of 2,500 files came out empty under load
NICENESS = 10  # the hall's commands come first
PR_SET_PDEATHSIG = 1


class SynthesisError(Exception):
    """The engine did not make the file."""


class Synthesiser:
    """The one engine of this process. pyttsx3 shares one per process, and it must stay in one thread."""

    def __init__(self) -> None:
        # Here, because libespeak may end the process: the reply pipe must stand first.
        import pyttsx3

        self._engine: Any = pyttsx3.init("espeak")
        self._errors: list[str] = []
        # A failing callback is otherwise lost without a trace.
        self._engine.connect("error", self._on_error)
        # The first run of a process returns after 10 ms whatever the text: spend it on nothing.
        self._engine.runAndWait()
        self.voices: frozenset[str] = frozenset(voice.id for voice in self._engine.getProperty("voices"))

    def _on_error(self, name: str | None = None, exception: object = None) -> None:
        self._errors.append(str(exception))

    def make(self, text: str, voice: str, rate: int, path: str) -> float:
        """Write the file whole, and return its seconds. Raises :class:`SynthesisError` or ``OSError``."""
        if voice not in self.voices:  # espeak would go on in the old voice without a word
            raise SynthesisError(f"this machine has no voice {voice}")
        if not text.strip():
            raise SynthesisError("there is no text to speak")
        raw = Path(f"{path}.raw.part")
        try:
            for _ in range(ATTEMPTS):
                made = self._run(text, voice, rate, raw)
                if made and made.seconds >= AUDIO_SECONDS_MIN and not self._errors:
                    sound.write(Path(path), made)
                    return made.seconds
        finally:
            with contextlib.suppress(OSError):
                raw.unlink()
        raise SynthesisError(self._errors[0] if self._errors else "the engine made no sound")

    def _run(self, text: str, voice: str, rate: int, raw: Path) -> Sound | None:
        """One file a run: of several queued ones only the last would be written."""
        raw.write_bytes(b"")  # an unwritable path would hang the engine for ever, so meet it here first
        self._errors.clear()
        self._engine.setProperty("voice", voice)
        self._engine.setProperty("rate", rate)
        self._engine.save_to_file(text, str(raw))
        self._engine.runAndWait()
        try:
            return sound.even(sound.read(raw))
        except SoundError:  # cut off before its header
            return None


def main() -> int:
    """Serve requests until stdin ends. Returns the exit code."""
    out = _take_stdout()
    _end_with_parent(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICENESS)
    try:
        synthesiser = Synthesiser()
    except Exception as error:  # no library, no data: the hall goes on with chime and screen
        _reply(out, ready=False, error=_describe(error))
        return 3
    _reply(out, ready=True, voices=sorted(synthesiser.voices))
    for line in sys.stdin:
        _answer(out, synthesiser, json.loads(line))
    return 0


def _answer(out: TextIO, synthesiser: Synthesiser, request: dict[str, Any]) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(UTTERANCE_SECONDS_MAX)
    try:
        seconds = synthesiser.make(request["text"], request["voice"], int(request["rate"]), request["path"])
    except Exception as error:  # one bad request must not end the voice
        _reply(out, id=request.get("id"), ok=False, error=_describe(error))
    else:
        _reply(out, id=request["id"], ok=True, seconds=seconds)
    finally:
        if hasattr(signal, "alarm"):
            signal.alarm(0)


def _take_stdout() -> TextIO:
    """Keep the reply pipe to ourselves: pyttsx3 prints "Audio saved to ..." on stdout for every file."""
    out = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
    return out


def _end_with_parent(parent_pid: int) -> None:
    """Never outlive the server, also when it is killed while the engine hangs and stdin's end goes unread."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us in order
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent_pid and os.getppid() != parent_pid:  # it died before the line above
        sys.exit(0)


def _reply(out: TextIO, **values: object) -> None:
    with contextlib.suppress(BrokenPipeError):
        out.write(json.dumps(values) + "\n")
        out.flush()


def _describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]


if __name__ == "__main__":
    sys.exit(main())
