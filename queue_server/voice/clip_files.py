"""The disk side of :mod:`queue_server.voice.clips`. Everything here blocks or counts samples, and runs in threads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from queue_server.voice import sound
from queue_server.voice.sound import SoundError


def touch(path: Path) -> float | None:
    """Mark as used now, and return its seconds; None when it is not there or damaged."""
    try:
        os.utime(path)
        return sound.seconds_of(path) or None
    except (OSError, SoundError):
        return None


def even_recording(recording: Path, path: Path) -> float:
    """Bring a hall's own recording to our rate and level: they come at any. Returns seconds."""
    part = sound.even(sound.read(recording))
    if not part.samples:
        raise SoundError(f"{recording.name} is silent")
    sound.write(path, part)
    return part.seconds


def join(parts: Sequence[Path], path: Path, gap_seconds: float) -> float:
    """Join parts, which are even already. Returns seconds."""
    joined = sound.join([sound.read(part) for part in parts], gap_seconds)
    sound.write(path, joined)
    return joined.seconds


def fingerprints(files: Sequence[Path]) -> list[str] | None:
    """Names with size and time of change, so that a new recording is heard at once; None when one is missing."""
    try:
        return [f"{file} {(stat := file.stat()).st_size} {stat.st_mtime_ns}" for file in files]
    except OSError:
        return None


def prepare(cache: Path, bytes_max: int) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    for left in cache.glob("*.part"):
        left.unlink(missing_ok=True)
    sweep(cache, bytes_max)


def sweep(cache: Path, bytes_max: int) -> None:
    """Delete the longest unused files until the rest fits."""
    files = []
    for file in cache.glob("*.wav"):
        with suppress(OSError):
            files.append((file.stat(), file))
    excess = sum(stat.st_size for stat, _ in files) - bytes_max
    for stat, file in sorted(files, key=lambda entry: entry[0].st_mtime_ns):
        if excess <= 0:
            return
        file.unlink(missing_ok=True)
        excess -= stat.st_size
