"""Sound as numbers: trimming, loudness, joining, and the chime that is shipped."""

from __future__ import annotations

import math
import wave
from array import array
from io import BytesIO
from pathlib import Path

import pytest

from queue_server.voice import sound
from queue_server.voice.sound import RATE_HZ, Sound, SoundError

CHIME = Path(__file__).parents[2] / "static" / "audio" / "chime.wav"


def tone(seconds: float, level: float = 0.5, rate_hz: int = RATE_HZ, silence: float = 0.0) -> Sound:
    still = [0] * round(silence * rate_hz)
    wave_ = [round(32767 * level * math.sin(0.2 * i)) for i in range(round(seconds * rate_hz))]
    return Sound(array("h", [*still, *wave_, *still]), rate_hz)


def dbfs(value: float) -> float:
    return 20 * math.log10(value / 32767)


def test_silence_goes_but_for_a_pad() -> None:
    assert sound.trim(tone(0.5, silence=0.4)).seconds == pytest.approx(0.52, abs=0.005)
    assert sound.trim(tone(0.5, level=0.001)).seconds == 0


@pytest.mark.parametrize("level", [0.05, 0.3, 0.9])
def test_loud_and_quiet_parts_come_out_equal(level: float) -> None:
    samples = sound.even(tone(0.5, level)).samples
    assert dbfs(sound.root_mean_square(samples)) == pytest.approx(-18, abs=0.3)


def test_peaks_stay_below_the_limit() -> None:
    click = Sound(array("h", [30000, *[500] * 20000]), RATE_HZ)
    assert dbfs(max(sound.level(click).samples)) <= -1


def test_parts_are_joined_with_a_gap() -> None:
    assert sound.join([tone(0.3), tone(0.2)]).seconds == pytest.approx(0.6, abs=0.001)


def test_recordings_of_another_rate_keep_their_length() -> None:
    assert sound.resample(tone(0.5, rate_hz=44100), RATE_HZ).seconds == pytest.approx(0.5, abs=0.001)


def test_a_file_comes_back_as_written(tmp_path: Path) -> None:
    sound.write(tmp_path / "a.wav", tone(0.1))
    assert sound.read(tmp_path / "a.wav") == tone(0.1)
    assert sound.seconds_of(tmp_path / "a.wav") == pytest.approx(0.1, abs=0.001)


def test_stereo_becomes_mono(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "s.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(array("h", [100, 300] * 800).tobytes())
    assert sound.read(tmp_path / "s.wav") == Sound(array("h", [200] * 800), 8000)


def test_other_files_are_refused_with_their_name(tmp_path: Path) -> None:
    (tmp_path / "no.wav").write_bytes(b"RIFF, but not really")
    for use in (sound.read, sound.seconds_of):
        with pytest.raises(SoundError, match="no.wav"):
            use(tmp_path / "no.wav")
    with wave.open(str(tmp_path / "eight.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(100))
    with pytest.raises(SoundError, match="eight.wav must be 16-bit"):
        sound.read(tmp_path / "eight.wav")


def test_the_chime_is_short_soft_and_the_one_shipped() -> None:
    with wave.open(BytesIO(sound.chime())) as file:
        assert (file.getframerate(), file.getnchannels()) == (16000, 1)
        made = array("h", file.readframes(file.getnframes()))
    assert len(made) <= 1.2 * 16000
    assert -12 < dbfs(max(made)) <= -1
    shipped = sound.read(CHIME).samples
    # Another machine's libm may round a sine the other way.
    assert max(abs(a - b) for a, b in zip(made, shipped, strict=True)) <= 1
