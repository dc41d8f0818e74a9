"""A short tune out of sine waves, so that no recording has to be shipped."""

import io
import wave
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

RATE_HZ: Final = 22_050
_FALLING: Final = (1.0, 0.3, 0.12, 0.05)
"""How loud the fundamental and its overtones are."""
_DECAY_S: Final = 0.6
_ATTACK_S: Final = 0.005
_RELEASE_S: Final = 0.02
_LOUDNESS: Final = 0.3


class Tone(msgspec.Struct, frozen=True, kw_only=True):
    """One struck note: MIDI number, when it begins and how long it lasts in seconds."""

    midi: int
    start_s: float
    seconds: float = 0.45


TUNE: Final = (
    Tone(midi=60, start_s=0.2),
    Tone(midi=64, start_s=0.7),
    Tone(midi=67, start_s=1.2),
    Tone(midi=72, start_s=1.7),
)
"""C4 E4 G4 C5."""


def wav(tones: Sequence[Tone] = TUNE, rate_hz: int = RATE_HZ) -> bytes:
    """The tones as a mono 16-bit WAV that ends 0.3 s after the last."""
    length_s = max((tone.start_s + tone.seconds for tone in tones), default=0.0) + 0.3
    sound = np.zeros(int(length_s * rate_hz))
    for tone in tones:
        first = int(tone.start_s * rate_hz)
        struck = _struck(tone, rate_hz)
        sound[first : first + len(struck)] += struck
    return _file((sound.clip(-1.0, 1.0) * 32767).astype("<i2").tobytes(), rate_hz)


def _struck(tone: Tone, rate_hz: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    times = np.arange(int(tone.seconds * rate_hz)) / rate_hz
    pitch_hz = 440.0 * 2.0 ** ((tone.midi - 69) / 12)
    sound = np.zeros(len(times))
    for number, loud in enumerate(_FALLING, 1):
        sound += loud * np.sin(2 * np.pi * pitch_hz * number * times)
    rise = np.minimum(times / _ATTACK_S, 1.0)
    fall = np.minimum((tone.seconds - times) / _RELEASE_S, 1.0)
    shaped: np.ndarray[tuple[int], np.dtype[np.float64]] = (
        _LOUDNESS * sound * rise * fall * np.exp(-times / _DECAY_S)
    )
    return shaped


def _file(samples: bytes, rate_hz: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples)
    return out.getvalue()
