"""Records of Kafka clients as ours."""

from typing import Any

from streams.ports import Record


def consumed(record: Any) -> Record:
    """A record as kafka-python and aiokafka give it."""
    return Record(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        append_s=record.timestamp / 1000,
        key=record.key,
        headers=tuple(record.headers or ()),
        value=record.value or b"",
    )
