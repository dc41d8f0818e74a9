"""One example of every event; the tests hold them against the schemas."""

from typing import Any, Final

import msgspec

from functions.schema import (
    CAPACITY_TYPE,
    ERROR_TYPE,
    FEEDBACK_TYPE,
    RESULT_TYPE,
    Capacity,
    Feedback,
    Held,
    Timing,
)
from scheduler.demand import Demand, ModelDemand, PoolDemand
from streams.schema import (
    DECISION_TYPE,
    DEMAND_TYPE,
    MARK_TYPE,
    NEWS_TYPE,
    OUTCOME_TYPE,
    POOL_TYPE,
    REQUEST_TYPE,
    Breakdown,
    Choice,
    Decision,
    Holding,
    News,
    Outcome,
    Pool,
)

_IDENTITY: Final = "default/%2Fcamera%2F7/4711/0/2"
_SENT: Final = "2026-01-31T12:00:00.000Z"
_APPENDED_S: Final = 1769860800.004
_WHERE: Final[dict[str, Any]] = {
    "pool": "edge",
    "architecture": "jetson-agx-orin",
    "configuration": "onnxruntime-fp32-t1-b1",
}
_REQUEST_PLACE: Final[dict[str, Any]] = {
    "request_topic": "synergai.default.requests",
    "request_partition": 2,
    "request_offset": 18,
}
_NAMES: Final[dict[str, Any]] = {
    "identity": _IDENTITY,
    "request_id": "4711",
    "tenant": "default",
    "model": "silero-vad",
}

OUTCOME: Final = Outcome(
    **_NAMES,
    **_WHERE,
    **_REQUEST_PLACE,
    source="/camera/7",
    kind="met",
    reason="answered",
    attempt=1,
    attempts=1,
    instance="edge-1",
    budget_s=0.15,
    breakdown=Breakdown(
        total_s=0.041, pending_s=0.002, hop_s=0.006, queue_s=0.001, service_s=0.032
    ),
    predicted_s=0.038,
    accepted_s=_APPENDED_S,
    received_s=_APPENDED_S + 0.001,
    concluded_s=_APPENDED_S + 0.041,
    result_topic="synergai.default.results",
    result_partition=1,
    result_offset=17,
    emulated=True,
)
DECISION: Final = Decision(
    **_NAMES,
    **_WHERE,
    **_REQUEST_PLACE,
    attempt=1,
    candidates=(Choice(**_WHERE, latency_s=0.038, slack_s=0.11, service_s=0.031),),
    policy="synergai",
    profiles="sha256:0f1e2d3c",
    reason="edge costs the others least, in 38.0 ms; 110.0 ms before the deadline",
    received_s=_APPENDED_S + 0.001,
    placed_s=_APPENDED_S + 0.002,
    lease_expiry_s=_APPENDED_S + 1.2,
    predicted_s=0.038,
    slack_s=0.11,
)
FEEDBACK: Final = Feedback(
    **_NAMES,
    **_WHERE,
    attempt=1,
    instance="edge-1",
    verdict="answered",
    timing=Timing(queue_s=0.001, prepare_s=0.002, compute_s=0.02, pace_s=0.01),
    emulated=True,
    result_topic="synergai.default.results",
    result_partition=1,
    result_offset=17,
)
CAPACITY: Final = Capacity(
    **_WHERE,
    instance="edge-1",
    device="edge-1",
    slots=1,
    models=("silero-vad", "magika"),
    state="ready",
    sequence=42,
    running=(Held(identity=_IDENTITY, attempt=1, model="silero-vad", elapsed_s=0.012),),
    emulated=True,
)
POOL: Final = Pool(
    name="edge",
    architecture="jetson-agx-orin",
    configuration="onnxruntime-fp32-t1-b1",
    models=("silero-vad", "magika"),
    topic="synergai.system.arch.jetson-agx-orin.edge.g1",
    emulated=True,
)
NEWS: Final = News(
    worker="3f2a/0",
    seen=4711,
    claims=(
        Holding(
            identity=_IDENTITY,
            attempt=1,
            pool="edge",
            near=("edge",),
            room=2,
            placed_s=_APPENDED_S,
            lease_s=_APPENDED_S + 1.2,
            service_s=0.03,
        ),
    ),
)
RESULT: Final[dict[str, Any]] = {
    "model_name": "silero-vad",
    "model_version": "6.2.3",
    "id": "4711",
    "outputs": [
        {
            "name": "answer",
            "datatype": "BYTES",
            "shape": [1],
            "data": ['{"segments": [{"start_s": 0.4, "end_s": 1.9}]}'],
        }
    ],
}
ERROR: Final[dict[str, Any]] = {
    "model_name": "silero-vad",
    "id": "4711",
    "error": "body: found no RIFF header, allowed: audio/wav",
    "reason": "bad-input",
    "outcome": "failed",
}

_REQUEST_HEADERS: Final[dict[str, str]] = {
    "ce_specversion": "1.0",
    "ce_id": "4711",
    "ce_source": "/camera/7",
    "ce_type": REQUEST_TYPE,
    "ce_subject": "silero-vad",
    "ce_time": _SENT,
    "ce_deadline": "2026-01-31T12:00:00.150Z",
    "content-type": "audio/wav",
}


def _ours(kind: str, name: str, source: str = "/synergai/app") -> dict[str, str]:
    return {
        "ce_specversion": "1.0",
        "ce_id": name,
        "ce_source": source,
        "ce_type": kind,
        "ce_time": "2026-01-31T12:00:00.045Z",
        "content-type": "application/json",
    }


_ANSWERED: Final[dict[str, str]] = {
    "ce_correlationid": "4711",
    "ce_identity": _IDENTITY,
    "ce_attempt": "1",
    "ce_subject": "silero-vad",
}
DEMAND: Final = Demand(
    worker="app-0",
    at_s=1769860800.05,
    models=(
        ModelDemand(
            model="silero-vad",
            budget_s=0.15,
            due=(2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3),
            waiting=3,
            late=1,
            coming=(2.5, 5.0, 10.0, 20.0, 30.0, 50.0, 80.0, 130.0, 210.0, 340.0, 600.0, 1200.0),
        ),
    ),
    pools=(PoolDemand(pool="edge", held=2, service_s={"silero-vad": 0.03}),),
)
HEADERS: Final[dict[str, dict[str, str]]] = {
    "request": _REQUEST_HEADERS,
    "placement": {
        **_REQUEST_HEADERS,
        "ce_identity": _IDENTITY,
        "ce_attempt": "1",
        "ce_pool": "edge",
        "ce_configuration": "onnxruntime-fp32-t1-b1",
        "ce_leaseexpiry": "2026-01-31T12:00:01.204Z",
        "ce_requesttopic": "synergai.default.requests",
        "ce_requestpartition": "2",
        "ce_replytopic": "synergai.default.results",
        "ce_duetime": "2026-01-31T12:00:00.154Z",
        "ce_tenant": "default",
    },
    "result": _ours(RESULT_TYPE, f"{_IDENTITY}/result/1", "/synergai/function/edge-1") | _ANSWERED,
    "error": _ours(ERROR_TYPE, f"{_IDENTITY}/error") | _ANSWERED,
    "outcome": _ours(OUTCOME_TYPE, f"{_IDENTITY}/outcome"),
    "decision": _ours(DECISION_TYPE, f"{_IDENTITY}/decision/1"),
    "feedback": _ours(FEEDBACK_TYPE, f"{_IDENTITY}/feedback/1", "/synergai/function/edge-1"),
    "capacity": _ours(CAPACITY_TYPE, "edge-1/42", "/synergai/function/edge-1"),
    "pool": _ours(POOL_TYPE, "edge/1"),
    "demand": _ours(DEMAND_TYPE, "app-0/1769860800.050", "/synergai/app/app-0"),
    "news": _ours(NEWS_TYPE, "3f2a/0/1769860800.000000"),
    "dead-letter": {
        **_REQUEST_HEADERS,
        "dlq-original-topic": "synergai.default.requests",
        "dlq-original-partition": "2",
        "dlq-original-offset": "18",
        "dlq-original-timestamp": "1769860800004",
        "dlq-reason": "malformed",
        "dlq-exception-message": "ce_subject: found nothing, allowed: the name of a model",
        "dlq-attempts": "0",
    },
    "dead-letter-mark": {
        "ce_specversion": "1.0",
        "ce_id": "2/17/redriven",
        "ce_source": "/synergai/dlq",
        "ce_type": MARK_TYPE,
        "dlq-mark": "redriven",
        "dlq-mark-offset": "17",
    },
}
PAYLOADS: Final[dict[str, Any]] = {
    "result": RESULT,
    "error": ERROR,
    **{
        name: msgspec.json.decode(msgspec.json.encode(value))
        for name, value in {
            "outcome": OUTCOME,
            "decision": DECISION,
            "feedback": FEEDBACK,
            "capacity": CAPACITY,
            "pool": POOL,
            "demand": DEMAND,
            "news": NEWS,
        }.items()
    },
}
