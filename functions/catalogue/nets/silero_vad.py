"""Silero VAD: where in a recording somebody speaks.

The net hears 512 samples at 16 kHz at a time, with the 64 before them, and hands a state of
[2, 1, 128] from step to step. Its state lives inside ``compute``.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from functions.catalogue import audio, media
from functions.ports import Answer, Array, Session, Tensors

_RATE_HZ: Final = 16_000
_STEP: Final = 512
_CONTEXT: Final = 64
_LONGEST_S: Final = 60.0
_STEP_S: Final = _STEP / _RATE_HZ
_BEGINS: Final = 0.5
"""Probability from which on it is speech."""
_ENDS: Final = 0.35
"""Probability below which it may have ended."""
_PAUSE_STEPS: Final = 4
"""Shorter pauses (0.13 s) do not end a segment."""
_SHORTEST_STEPS: Final = 8
"""Shorter segments (0.26 s) are noise."""
_MARGIN_S: Final = 0.03


class SileroVad:
    """A WAV in; segments of speech with times and the mean probability out."""

    media_types: tuple[str, ...] = media.WAV

    def __init__(self, _folder: Path) -> None:
        """Nothing beside the net is needed."""

    def prepare(self, body: bytes, media_type: str) -> Tensors:
        """The steps of the recording, each with the samples before it.

        Raises:
            InputError: no usable WAV of at most a minute.
        """
        samples = audio.read(body, media_type, _RATE_HZ, _LONGEST_S)
        count = -(-len(samples) // _STEP)
        padded = np.zeros(_CONTEXT + count * _STEP, np.float32)
        padded[_CONTEXT : _CONTEXT + len(samples)] = samples
        windows = np.lib.stride_tricks.sliding_window_view(padded, _CONTEXT + _STEP)[::_STEP]
        seconds = np.array([len(samples) / _RATE_HZ])
        return {"windows": windows[np.newaxis], "seconds": seconds}

    def compute(self, session: Session, batch: Sequence[Tensors]) -> list[Tensors]:
        """All recordings side by side, step by step; shorter ones hear silence at their end."""
        counts = [tensors["windows"].shape[1] for tensors in batch]
        heard = np.zeros((max(counts), len(batch), _CONTEXT + _STEP), np.float32)
        for place, tensors in enumerate(batch):
            heard[: counts[place], place] = tensors["windows"][0]
        speech = np.stack(list(_steps(session, heard)))
        return [
            {"speech": speech[:count, place], "seconds": tensors["seconds"]}
            for place, (count, tensors) in enumerate(zip(counts, batch, strict=True))
        ]

    def finish(self, result: Tensors) -> Answer:
        """Segments in seconds from the beginning."""
        seconds = float(result["seconds"][0])
        segments = [
            {
                "start_s": round(max(0.0, first * _STEP_S - _MARGIN_S), 3),
                "end_s": round(min(seconds, last * _STEP_S + _MARGIN_S), 3),
                "score": round(float(result["speech"][first:last].mean()), 4),
            }
            for first, last in spoken(result["speech"])
        ]
        return {"segments": segments, "duration_s": round(seconds, 3)}


def spoken(speech: Array) -> Iterator[tuple[int, int]]:
    """First step and the step after the last of each segment."""
    first, quiet = None, 0
    for step, probability in enumerate(speech):
        if probability >= _BEGINS:
            first, quiet = step if first is None else first, 0
        elif first is not None and (quiet or probability < _ENDS):
            quiet += 1
            if quiet >= _PAUSE_STEPS:
                yield from _long_enough(first, step + 1 - quiet)
                first, quiet = None, 0
    if first is not None:
        yield from _long_enough(first, len(speech) - quiet)


def _long_enough(first: int, last: int) -> Iterator[tuple[int, int]]:
    if last - first >= _SHORTEST_STEPS:
        yield first, last


def _steps(session: Session, heard: Array) -> Iterator[Array]:
    """The probability of speech in each step, one per recording."""
    state = np.zeros((2, heard.shape[1], 128), np.float32)
    rate = np.array(_RATE_HZ, np.int64)
    for window in heard:
        out = session.run({"input": window, "state": state, "sr": rate})
        state = out["stateN"]
        yield out["output"][:, 0]
