"""The tune that is computed."""

import io
import wave

import numpy as np

from functions.catalogue.tones import RATE_HZ, Tone, wav


def test_a_tone_has_its_pitch_where_it_was_put() -> None:
    """A4 from 0.5 s on: silence before, 440 Hz within."""
    with wave.open(io.BytesIO(wav([Tone(midi=69, start_s=0.5)]))) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, RATE_HZ)
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    before, within = sound[: RATE_HZ // 2], sound[RATE_HZ // 2 :][: RATE_HZ * 4 // 10]
    assert np.abs(before).max() == 0
    spectrum = np.abs(np.fft.rfft(within))
    assert abs(spectrum.argmax() * RATE_HZ / len(within) - 440) < 5


def test_no_tones_are_silence() -> None:
    """A WAV all the same."""
    with wave.open(io.BytesIO(wav([]))) as file:
        assert file.getnframes() > 0
