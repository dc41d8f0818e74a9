"""The Kafka headers of our events: CloudEvents attributes in binary mode, as JSON Schemas."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from functions.schema import CAPACITY_TYPE, ERROR_TYPE, FEEDBACK_TYPE, RESULT_TYPE
from streams.core import deadletter
from streams.requests import ADMISSIONS, PRIORITIES
from streams.schema import (
    DECISION_TYPE,
    DEMAND_TYPE,
    MARK_TYPE,
    NEWS_TYPE,
    OUTCOME_TYPE,
    POOL_TYPE,
    REQUEST_TYPE,
)

Schema = dict[str, Any]
_TIME: Final = {"format": "date-time", "examples": ["2026-01-31T12:00:00.250Z"]}
_COUNT: Final = {"pattern": "^[0-9]+$"}


def _text(description: str, **more: object) -> Schema:
    return {"type": "string", "description": description, **more}


CLOUD_EVENT: Final[Mapping[str, Schema]] = {
    "ce_specversion": _text("Version of the CloudEvents specification.", const="1.0"),
    "ce_id": _text("Unique per source. Requests: a repeated id in one partition is a repeat."),
    "ce_source": _text("Who sent the event.", format="uri-reference", minLength=1),
    "ce_type": _text("What kind of event it is.", minLength=1),
    "ce_subject": _text("The model.", examples=["silero-vad"]),
    "ce_time": _text("When it was sent, by the sender's clock (RFC 3339).", **_TIME),
    "content-type": _text("Media type of the value.", examples=["application/json"]),
}
REQUEST: Final[Mapping[str, Schema]] = {
    "ce_deadline": _text(
        "Soft: a later answer still counts as late. The budget is ce_deadline minus ce_time. "
        "Default: 5 s after the broker's append time.",
        **_TIME,
    ),
    "ce_expirytime": _text(
        "Hard: no use after. Default: 60 s after the deadline; cut to 10 min.", **_TIME
    ),
    "ce_priority": _text(
        f"Larger is more urgent; an integer from {PRIORITIES[0]} to {PRIORITIES[1]}.",
        pattern="^[+-]?[0-9]{1,10}$",
        default="0",
    ),
    "ce_admission": _text(
        "reject: refuse it as soon as it cannot meet its deadline anywhere. Default: its tenant's.",
        enum=[*ADMISSIONS],
    ),
    "ce_redrive": _text("How often it was sent again; set by synergai dlq redrive.", **_COUNT),
    "ce_partitionkey": _text("The record's key where it is not the request id."),
    "ce_dataref": _text(
        "Where the payload lies if it is not in the value (a claim check); below one of the "
        "deployment's places.",
        format="uri",
        examples=["s3://bucket/payloads/4711"],
    ),
    "ce_datasize": _text("Size in bytes of what dataref names.", **_COUNT),
    "ce_replytopic": _text("Where the answer goes; from the deployment's list."),
    "ce_replypartition": _text("Partition of the reply topic.", **_COUNT),
    "traceparent": _text("W3C trace context; ce_traceparent is accepted too."),
}
PLACEMENT: Final[Mapping[str, Schema]] = {
    "ce_identity": _text("Names the request in all events; opaque."),
    "ce_attempt": _text("Number of the placement, from 1.", **_COUNT),
    "ce_pool": _text("Pool it is placed on.", examples=["edge"]),
    "ce_configuration": _text("Of the pool.", examples=["onnxruntime-fp32-t1-b1"]),
    "ce_leaseexpiry": _text("After it the attempt is given up (broker time, RFC 3339).", **_TIME),
    "ce_requesttopic": _text("Where the request lies.", examples=["synergai.default.requests"]),
    "ce_requestpartition": _text("The partition number that the feedback goes to.", **_COUNT),
    "ce_replytopic": _text("Where the result goes.", examples=["synergai.default.results"]),
    "ce_replypartition": _text("Partition of the reply topic; absent: by the key.", **_COUNT),
    "ce_duetime": _text("The deadline on the broker's clock (RFC 3339).", **_TIME),
    "ce_tenant": _text("Whose request it is.", examples=["default"]),
    "ce_batchid": _text("The same in all that were placed to be computed together; absent: alone."),
    "ce_batchsize": _text("How many these are.", **_COUNT),
}
RESULT: Final[Mapping[str, Schema]] = {
    "ce_correlationid": _text("The request's id."),
    "ce_identity": _text("As on the placement."),
    "ce_attempt": _text("The attempt that answered; the outcome names the winning one.", **_COUNT),
}
DEAD_LETTER: Final[Mapping[str, Schema]] = {
    deadletter.ORIGINAL_TOPIC: _text("Where the record lay."),
    deadletter.ORIGINAL_PARTITION: _text("Where the record lay.", **_COUNT),
    deadletter.ORIGINAL_OFFSET: _text("Where the record lay.", **_COUNT),
    deadletter.ORIGINAL_TIMESTAMP: _text("Its append time, milliseconds since 1970.", **_COUNT),
    deadletter.ORIGINAL_KEY: _text("Its key; absent where it had none."),
    deadletter.REASON: _text("One word for programs.", examples=["malformed"]),
    deadletter.EXCEPTION: _text("A sentence for people."),
    deadletter.ATTEMPTS: _text("How often it was placed.", **_COUNT),
    deadletter.CUT: _text("Size of a value that was too large to be kept.", **_COUNT),
}
MARK: Final[Mapping[str, Schema]] = {
    deadletter.MARK: _text("What became of the letter.", enum=["redriven", "purged"]),
    deadletter.MARK_OFFSET: _text("Offset of the letter, in the mark's own partition.", **_COUNT),
}

_NEEDED: Final = ("ce_specversion", "ce_source", "ce_type")
_OURS: Final = ("ce_specversion", "ce_id", "ce_source", "ce_type")


def _headers(title: str, fields: Mapping[str, Schema], required: Sequence[str]) -> Schema:
    return {"title": title, "type": "object", "properties": dict(fields), "required": [*required]}


def _typed(title: str, kind: str, fields: Mapping[str, Schema], *required: str) -> Schema:
    named = {**CLOUD_EVENT, **fields}
    named["ce_type"] = {**CLOUD_EVENT["ce_type"], "const": kind}
    return _headers(title, named, [*_OURS, *required])


def _placement() -> Schema:
    optional = {"ce_replypartition", "ce_duetime", "ce_batchid", "ce_batchsize"}
    named = {**CLOUD_EVENT, **REQUEST, **PLACEMENT}
    required = [*_NEEDED, "ce_id", "ce_subject", *(n for n in PLACEMENT if n not in optional)]
    return _headers("Headers of a placement", named, required)


def _dead_letter() -> Schema:
    optional = {deadletter.ORIGINAL_KEY, deadletter.CUT}
    required = [name for name in DEAD_LETTER if name not in optional]
    return _headers("Headers of a dead letter", DEAD_LETTER, required)


def _request() -> Schema:
    named = {**CLOUD_EVENT, **REQUEST}
    named["ce_type"] = {**CLOUD_EVENT["ce_type"], "examples": [REQUEST_TYPE]}
    return _headers("Headers of a request", named, [*_NEEDED, "ce_subject"])


def schemas() -> dict[str, Schema]:
    """Header schemas by the name of their event."""
    return {
        "request": _request(),
        "placement": _placement(),
        "result": _typed("Headers of a result", RESULT_TYPE, RESULT, *RESULT),
        "error": _typed("Headers of an error", ERROR_TYPE, RESULT, "ce_correlationid"),
        "outcome": _typed("Headers of an outcome", OUTCOME_TYPE, {}),
        "decision": _typed("Headers of a decision", DECISION_TYPE, {}),
        "feedback": _typed("Headers of a feedback", FEEDBACK_TYPE, {}),
        "capacity": _typed("Headers of a capacity", CAPACITY_TYPE, {}),
        "pool": _typed("Headers of a pool", POOL_TYPE, {}),
        "demand": _typed("Headers of a demand", DEMAND_TYPE, {}),
        "news": _typed("Headers of a worker's news", NEWS_TYPE, {}),
        "dead-letter": _dead_letter(),
        "dead-letter-mark": _typed("Headers of a mark on a dead letter", MARK_TYPE, MARK, *MARK),
    }
