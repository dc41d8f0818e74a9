"""microWakeWord: when in a recording "okay nabu" is said.

The net takes three frames of 40 features (10 ms each, from TensorFlow Lite Micro's audio frontend)
as int8 and remembers in variables of its own, which nothing resets. It forgets what is about 1.2 s
old, so silence before each recording brings it into the same state whatever it heard before.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from pymicro_features import MicroFrontend

from functions.catalogue import audio, media
from functions.ports import Answer, Array, Session, Tensors

WORD: Final = "okay nabu"
_RATE_HZ: Final = 16_000
_CHUNK_BYTES: Final = 320
"""10 ms of 16-bit samples."""
_LONGEST_S: Final = 60.0
_FEATURES: Final = 40
_STRIDE: Final = 3
_STEP_S: Final = 0.03
_SCALE: Final = 26 / 255
_ZERO: Final = -128
_SILENT_STEPS: Final = 64
"""The net has forgotten everything after 40."""
_WINDOW: Final = 5
"""Steps over which the probability is averaged."""
_CUTOFF: Final = 0.85
_AFTER_S: Final = 0.5
"""Silence put behind the recording, since the net hears a word a little after its end."""


class WakeWord:
    """A WAV in; the times at which the word was heard, with their scores, out."""

    media_types: tuple[str, ...] = media.WAV

    def __init__(self, _folder: Path) -> None:
        """Nothing beside the net is needed."""

    def prepare(self, body: bytes, media_type: str) -> Tensors:
        """The features of the recording as the net takes them.

        Raises:
            InputError: no usable WAV of at most a minute.
        """
        samples = audio.read(body, media_type, _RATE_HZ, _LONGEST_S)
        frames = features(np.append(samples, np.zeros(int(_AFTER_S * _RATE_HZ), np.float32)))
        count = len(frames) // _STRIDE
        values = np.round(frames[: count * _STRIDE] / _SCALE + _ZERO).clip(-128, 127)
        steps = values.astype(np.int8).reshape(1, count, _STRIDE, _FEATURES)
        return {"steps": steps, "seconds": np.array([len(samples) / _RATE_HZ])}

    def compute(self, session: Session, batch: Sequence[Tensors]) -> list[Tensors]:
        """One recording after the other; the net has no batch axis."""
        return [
            {"heard": _heard(session, tensors["steps"][0]), "seconds": tensors["seconds"]}
            for tensors in batch
        ]

    def finish(self, result: Tensors) -> Answer:
        """When the word was heard, in seconds from the beginning."""
        seconds = float(result["seconds"][0])
        found = [
            {"word": WORD, "time_s": round(min(time_s, seconds), 2), "score": round(score, 4)}
            for time_s, score in detections(result["heard"])
        ]
        return {"detections": found, "duration_s": round(seconds, 3)}


def features(samples: Array) -> Array:
    """The frontend's features of mono samples at 16 kHz: [frames, 40], one frame each 10 ms."""
    sound = (samples * 32767.0).clip(-32768, 32767).astype("<i2").tobytes()
    frontend = MicroFrontend()
    frames = list(_frames(frontend, sound))
    return np.array(frames, np.float32).reshape(-1, _FEATURES)


def detections(heard: Array) -> Iterator[tuple[float, float]]:
    """Time in seconds and highest score of each stretch above the cut-off."""
    kernel = np.full(_WINDOW, 1 / _WINDOW)
    means = np.convolve(heard, kernel)[: len(heard)]
    above = np.concatenate([[False], means > _CUTOFF, [False]])
    edges = np.flatnonzero(above[1:] != above[:-1]).reshape(-1, 2)
    for first, last in edges:
        yield float(first + 1) * _STEP_S, float(means[first:last].max())


def _frames(frontend: Any, sound: bytes) -> Iterator[list[float]]:
    place = 0
    while place + _CHUNK_BYTES <= len(sound):
        out = frontend.process_samples(sound[place : place + _CHUNK_BYTES])
        place += 2 * out.samples_read
        if out.features:
            yield out.features


def _heard(session: Session, steps: Array) -> Array:
    """The probability that the word ends there, for each step of 30 ms."""
    name = session.inputs[0].name
    silence = np.full((1, _STRIDE, _FEATURES), _ZERO, np.int8)
    for _ in range(_SILENT_STEPS):
        session.run({name: silence})
    outputs = [session.run({name: step[np.newaxis]}) for step in steps]
    values = [next(iter(out.values()))[0, 0] for out in outputs]
    return np.array(values, np.float32) / 256.0
