"""The AsyncAPI 3 document of our topics, from the table of topics and the channels."""

from typing import Any, Final

from streams.documents import examples
from streams.documents.channels import CHANNELS, Channel
from streams.settings import Settings
from streams.topics import Topic, Topics

_BINDING: Final = "0.5.0"
_PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "prefix": {"description": "Of a deployment.", "default": "synergai"},
    "tenant": {"description": "Who shares nothing but pools with others.", "default": "default"},
    "architecture": {"description": "Of the pool.", "examples": ["jetson-agx-orin"]},
    "pool": {"description": "Instances of one configuration.", "examples": ["edge"]},
    "generation": {"description": "Grows when a pool is declared anew.", "default": "1"},
}
_ANY: Final = {"description": "Bytes of the media type in content-type."}
_CORRELATED: Final = frozenset({"result", "error"})


def document() -> dict[str, Any]:
    """Everything, as YAML values."""
    names = [name for channel in CHANNELS for name in channel.messages]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "SynergAI",
            "version": "1.0.0",
            "description": "Inference requests with deadlines, placed on unlike machines. "
            "Every event is a CloudEvent 1.0 on the Kafka protocol binding: binary mode is "
            "written, binary and structured mode are read. Generated, do not edit: make docs.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {channel.name: _channel(channel) for channel in CHANNELS},
        "operations": {_operation(c): _described_operation(c) for c in CHANNELS},
        "components": {"messages": {name: _message(name) for name in names}},
    }


def _channel(channel: Channel) -> dict[str, Any]:
    named = {n: p for n, p in _PARAMETERS.items() if f"{{{n}}}" in channel.address}
    return {
        "address": channel.address,
        "summary": channel.summary,
        "description": f"Key: {channel.key}. Written by: {channel.written_by}.",
        "parameters": named,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in channel.messages},
        "bindings": {"kafka": _kafka(_row(channel))},
    }


def _row(channel: Channel) -> Topic:
    topics = Topics(Settings())
    if channel.name == "placements":
        return topics.pool_row(topics.pool("architecture", "pool"))
    return next(row for row in topics.table() if row.name.endswith(f".{channel.name}"))


def _kafka(row: Topic) -> dict[str, Any]:
    return {
        "partitions": row.partitions,
        "topicConfiguration": {
            "cleanup.policy": ["compact" if row.compacted else "delete"],
            "retention.ms": int(row.retention_s * 1000),
            "max.message.bytes": row.max_bytes,
        },
        "bindingVersion": _BINDING,
    }


def _operation(channel: Channel) -> str:
    return f"{channel.action}-{channel.name}"


def _described_operation(channel: Channel) -> dict[str, Any]:
    place = f"#/channels/{channel.name}"
    return {
        "action": channel.action,
        "channel": {"$ref": place},
        "summary": channel.summary,
        "messages": [{"$ref": f"{place}/messages/{name}"} for name in channel.messages],
    }


def _message(name: str) -> dict[str, Any]:
    known = name in examples.PAYLOADS
    example: dict[str, Any] = {"name": name, "headers": examples.HEADERS[name]}
    if known:
        example["payload"] = examples.PAYLOADS[name]
    found: dict[str, Any] = {
        "name": name,
        "title": name.replace("-", " ").capitalize(),
        "headers": {"$ref": f"./schemas/{name}-headers.json"},
        "payload": {"$ref": f"./schemas/{name}.json"} if known else _ANY,
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": _BINDING}},
        "examples": [example],
    }
    if known:
        found["contentType"] = "application/json"
    if name in _CORRELATED:
        location = "$message.header#/ce_correlationid"
        found["correlationId"] = {"description": "The request's id.", "location": location}
    return found
