"""Notes of recordings."""

import numpy as np
import pytest

from functions.catalogue.samples import sample
from functions.catalogue.tones import TUNE, Tone, wav
from functions.ports import Answer
from tests.support.catalogue import answered, computed
from tests.support.catalogue import wav as file

ENGINES = ("onnxruntime", "litert")


def _told(answer: Answer) -> list[tuple[int, float]]:
    return [(note["midi"], note["start_s"]) for note in answer["notes"]]


@pytest.mark.models
@pytest.mark.parametrize("engine", ENGINES)
def test_the_notes_are_those_that_were_synthesised(engine: str) -> None:
    """Each once, its start within 30 ms, its end within 100 ms."""
    (answer,) = answered("basic-pitch", [sample("basic-pitch")[0]], "audio/wav", engine)
    assert [note["pitch"] for note in answer["notes"]] == ["C4", "E4", "G4", "C5"]
    for note, tone in zip(answer["notes"], TUNE, strict=True):
        assert note["midi"] == tone.midi
        assert abs(note["start_s"] - tone.start_s) < 0.03
        assert abs(note["end_s"] - tone.start_s - tone.seconds) < 0.1
        assert 1 <= note["velocity"] <= 127


@pytest.mark.models
def test_times_hold_across_windows() -> None:
    """A tune of ten seconds takes seven windows; the last note is where it was put."""
    tune = [Tone(midi=57 + 2 * n, start_s=0.5 + n) for n in range(10)]
    (answer,) = answered("basic-pitch", [wav(tune)], "audio/wav")
    assert [midi for midi, _ in _told(answer)] == [tone.midi for tone in tune]
    starts = np.array([start_s for _, start_s in _told(answer)])
    assert np.abs(starts - [tone.start_s for tone in tune]).max() < 0.03


@pytest.mark.models
def test_a_chord_is_heard_as_its_notes() -> None:
    """Three that begin together are the loudest; a fainter overtone may be told beside them."""
    chord = [Tone(midi=midi, start_s=0.3, seconds=0.8) for midi in (60, 64, 67)]
    (answer,) = answered("basic-pitch", [wav(chord)], "audio/wav")
    loudest = sorted(answer["notes"], key=lambda note: -note["velocity"])[:3]
    assert {note["midi"] for note in loudest} == {60, 64, 67}


@pytest.mark.models
def test_both_engines_agree() -> None:
    """The same net: probabilities within 1e-4."""
    body = sample("basic-pitch")[0]
    (onnx,), (lite,) = (computed("basic-pitch", [body], "audio/wav", each) for each in ENGINES)
    for name in ("note", "onset"):
        assert np.abs(onnx[name] - lite[name]).max() < 1e-4


@pytest.mark.models
@pytest.mark.parametrize("engine", ENGINES)
def test_a_batch_hears_what_each_recording_alone_would_say(engine: str) -> None:
    """Recordings of different lengths in one call."""
    bodies = [sample("basic-pitch")[0], wav([Tone(midi=50, start_s=0.2)]), file(np.zeros(100))]
    for body, result in zip(
        bodies, computed("basic-pitch", bodies, "audio/wav", engine), strict=True
    ):
        (alone,) = computed("basic-pitch", [body], "audio/wav", engine)
        assert np.abs(result["note"] - alone["note"]).max() < 1e-5


@pytest.mark.models
def test_silence_has_no_notes() -> None:
    """Nothing is told, however short it is."""
    (answer,) = answered("basic-pitch", [file(np.zeros(1), 44_100)], "audio/wav")
    assert answer["notes"] == []
