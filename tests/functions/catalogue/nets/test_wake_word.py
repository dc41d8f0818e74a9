"""When the wake word is said."""

import numpy as np
import pytest

from functions.catalogue.nets.wake_word import WORD, detections, features
from functions.catalogue.samples import sample
from tests.support.catalogue import answered, computed, found, tone, wav


@pytest.mark.models
def test_the_word_of_the_sample_is_heard_once() -> None:
    """Within a third of a second of its end at 1.33 s."""
    (answer,) = answered("wake-word", [sample("wake-word")[0]], "audio/wav")
    (heard,) = answer["detections"]
    assert heard["word"] == WORD
    assert abs(heard["time_s"] - 1.33) < 0.35
    assert heard["score"] > 0.85


@pytest.mark.models
def test_other_speech_tones_and_silence_are_no_wake_word() -> None:
    """Nothing is told."""
    bodies = [sample("silero-vad")[0], wav(tone(2.0)), wav(np.zeros(16_000)), wav(np.zeros(1))]
    answers = answered("wake-word", bodies, "audio/wav")
    assert [answer["detections"] for answer in answers] == [[]] * 4


@pytest.mark.models
def test_what_was_heard_before_does_not_matter() -> None:
    """The net's own memory is silenced before each recording: the same to the bit."""
    body = sample("wake-word")[0]
    noise = wav(np.random.default_rng(7).normal(0, 0.3, 32_000).clip(-1, 1))
    (first,) = computed("wake-word", [body], "audio/wav")
    _, second, _, third = computed(
        "wake-word", [noise, body, body[:-1000] + bytes(1000), body], "audio/wav"
    )
    assert (first["heard"] == second["heard"]).all()
    assert (first["heard"] == third["heard"]).all()


@pytest.mark.models
def test_the_net_takes_int8() -> None:
    """As its configuration in profiles says."""
    model = found("wake-word")
    assert (model.engine, model.precision, model.max_batch) == ("litert", "int8", 1)
    tensors = model.processing.prepare(sample("wake-word")[0], "audio/wav")
    assert tensors["steps"].dtype == np.int8
    assert tensors["steps"].shape[2:] == (3, 40)


def test_a_frame_of_features_every_ten_milliseconds() -> None:
    """Forty numbers each; the first after a window of 30 ms."""
    found = features(tone(1.0).astype(np.float32))
    assert found.shape == (98, 40)
    assert features(np.zeros(10, np.float32)).shape == (0, 40)


def test_a_stretch_above_the_cutoff_is_one_detection() -> None:
    """Averaged over five steps of 30 ms, with the highest mean as score."""
    heard = np.array([0.0] * 10 + [1.0] * 8 + [0.0] * 10 + [1.0] * 2 + [0.0] * 5)
    (found,) = detections(heard)
    assert found == pytest.approx((0.45, 1.0))
    assert list(detections(np.zeros(3))) == []
