"""What today's writers write: one record of every event, from the code that writes it in life."""

import json

import msgspec
import numpy as np

from functions.cloudevents import CloudEvent, from_kafka, to_kafka
from functions.oip.codec import encode
from functions.oip.schema import InferenceResponse
from functions.reporting.announcer import report as capacity_report
from functions.reporting.ports import Receipt, Report
from functions.schema import PlacementHeaders
from functions.server import outgoing
from functions.server.placement import placement
from functions.server.written import Written
from functions.settings import FunctionSettings
from streams.client.request import Request, claimed
from streams.client.request import record as request_record
from streams.core.life import Attempt, Life
from streams.core.records import Records
from streams.deadletters.marks import mark
from streams.documents import examples
from streams.ports import Headers, Outgoing
from streams.requests import Accepted, Reader
from streams.settings import Settings
from streams.topics import Topics
from streams.worker.declare import record as pool_record
from streams.worker.demanding import record as demand_record
from tests.golden.kept import Golden
from tests.golden.understood import meaning

_NOW_S = 1769860800.0
_STAMP = b"2026-01-31T12:00:00.045000Z"
_SETTINGS = Settings()
_TOPICS = Topics(_SETTINGS)
_RECORDS = Records(_SETTINGS, _TOPICS)
_FUNCTION = FunctionSettings(
    models=("magika",), pool="edge", architecture="jetson-agx-orin", instance="edge-1",
    device="edge-1", pace={"magika": 2.0},
)  # fmt: skip
_STRUCTURED = {
    "specversion": "1.0", "id": "4712", "source": "/camera/8",
    "type": "org.synergai.request.submitted.v1", "subject": "magika",
    "datacontenttype": "application/octet-stream", "data_base64": "UklGRgD/",
}  # fmt: skip


def everything() -> dict[str, Golden]:
    """Event to its record."""
    found = {
        "request": _request(),
        "request-structured": _structured(),
        "request-claimed": _claimed(),
        "placement": _placement(),
        "feedback": _feedback(),
        "capacity": _of_report(capacity_report("topic", examples.CAPACITY)),
        "decision": _of_outgoing(_RECORDS.decision(examples.DECISION)),
        "result": _result(),
        "pool": _pool(),
        "demand": _of_outgoing(demand_record("topic", examples.DEMAND)),
        "news": _of_outgoing(_RECORDS.news(examples.NEWS, _NOW_S).record),
        "dead-letter-mark": _of_outgoing(mark("dlq", b"4711", 2, 17, "redriven")),
        **_concluded(),
    }
    return {name: _with_meaning(name, golden) for name, golden in found.items()}


def _with_meaning(name: str, golden: Golden) -> Golden:
    told = json.loads(msgspec.json.encode(meaning(name, golden.record())))
    return msgspec.structs.replace(golden, meaning=told)


def _golden(key: bytes | None, headers: Headers, value: bytes | None) -> Golden:
    return Golden(key=(key or b"").decode(), headers=headers, value=value or b"", meaning={})


def _request() -> Golden:
    return _golden(
        *request_record(
            Request(
                model="magika", data=b"RIFF\x00\xff", media_type="application/octet-stream",
                request_id="4711", source="/camera/7", now_s=_NOW_S, deadline_s=0.15,
                expiry_s=30.0, priority=3, extensions={"traceparent": "00-ab-cd-01"},
            )
        )
    )  # fmt: skip


def _claimed() -> Golden:
    request = Request(
        model="magika", data=bytes(5_000_000), media_type="application/octet-stream",
        request_id="4713", source="/camera/7", now_s=_NOW_S, deadline_s=2.0,
    )  # fmt: skip
    return _golden(*request_record(claimed(request, "s3://bucket/payloads/4713")))


def _structured() -> Golden:
    headers = (("content-type", b"application/cloudevents+json"),)
    return _golden(b"4712", headers, json.dumps(_STRUCTURED).encode())


def _accepted() -> Accepted:
    found = Reader(_SETTINGS, _TOPICS).read("default", _request().record())
    assert isinstance(found, Accepted), found
    return found


def _attempt(identity: str) -> Attempt:
    return Attempt(
        identity, 1, pool="edge", architecture="jetson-agx-orin",
        configuration="onnxruntime-fp32-t1-b1", placed_s=_NOW_S + 0.006,
        lease_s=_NOW_S + 1.204, predicted_s=0.038, service_s=0.03,
    )  # fmt: skip


def _placement() -> Golden:
    accepted = _accepted()
    attempt = _attempt(accepted.envelope.identity)
    attempt.batch, attempt.batch_size = f"{attempt.identity}/1", 4
    return _of_outgoing(_RECORDS.placement(accepted, attempt, "topic"))


def _placed() -> tuple[CloudEvent, PlacementHeaders]:
    """As the function reads it."""
    golden = _placement()
    event = from_kafka(golden.headers, golden.value)
    headers = placement(event)
    assert headers is not None
    return event, headers


def _feedback() -> Golden:
    event, headers = _placed()
    ended = outgoing.Ended(verdict="answered", timing=examples.FEEDBACK.timing)
    receipt = Receipt(partition=1, offset=17)
    return _of_report(outgoing.feedback(_FUNCTION, event, headers, ended, receipt))


def _result() -> Golden:
    event, headers = _placed()
    response = InferenceResponse(model_name="magika", model_version="1.0.3", id="4711", outputs=())
    body, _ = encode(response, {"answer": np.array([b'{"label": "shell"}'], object)}, frozenset())
    answer = outgoing.result(_FUNCTION, event, Written(body=body), headers.identity, 1)
    return _of_report(Report(topic="topic", key=b"4711", event=answer))


def _concluded() -> dict[str, Golden]:
    """An outcome with an error reply and a dead letter: a request that was given up."""
    accepted = _accepted()
    life = Life(accepted.envelope, accepted, accepted.envelope.record.append_s + 0.001)
    outcome, error, letter = _RECORDS.conclusion(life, examples.OUTCOME, reply=True, letter=True)
    named = {"outcome": outcome, "error": error, "dead-letter": letter}
    return {name: _of_outgoing(record) for name, record in named.items()}


def _pool() -> Golden:
    return _golden(*pool_record(examples.POOL))


def _of_outgoing(record: Outgoing) -> Golden:
    return _golden(record.key, record.headers, record.value)


def _of_report(report: Report) -> Golden:
    """The writer's own clock is left out of it."""
    headers, value = to_kafka(report.event)
    stamped = tuple((n, _STAMP if n == "ce_time" else raw) for n, raw in headers)
    return _golden(report.key, stamped, value)
