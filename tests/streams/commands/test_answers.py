"""Answers as people and programs read them."""

import json

import msgspec

from streams.client.answer import Answer, joined
from streams.commands import answers
from streams.documents.examples import OUTCOME


def answered(value: object) -> Answer:
    """The documents' own example with a value."""
    return msgspec.structs.replace(joined(OUTCOME, None), value=value, error="")


def test_verdict() -> None:
    """One sentence says how it ended, where, that it was emulated, and what was expected."""
    assert answers.verdict(answered(1)) == (
        "met: 41.0 ms of 150.0 ms; attempt 1 on edge (jetson-agx-orin, onnxruntime-fp32-t1-b1, "
        "emulated); after placing 39.0 ms, predicted 38.0 ms"
    )


def test_verdict_without_pool() -> None:
    """A request that ran nowhere has no place and no prediction."""
    outcome = msgspec.structs.replace(OUTCOME, kind="rejected", pool="", predicted_s=None)
    said = answers.verdict(joined(outcome, None))
    assert said == "rejected: 41.0 ms of 150.0 ms; no function ran it"


def test_verdict_without_prediction() -> None:
    """Without a prediction nothing is compared, and what is real is not called emulated."""
    outcome = msgspec.structs.replace(OUTCOME, predicted_s=None, emulated=False)
    assert answers.verdict(joined(outcome, None)).endswith("onnxruntime-fp32-t1-b1)")


def test_steps() -> None:
    """The steps add up to the total."""
    found = {row["step"]: row["ms"] for row in answers.steps(answered(1))}
    assert found == {"pending": 2.0, "hop": 6.0, "queue": 1.0, "service": 32.0, "total": 41.0}


def test_row_is_json() -> None:
    """A program gets everything as JSON."""
    row = json.loads(json.dumps(answers.row(answered({"segments": []}))))
    assert row["answer"] == {"segments": []}
    assert (row["met"], row["emulated"], row["breakdown"]["service_s"]) == (True, True, 0.032)


def test_shown() -> None:
    """An answer is shown as JSON, bytes by their number, a failure by its reason."""
    assert answers.shown(answered({"type": "größe"})) == '{\n  "type": "größe"\n}'
    body = msgspec.structs.replace(answered(None), body=b"123", media_type="image/png")
    assert answers.shown(body) == "3 bytes of image/png"
    failed = msgspec.structs.replace(answered(None), error="no WAV")
    assert answers.shown(failed) == "no answer: no WAV"
