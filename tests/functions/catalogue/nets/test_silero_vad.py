"""Where somebody speaks."""

import numpy as np
import pytest

from functions.catalogue.nets.silero_vad import spoken
from functions.catalogue.samples import sample
from tests.support.catalogue import answered, computed, tone, wav


@pytest.mark.models
def test_the_two_sentences_of_the_sample_are_found() -> None:
    """Where they are known to be, within a fifth of a second."""
    (answer,) = answered("silero-vad", [sample("silero-vad")[0]], "audio/wav")
    times = [(one["start_s"], one["end_s"]) for one in answer["segments"]]
    assert np.abs(np.subtract(times, [(0.50, 2.26), (3.06, 4.28)])).max() < 0.2
    assert all(one["score"] > 0.8 for one in answer["segments"])
    assert answer["duration_s"] == 4.778


@pytest.mark.models
def test_silence_and_tones_are_no_speech() -> None:
    """Nothing is told."""
    bodies = [wav(np.zeros(16_000)), wav(tone(2.0))]
    assert [one["segments"] for one in answered("silero-vad", bodies, "audio/wav")] == [[], []]


@pytest.mark.models
def test_a_batch_hears_what_each_recording_alone_would_say() -> None:
    """Recordings of different lengths keep their own states."""
    speech = sample("silero-vad")[0]
    bodies = [speech, wav(tone(0.3)), sample("wake-word")[0]]
    together = computed("silero-vad", bodies, "audio/wav")
    for body, result in zip(bodies, together, strict=True):
        (alone,) = computed("silero-vad", [body], "audio/wav")
        assert result["speech"].shape == alone["speech"].shape
        assert np.abs(result["speech"] - alone["speech"]).max() < 1e-4


@pytest.mark.models
def test_nothing_is_remembered_between_requests() -> None:
    """The same recording twice gives the same probabilities, to the bit."""
    body = sample("silero-vad")[0]
    first, second = (computed("silero-vad", [body], "audio/wav")[0]["speech"] for _ in range(2))
    assert (first == second).all()


def test_short_pauses_do_not_end_a_segment_and_clicks_are_none() -> None:
    """Steps of 32 ms: a pause of three is bridged, speech of five is left out."""
    speech = np.array([0.9] * 10 + [0.1] * 3 + [0.9] * 10 + [0.1] * 10 + [0.9] * 5 + [0.1] * 5)
    assert list(spoken(speech)) == [(0, 23)]
    assert list(spoken(np.full(9, 0.9))) == [(0, 9)]
    assert list(spoken(np.zeros(9))) == []


def test_speech_goes_on_while_the_net_is_in_doubt() -> None:
    """Between the two thresholds nothing begins and nothing ends."""
    assert list(spoken(np.array([0.4] * 5 + [0.6] * 8 + [0.4] * 8))) == [(5, 21)]
