"""From probabilities to notes."""

import numpy as np

from functions.catalogue.nets.notes import Note, notes
from functions.ports import Array

FRAMES, KEYS = 100, 88


def matrices() -> tuple[Array, Array]:
    """Silence."""
    return np.zeros((FRAMES, KEYS), np.float32), np.zeros((FRAMES, KEYS), np.float32)


def test_a_note_lasts_from_its_onset_until_it_falls_silent() -> None:
    """Its velocity is its mean probability of 127."""
    note, onset = matrices()
    note[20:50, 48] = 0.5
    onset[20, 48] = 0.9
    (found,) = notes(note, onset)
    assert found == Note(first=20, last=50, midi=69, velocity=64)
    assert found.name == "A4"


def test_a_new_onset_begins_a_new_note_on_the_same_key() -> None:
    """The first one ends where the second begins."""
    note, onset = matrices()
    note[20:80, 10] = 0.8
    onset[20, 10] = onset[50, 10] = 0.9
    assert [(one.first, one.last) for one in notes(note, onset)] == [(20, 50), (50, 80)]


def test_short_dips_are_forgiven_and_long_ones_are_not() -> None:
    """Eleven frames at most."""
    note, onset = matrices()
    note[10:30, 5] = note[40:60, 5] = 0.8
    onset[10, 5] = 0.9
    assert [one.last for one in notes(note, onset)] == [60]
    note[29:33, 5] = 0.0
    note[33:45, 5] = 0.0
    assert [one.last for one in notes(note, onset)] == [29]


def test_what_is_too_short_or_has_no_onset_is_no_note() -> None:
    """Ten frames, or a key that sounds without having begun."""
    note, onset = matrices()
    note[10:20, 5] = 0.8
    onset[10, 5] = 0.9
    note[10:90, 40] = 0.8
    assert notes(note, onset) == []


def test_lowest_and_highest_key_are_named() -> None:
    """A0 to C8, also at the rims of the matrix."""
    note, onset = matrices()
    note[0:30, 0] = note[70:100, 87] = 0.8
    onset[0, 0] = onset[70, 87] = 0.9
    assert [one.name for one in notes(note, onset)] == ["A0", "C8"]
