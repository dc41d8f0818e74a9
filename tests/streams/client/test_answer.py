"""A result and its outcome as one value."""

import json

import pytest

from functions.cloudevents import CloudEvent
from functions.schema import ERROR_TYPE, RESULT_TYPE
from streams.client.answer import Result, joined
from streams.schema import Outcome, OutcomeKind


def outcome(kind: OutcomeKind = "met", message: str = "", reason: str = "") -> Outcome:
    """A short one."""
    return Outcome(
        identity="i",
        request_id="r1",
        tenant="default",
        source="/test",
        model="m",
        kind=kind,
        reason=reason,
        message=message,
        pool="edge",
    )


def result(body: bytes, media_type: str = "application/json", kind: str = RESULT_TYPE) -> Result:
    """One at the start of a topic."""
    event = CloudEvent(id="e", source="/f", type=kind, datacontenttype=media_type, data=body)
    return Result(topic="results", partition=0, offset=0, event=event)


def response(*data: object) -> bytes:
    """An Open Inference Protocol response with one output named answer."""
    outputs = [
        {"name": "scores", "datatype": "FP32", "shape": [1], "data": [0.5]},
        {"name": "answer", "datatype": "BYTES", "shape": [len(data)], "data": list(data)},
    ]
    return json.dumps({"model_name": "m", "outputs": outputs}).encode()


def test_answer_is_parsed() -> None:
    """JSON text in the output named answer becomes values."""
    answer = joined(outcome(), result(response('{"segments": [{"start_s": 0.4}]}')))
    assert answer.value == {"segments": [{"start_s": 0.4}]}
    assert (answer.met, answer.pool, answer.error) == (True, "edge", "")


@pytest.mark.parametrize(
    ("data", "value"), [(["plain text"], "plain text"), ([1, 2], [1, 2]), ([{"a": 1}], {"a": 1})]
)
def test_other_answers(data: list[object], value: object) -> None:
    """What is no JSON text stays as it is."""
    assert joined(outcome(), result(response(*data))).value == value


@pytest.mark.parametrize(
    ("body", "media_type"),
    [(b"\x00\xff", "application/octet-stream"), (b"{", "application/json"), (b"[]", "text/json")],
)
def test_foreign_bodies(body: bytes, media_type: str) -> None:
    """A body that is no such response is kept as bytes, without a value and without an error."""
    answer = joined(outcome(), result(body, media_type))
    assert (answer.value, answer.body, answer.error) == (None, body, "")


def test_error_result() -> None:
    """An error event gives the function's words."""
    answer = joined(outcome("failed"), result(b'{"error": "no WAV"}', kind=ERROR_TYPE))
    assert (answer.value, answer.error, answer.met) == (None, "no WAV", False)


@pytest.mark.parametrize(
    ("message", "reason", "said"),
    [
        ("no pool serves m", "unknown-model", "no pool serves m"),
        ("", "overload", "overload"),
        ("", "", "no answer: rejected"),
    ],
)
def test_without_result(message: str, reason: str, said: str) -> None:
    """Where no function answered the outcome's own words are the error."""
    assert joined(outcome("rejected", message, reason), None).error == said
