"""WAV files of every kind, good and bad."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.catalogue import audio
from functions.errors import InputError
from functions.ports import Array
from tests.support.catalogue import tone, wav

RATE_HZ = 16_000


def read(body: bytes, media_type: str = "audio/wav", longest_s: float = 10.0) -> Array:
    """At 16 kHz."""
    return audio.read(body, media_type, RATE_HZ, longest_s)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_every_sample_format_gives_the_same_sound(subtype: str) -> None:
    """8-bit samples come within their own rounding, the others within that of 16 bits."""
    found = read(wav(tone(), subtype=subtype))
    assert found.dtype == np.float32
    within = 1 / 100 if subtype == "PCM_U8" else 1 / 10_000
    assert np.abs(found - tone()).max() < within


def test_stereo_is_averaged() -> None:
    """A tone on one side only is half as loud."""
    both = np.stack([tone(), np.zeros_like(tone())], axis=1)
    assert np.abs(read(wav(both)) - tone() / 2).max() < 1 / 10_000


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 48_000])
def test_other_rates_are_resampled(rate_hz: int) -> None:
    """Half a second stays half a second, and the tone the same tone."""
    found = read(wav(tone(rate_hz=rate_hz), rate_hz))
    assert abs(len(found) - RATE_HZ // 2) <= 1
    middle = slice(1000, len(found) - 1000)
    assert np.abs(found[middle] - tone()[: len(found)][middle]).max() < 0.01


@pytest.mark.parametrize("media_type", ["audio/x-wav", "AUDIO/WAV", "audio/wav; codecs=1"])
def test_the_usual_names_of_the_media_type_are_taken(media_type: str) -> None:
    """Case and parameters do not matter."""
    assert len(read(wav(tone()), media_type)) == len(tone())


def test_a_writer_into_a_pipe_knows_no_size() -> None:
    """A size of all ones means: to the end."""
    body = bytearray(wav(tone()))
    struct.pack_into("<I", body, body.index(b"data") + 4, 0xFFFFFFFF)
    assert len(read(bytes(body))) == len(tone())


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "found no bytes"),
        (b"RIFF", "no WAV"),
        (b"no sound at all, only text", "no WAV"),
        (wav(tone(), kind="FLAC"), "found the format FLAC, allowed: WAV"),
        (wav(tone())[:-100], "ends too early: found 15900 of 16000 bytes"),
        (wav(tone())[:44], "ends too early: found 0 of 16000"),
        (wav(np.zeros(0)), "without samples"),
        (wav(tone(), 2_000), "found 2000 samples/s, allowed: 4000 to 192000"),
        (wav(np.zeros((10, 17))), "found 17 channels, allowed: 1 to 16"),
        (wav(tone(11)), r"found 11.0 s of sound, allowed: at most 10 s"),
        (wav(np.array([0.0, np.nan]), subtype="FLOAT"), "no numbers"),
        (wav(np.array([0.0, np.inf]), subtype="FLOAT"), "no numbers"),
    ],
)
def test_what_cannot_be_used_says_why(body: bytes, says: str) -> None:
    """The message names what was found and what is allowed."""
    with pytest.raises(InputError, match=says):
        read(body)


def test_another_media_type_is_refused() -> None:
    """Before the bytes are looked at."""
    with pytest.raises(InputError, match=r"found 'image/png', allowed: audio/wav"):
        read(wav(tone()), "image/png")


@given(st.binary(max_size=200), st.integers(0, 60))
def test_no_bytes_break_it(noise: bytes, place: int) -> None:
    """Whatever stands in the header, the answer is samples or an InputError."""
    whole = bytearray(wav(tone(0.01)))
    whole[place : place + len(noise)] = noise
    try:
        found = read(bytes(whole))
    except InputError:
        return
    assert found.ndim == 1
    assert np.isfinite(found).all()
