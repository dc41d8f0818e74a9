"""WAV files as mono samples at the rate of a net."""

import io
import struct
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import soundfile
import soxr

from functions.catalogue import media
from functions.errors import InputError
from functions.ports import Array

_FORMATS: Final = frozenset({"WAV", "WAVEX", "RF64"})
_RATES_HZ: Final = (4_000, 192_000)
_MOST_CHANNELS: Final = 16
_UNKNOWN_SIZE: Final = 0x7FFF_0000
"""Writers into a pipe cannot know the size; they write this or more."""


def read(body: bytes, media_type: str, rate_hz: int, longest_s: float) -> Array:
    """Mono float32 samples in -1 to 1 at ``rate_hz``; channels are averaged.

    Raises:
        InputError: another media type, no whole WAV, empty, or longer than ``longest_s``.
    """
    media.check(media_type, media.WAV)
    if not body:
        raise InputError("body: found no bytes, allowed: a WAV file")
    _whole(body)
    samples, found_hz = _decoded(body, longest_s)
    mono: Array = samples.mean(axis=1, dtype=np.float32)
    if not np.isfinite(mono).all():
        raise InputError("body: found samples that are no numbers, allowed: finite ones")
    if found_hz == rate_hz:
        return mono
    resampled: Array = soxr.resample(mono, found_hz, rate_hz).astype(np.float32)
    return resampled


def _decoded(body: bytes, longest_s: float) -> tuple[Array, int]:
    """Samples by channel, and their rate in Hz."""
    try:
        with soundfile.SoundFile(io.BytesIO(body)) as file:
            _check(file, longest_s)
            samples: Array = file.read(dtype="float32", always_2d=True)
            return samples, int(file.samplerate)
    except (soundfile.SoundFileError, RuntimeError) as error:
        raise InputError(f"body: no WAV that can be read: {error}") from None


def _check(file: Any, longest_s: float) -> None:
    """Refuse what the header alone shows to be unusable, before anything is decoded."""
    if file.format not in _FORMATS:
        raise InputError(f"body: found the format {file.format}, allowed: WAV")
    low, high = _RATES_HZ
    if not low <= file.samplerate <= high:
        raise InputError(f"body: found {file.samplerate} samples/s, allowed: {low} to {high}")
    if file.channels > _MOST_CHANNELS:
        raise InputError(f"body: found {file.channels} channels, allowed: 1 to {_MOST_CHANNELS}")
    seconds = file.frames / file.samplerate
    if seconds <= 0:
        raise InputError("body: found a WAV without samples, allowed: at least one")
    if seconds > longest_s:
        raise InputError(f"body: found {seconds:.1f} s of sound, allowed: at most {longest_s:g} s")


def _whole(body: bytes) -> None:
    """Refuse a WAV whose samples are cut off."""
    for name, begin, size in _chunks(body):
        missing = begin + size - len(body)
        if name == b"data" and size < _UNKNOWN_SIZE and missing > 0:
            raise InputError(
                f"body: the WAV ends too early: found {size - missing} of {size} bytes of samples"
            )


def _chunks(body: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, first byte and size of each RIFF chunk, as far as they can be followed."""
    place = 12 if body[:4] == b"RIFF" and body[8:12] == b"WAVE" else len(body)
    while place + 8 <= len(body):
        name, size = struct.unpack_from("<4sI", body, place)
        yield name, place + 8, size
        place += 8 + size + size % 2
