"""Records that are no good requests, of many kinds, and odd ones that are."""

import json
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from functions.rfc3339 import render

Headers = list[tuple[str, bytes | None]]


class Odd(NamedTuple):
    """A record and what must become of it."""

    headers: Headers
    value: bytes | None
    reason: str
    """Of its outcome."""


LIMIT_BYTES = 100_000
"""The ``max_request_bytes`` by which the sizes are chosen."""


def attributes(**changes: str | None) -> dict[str, str]:
    """Of a good request, changed; None leaves one out."""
    now_s = time.time()
    named: dict[str, str | None] = {
        "specversion": "1.0", "id": "odd", "source": "/odd", "type": "test", "subject": "quick",
        "time": render(now_s), "deadline": render(now_s + 120.0),
    }  # fmt: skip
    return {name: text for name, text in (named | changes).items() if text is not None}


def binary(*others: tuple[str, bytes | None], **changes: str | None) -> Headers:
    """Headers in binary mode, then further ones."""
    return [(f"ce_{name}", text.encode()) for name, text in attributes(**changes).items()] + [
        *others
    ]


def structured(body: bytes | Mapping[str, Any]) -> tuple[Headers, bytes]:
    """Header and value in structured mode."""
    value = body if isinstance(body, bytes) else json.dumps(body).encode()
    return [("content-type", b"application/cloudevents+json; charset=utf-8")], value


def kinds(prefix: str) -> dict[str, Odd]:
    """Every kind by a name that says what is wrong."""
    return _attributes(prefix) | _headers() | _structured() | _values() | _odd_but_good()


def _attributes(prefix: str) -> dict[str, Odd]:
    long, now_s = "x" * 600, time.time()
    wrong: dict[str, dict[str, str | None]] = {
        "specversion of old": {"specversion": "0.3"},
        "no specversion": {"specversion": None},
        "no source": {"source": None},
        "blank source": {"source": " "},
        "no type": {"type": None},
        "no subject": {"subject": None},
        "blank subject": {"subject": "  "},
        "long subject": {"subject": long},
        "long source": {"source": long},
        "word as deadline": {"deadline": "tomorrow"},
        "deadline before time": {"deadline": render(now_s - 60)},
        "word as time": {"time": "now"},
        "number as expiry": {"expirytime": "17"},
        "expiry before deadline": {"expirytime": render(now_s + 1)},
        "word as priority": {"priority": "high"},
        "float as priority": {"priority": "1e3"},
        "huge priority": {"priority": str(10**12)},
        "foreign reply topic": {"replytopic": f"{prefix}.system.latency"},
        "negative reply partition": {"replypartition": "-1"},
        "reply partition that is not there": {"replypartition": "99"},
        "word as redrive": {"redrive": "again"},
        "name in capitals and hyphens": {"Bad-Name": "x"},
        "name data": {"data": "x"},
    }
    odd = {name: Odd(binary(**given), b"input", "malformed") for name, given in wrong.items()}
    odd["unknown model"] = Odd(binary(subject="nobody"), b"input", "unknown-model")
    odd["claim check"] = Odd(binary(dataref="s3://b/k"), b"", "unsupported")
    return odd


def _headers() -> dict[str, Odd]:
    wrong: dict[str, Headers] = {
        "no headers": [],
        "null source": binary(("ce_source", None), source=None),
        "source that is no UTF-8": binary(("ce_source", b"\xff\xfe"), source=None),
        "second source that is empty": binary(("ce_source", b"")),
        "structured as Avro": [("content-type", b"application/cloudevents+avro")],
        "batch": [("content-type", b"application/cloudevents-batch+json")],
        "content type with a line break": binary(("content-type", b"text/plain\r\nx: y")),
        "content type that is no UTF-8": binary(("content-type", b"\xff")),
    }
    odd = {name: Odd(headers, b"input", "malformed") for name, headers in wrong.items()}
    many: Headers = [(f"ce_x{number}", b"y" * 10) for number in range(5000)]
    odd["5,000 attributes"] = Odd(binary(*many), b"input", "oversized")
    return odd


def _structured() -> dict[str, Odd]:
    good = attributes(id="odd")
    wrong: dict[str, bytes | Mapping[str, Any]] = {
        "broken JSON": b'{"specversion":"1.0",',
        "JSON array": b"[1]",
        "JSON that is no UTF-8": b'{"id":"\xff"}',
        "empty structured": b"",
        "deep nesting": b'{"data":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        "deep attribute": b'{"specversion":' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
        "broken Base64": good | {"data_base64": "@@@"},
        "number as Base64": good | {"data_base64": 5},
        "data twice": good | {"data": {}, "data_base64": "AAAA"},
        "object as subject": good | {"subject": {}, "data": "x"},
        "number as specversion": good | {"specversion": 1.0, "data": "x"},
        "no data": good,
        "null data": good | {"data": None},
    }
    return {
        f"structured: {name}": Odd(*structured(body), "malformed") for name, body in wrong.items()
    }


def _values() -> dict[str, Odd]:
    return {
        "tombstone": Odd(binary(), None, "malformed"),
        "tombstone without headers": Odd([], None, "malformed"),
        "empty value": Odd(binary(), b"", "malformed"),
        "oversized": Odd(binary(), bytes(LIMIT_BYTES + 1), "oversized"),
        "oversized with its headers": Odd(
            binary(("x", bytes(LIMIT_BYTES // 2))), bytes(LIMIT_BYTES // 2), "oversized"
        ),
        "oversized headers": Odd(binary(("x", bytes(2 * LIMIT_BYTES))), b"input", "oversized"),
    }


def _odd_but_good() -> dict[str, Odd]:
    many: Headers = [(f"x{number}", b"y") for number in range(2000)]
    odd: dict[str, Headers] = {
        "empty id": binary(id=""),
        "blank id": binary(id="  "),
        "no id": binary(id=None),
        "null id": binary(("ce_id", None), id=None),
        "id of 90 kB": binary(id="i" * 90_000),
        "2,000 foreign headers": binary(*many, id=None),
        "foreign headers without sense": binary(("n", None), ("u", b"\xff"), ("", b"x"), id=None),
        "headers twice": binary(("ce_type", b"other"), ("ce_subject", b"quick"), id=None),
        "text": binary(("content-type", b"text/plain"), id=None),
    }
    good = {name: Odd(headers, b"\x00\xff", "answered") for name, headers in odd.items()}
    body: dict[str, Any] = {**attributes(id=None), "id": None, "data": {"a": 1}}
    good["structured with a null id"] = Odd(*structured(body), "answered")
    return good
