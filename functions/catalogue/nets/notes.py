"""From the probabilities of piano keys to notes.

A note begins at a peak of ``onset``, sounds while ``note`` stays above a threshold (short dips are
forgiven) and takes its key's and the neighbouring keys' activation with it, so that it is told
once. Later onsets are followed first. A note that never has an onset is not told.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np

from functions.ports import Array

_ONSET: Final = 0.5
_SOUNDS: Final = 0.3
_DIP: Final = 11
"""Frames (0.13 s) for which a key may fall silent within a note."""
_SHORTEST: Final = 11
"""Frames (0.13 s) that a note lasts at least."""
_LOWEST_MIDI: Final = 21
_NAMES: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


class Note(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A note: first frame, the frame after its last, MIDI number, velocity from 0 to 127."""

    first: int
    midi: int
    last: int
    velocity: int

    @property
    def name(self) -> str:
        """E.g. ``A4`` for the note of 440 Hz."""
        return f"{_NAMES[self.midi % 12]}{self.midi // 12 - 1}"


def notes(note: Array, onset: Array) -> list[Note]:
    """The notes in two matrices [frames, 88] of probabilities, sorted by start."""
    left = note.copy()
    found = []
    for first, key in _peaks(onset):
        last = _end(left[:, key], first)
        if last - first < _SHORTEST:
            continue
        loud = float(note[first:last, key].mean())
        left[first:last, max(0, key - 1) : key + 2] = 0.0
        velocity = round(127 * min(1.0, loud))
        found.append(Note(first=first, last=last, midi=key + _LOWEST_MIDI, velocity=velocity))
    return sorted(found)


def _peaks(onset: Array) -> Iterator[tuple[int, int]]:
    """Frame and key of every local maximum in time that is likely enough, the latest first."""
    before = np.pad(onset, ((1, 0), (0, 0)))[:-1]
    after = np.pad(onset, ((0, 1), (0, 0)))[1:]
    peaks = (onset >= _ONSET) & (onset > before) & (onset >= after)
    for first, key in np.argwhere(peaks)[::-1]:
        yield int(first), int(key)


def _end(sounds: Array, first: int) -> int:
    """The frame after the last in which the key sounds."""
    audible = np.flatnonzero(sounds[first:] >= _SOUNDS)
    if not len(audible) or audible[0] > _DIP:
        return first
    breaks = np.flatnonzero(np.diff(audible) > _DIP)
    return first + int(audible[breaks[0]] if len(breaks) else audible[-1]) + 1
