"""Basic Pitch: the notes of a recording.

The net takes 43,844 samples at 22,050 Hz and tells, for 172 frames of 256 samples, how likely each
of 88 piano keys sounds (``note``) and begins (``onset``). Windows overlap by 30 frames; their rims
are dropped, so that the frames kept lie 256 samples apart throughout.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from functions.catalogue import audio, media
from functions.catalogue.nets.notes import notes
from functions.ports import Answer, Array, Session, Tensors

_RATE_HZ: Final = 22_050
_WINDOW: Final = 43_844
_HOP: Final = 256
_FRAMES: Final = 172
_RIM: Final = 15
"""Frames dropped at each end of a window."""
_KEPT: Final = _FRAMES - 2 * _RIM
_LONGEST_S: Final = 30.0
_TOGETHER: Final = 8
"""Windows in one call of the net, so that memory stays small."""
_NOTE: Final = "StatefulPartitionedCall:1"
_ONSET: Final = "StatefulPartitionedCall:2"


class BasicPitch:
    """A WAV in; notes with start, end, pitch and velocity out."""

    media_types: tuple[str, ...] = media.WAV

    def __init__(self, _folder: Path) -> None:
        """Nothing beside the net is needed."""

    def prepare(self, body: bytes, media_type: str) -> Tensors:
        """Overlapping windows of the recording.

        Raises:
            InputError: no usable WAV of at most half a minute.
        """
        samples = audio.read(body, media_type, _RATE_HZ, _LONGEST_S)
        frames = -(-len(samples) // _HOP)
        count = -(-frames // _KEPT)
        padded = np.zeros((count - 1) * _KEPT * _HOP + _WINDOW, np.float32)
        room = len(padded) - _RIM * _HOP
        padded[_RIM * _HOP : _RIM * _HOP + len(samples)] = samples[:room]
        starts = range(0, count * _KEPT * _HOP, _KEPT * _HOP)
        windows = np.stack([padded[start : start + _WINDOW] for start in starts])
        seconds = np.array([len(samples) / _RATE_HZ])
        return {"windows": windows[np.newaxis, :, :, np.newaxis], "seconds": seconds}

    def compute(self, session: Session, batch: Sequence[Tensors]) -> list[Tensors]:
        """The windows of all recordings, a few in each call."""
        windows = np.concatenate([tensors["windows"][0] for tensors in batch])
        parts = [
            _run(session, windows[place : place + _TOGETHER])
            for place in range(0, len(windows), _TOGETHER)
        ]
        note = np.concatenate([part[0] for part in parts])
        onset = np.concatenate([part[1] for part in parts])
        ends = np.cumsum([tensors["windows"].shape[1] for tensors in batch])[:-1]
        return [
            {"note": _joined(own_note), "onset": _joined(own_onset), "seconds": tensors["seconds"]}
            for own_note, own_onset, tensors in zip(
                np.split(note, ends), np.split(onset, ends), batch, strict=True
            )
        ]

    def finish(self, result: Tensors) -> Answer:
        """Notes in the order of their start, times in seconds from the beginning."""
        seconds = float(result["seconds"][0])
        frame_s = _HOP / _RATE_HZ
        found = [
            {
                "start_s": round(note.first * frame_s, 3),
                "end_s": round(min(seconds, note.last * frame_s), 3),
                "pitch": note.name,
                "midi": note.midi,
                "velocity": note.velocity,
            }
            for note in notes(result["note"], result["onset"])
            if note.first * frame_s < seconds
        ]
        return {"notes": found, "duration_s": round(seconds, 3)}


def _run(session: Session, windows: Array) -> tuple[Array, Array]:
    out = session.run({session.inputs[0].name: np.ascontiguousarray(windows)})
    return out[_NOTE], out[_ONSET]


def _joined(windows: Array) -> Array:
    """One matrix [frames, 88] of the windows' frames without their rims."""
    return windows[:, _RIM : _RIM + _KEPT].reshape(-1, windows.shape[2])
