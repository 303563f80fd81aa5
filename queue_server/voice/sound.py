"""Sound as numbers: 16-bit mono samples, made even, joined, written; and the chime.

Pure Python on :mod:`array`, because a hall's small box need not carry numpy for half a second of work a day. Everything
here is CPU work: callers on the event loop go through a thread.
"""

from __future__ import annotations

import math
import os
import sys
import wave
from array import array
from collections.abc import Iterator, Sequence
from io import BytesIO
from operator import mul
from pathlib import Path
from typing import BinaryIO, NamedTuple

FULL_SCALE = 32767
RATE_HZ = 22050  # what espeak makes; recordings are brought to it, so that all parts can be joined

SILENCE = 0.01  # of full scale: below it a sample counts as silence (found with espeak and two neural voices)
PAD_SECONDS = 0.01
GAP_SECONDS = 0.1  # 50-150 ms between parts was understood best
LOUDNESS_DBFS = -18.0  # the engines differ by 3 dB; a mixed sentence must not jump
PEAK_DBFS = -1.0
GAIN_MAX = 10.0  # never pull a silent recording's noise up to speech level

CHIME_RATE_HZ = 16000  # 38 kB; the chime has no tone above 3 kHz
CHIME_SECONDS = 1.2


class SoundError(Exception):
    """A sound file is not what it should be; the message names the file."""


class Sound(NamedTuple):
    """Mono samples and how many there are in a second."""

    samples: array[int]
    rate_hz: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate_hz


def read(path: Path) -> Sound:
    """A 16-bit PCM file as mono. Raises :class:`SoundError` for anything else, ``OSError`` when it cannot be read."""
    try:
        with wave.open(str(path), "rb") as file:
            channels, width, rate_hz = file.getnchannels(), file.getsampwidth(), file.getframerate()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise SoundError(f"{path.name} is no WAV file: {error}") from error
    if width != 2 or not channels or not rate_hz:
        raise SoundError(f"{path.name} must be 16-bit PCM, it has {8 * width} bits")
    samples = array("h", frames[: len(frames) // (2 * channels) * 2 * channels])
    if sys.byteorder == "big":
        samples.byteswap()
    if channels > 1:
        samples = array("h", (sum(samples[i : i + channels]) // channels for i in range(0, len(samples), channels)))
    return Sound(samples, rate_hz)


def seconds_of(path: Path) -> float:
    """Length of a WAV file, from its header alone. Raises as :func:`read`."""
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes() / file.getframerate()
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        raise SoundError(f"{path.name} is no WAV file: {error}") from error


def write(path: Path, sound: Sound) -> None:
    """Write whole or not at all: a reader never meets half a file. Raises ``OSError``."""
    part = path.with_name(f"{path.name}.part")
    with open(part, "wb") as file:
        _encode(file, sound)
    os.replace(part, path)


def _encode(file: BinaryIO, sound: Sound) -> None:
    samples = sound.samples
    if sys.byteorder == "big":
        samples = array("h", samples)
        samples.byteswap()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(sound.rate_hz)
        out.writeframes(samples.tobytes())


def even(sound: Sound) -> Sound:
    """Silence trimmed, loudness set, rate set: parts made so can be joined in any order."""
    return level(trim(resample(sound, RATE_HZ)))


def trim(sound: Sound) -> Sound:
    """Without the silence at both ends, but for a short pad that keeps soft consonants whole."""
    samples, limit = sound.samples, int(SILENCE * FULL_SCALE)
    loud = (place for place, value in enumerate(samples) if abs(value) > limit)
    first = next(loud, None)
    if first is None:
        return Sound(array("h"), sound.rate_hz)
    last = next(place for place in range(len(samples) - 1, -1, -1) if abs(samples[place]) > limit)
    pad = round(PAD_SECONDS * sound.rate_hz)
    return Sound(samples[max(0, first - pad) : last + 1 + pad], sound.rate_hz)


def level(sound: Sound) -> Sound:
    """At ``LOUDNESS_DBFS`` (RMS), or as near to it as the peak limit allows."""
    samples = sound.samples
    rms = root_mean_square(samples)
    if not rms:
        return sound
    peak = max(max(samples), -min(samples))
    gain = min(_level(LOUDNESS_DBFS) / rms, _level(PEAK_DBFS) / peak, GAIN_MAX)
    return Sound(array("h", [int(value * gain) for value in samples]), sound.rate_hz)


def root_mean_square(samples: array[int]) -> float:
    return math.sqrt(sum(map(mul, samples, samples)) / len(samples)) if samples else 0.0


def _level(dbfs: float) -> float:
    return float(FULL_SCALE * 10 ** (dbfs / 20))


def resample(sound: Sound, rate_hz: int) -> Sound:
    """By straight lines between samples: enough for speech, and only recordings ever need it."""
    samples = sound.samples
    if sound.rate_hz == rate_hz or len(samples) < 2:
        return Sound(samples, rate_hz)
    step, last = sound.rate_hz / rate_hz, len(samples) - 1

    def points() -> Iterator[int]:
        for place in range(int(last / step)):
            whole = int(place * step)
            share = place * step - whole
            yield int(samples[whole] * (1 - share) + samples[whole + 1] * share)

    return Sound(array("h", points()), rate_hz)


def join(sounds: Sequence[Sound], gap_seconds: float = GAP_SECONDS) -> Sound:
    """One after the other with silence between. All must have the same rate."""
    assert sounds, "there is nothing to join"
    rate_hz = sounds[0].rate_hz
    assert all(sound.rate_hz == rate_hz for sound in sounds), "parts are brought to one rate by even() first"
    gap = array("h", bytes(2 * round(gap_seconds * rate_hz)))
    joined = array("h", sounds[0].samples)
    for sound in sounds[1:]:
        joined += gap
        joined += sound.samples
    return Sound(joined, rate_hz)


def chime() -> bytes:
    """Two soft falling notes (E5, C5) as a WAV file: what sounds when nothing can be spoken."""
    samples = array("h")
    for place in range(round(CHIME_SECONDS * CHIME_RATE_HZ)):
        at = place / CHIME_RATE_HZ
        value = _note(659.26, at) + _note(523.25, at - 0.4)
        fade_out = min(1.0, (CHIME_SECONDS - at) / 0.1)
        samples.append(round(0.4 * FULL_SCALE * value * fade_out))
    out = BytesIO()
    _encode(out, Sound(samples, CHIME_RATE_HZ))
    return out.getvalue()


def _note(hertz: float, seconds: float) -> float:
    """A struck bar: quick rise, slow decay, two quiet overtones that die sooner. At most 1."""
    if seconds <= 0:
        return 0.0
    turn = 2 * math.pi * hertz * seconds
    tone = math.sin(turn) + 0.25 * math.exp(-6 * seconds) * math.sin(2 * turn)
    tone += 0.1 * math.exp(-10 * seconds) * math.sin(4 * turn)
    return tone / 1.35 * min(1.0, seconds / 0.008) * math.exp(-4 * seconds)


if __name__ == "__main__":
    # python -m queue_server.voice.sound static/audio/chime.wav
    Path(sys.argv[1]).write_bytes(chime())
