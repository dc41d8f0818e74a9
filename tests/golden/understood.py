"""What today's readers make of a record: of every event the code that reads it in life."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Final

import msgspec

from functions.cloudevents import from_http, from_kafka
from functions.server.placement import placement
from streams.client.answer import Result, joined
from streams.core import answers
from streams.deadletters import letter
from streams.documents import examples
from streams.ports import Record
from streams.requests import Accepted, Reader
from streams.schema import Decision, Outcome
from streams.settings import Settings
from streams.source.message import from_record
from streams.topics import Topics
from streams.worker import feeds, history

_SETTINGS: Final = Settings(claim_checks=("s3://bucket/payloads",))
_READER: Final = Reader(_SETTINGS, Topics(_SETTINGS))


def meaning(event: str, record: Record) -> dict[str, Any]:
    """Everything a reader gets out of the record, as plain values."""
    found: dict[str, Any] = msgspec.to_builtins(_READERS[event](record))
    return found


def _request(record: Record) -> Mapping[str, object]:
    found = _READER.read("default", record)
    assert isinstance(found, Accepted), found.message
    envelope = found.envelope
    return {
        "identity": envelope.identity,
        "request_id": envelope.request_id,
        "source": envelope.source,
        "model": envelope.model,
        "reply_topic": envelope.reply_topic,
        "traceparent": envelope.traceparent,
        "deadline_s": found.deadline_s,
        "expiry_s": found.expiry_s,
        "priority": found.priority,
        "value": found.value,
        "payload_bytes": found.payload_bytes,
    }


def _placement(record: Record) -> object:
    """Through the event source, as a function gets it."""
    posted = from_record(
        record.topic, record.partition, record.offset, record.headers, record.value
    )
    event = from_http(posted.headers.items(), posted.body)
    return {"placement": placement(event), "model": event.subject, "data": event.data}


def _feedback(record: Record) -> object:
    return answers.read(record)


def _capacity(record: Record) -> object:
    return feeds.read_capacity(_consumed(record))[0]


def _pool(record: Record) -> object:
    name, pool = feeds.read_pool(_consumed(record))
    return {"name": name, "pool": pool}


def _demand(record: Record) -> object:
    return feeds.read_demand(_consumed(record))


def _news(record: Record) -> object:
    return feeds.read_news(_consumed(record))[0]


def _outcome(record: Record) -> object:
    return next(history._decoded([record], Outcome))


def _decision(record: Record) -> object:
    return next(history._decoded([record], Decision))


def _result(record: Record) -> object:
    event = from_kafka(record.headers, record.value)
    result = Result(topic="t", partition=0, offset=0, event=event)
    answer = joined(examples.OUTCOME, result)
    return {
        "correlationid": event.extension("correlationid"),
        "type": event.type,
        "value": answer.value,
        "error": answer.error,
        "media_type": answer.media_type,
    }


def _letter(record: Record) -> object:
    return letter.read(record)


def _consumed(record: Record) -> Any:
    """As aiokafka gives it."""
    return SimpleNamespace(
        key=record.key, headers=record.headers, value=record.value, offset=record.offset,
        timestamp=round(record.append_s * 1000),
    )  # fmt: skip


_READERS: Final[Mapping[str, Callable[[Record], object]]] = {
    "request": _request,
    "request-structured": _request,
    "request-claimed": _request,
    "placement": _placement,
    "feedback": _feedback,
    "capacity": _capacity,
    "pool": _pool,
    "demand": _demand,
    "news": _news,
    "outcome": _outcome,
    "decision": _decision,
    "result": _result,
    "error": _result,
    "dead-letter": _letter,
    "dead-letter-mark": _letter,
}
