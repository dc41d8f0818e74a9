"""Recordings for tests, drawn and made by hand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from msgspec import UNSET

from streams.replay.files import Writer
from streams.replay.lines import raw
from streams.replay.schema import Ended, Entry, Header

HEADER = Header(created="2026-01-31T12:00:00Z", topics={"t": "default"}, outcomes=True)
MOMENT_S = 1_769_860_800.0
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_BYTES = st.binary(max_size=40)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Any key, headers and value; times as a broker gives them."""
    value = draw(st.one_of(st.just(UNSET), _BYTES))
    at_s = draw(st.integers(0, 10**9)) / 1000
    return Entry(
        at_s=at_s, accepted_s=MOMENT_S + at_s, tenant=draw(_TEXT), topic=draw(_TEXT),
        partition=draw(st.integers(0, 9)), offset=draw(st.integers(0, 2**62)),
        size=len(value) if isinstance(value, bytes) else draw(st.integers(0, 10**7)),
        headers=tuple(
            draw(st.lists(st.tuples(_TEXT, st.one_of(st.none(), _BYTES).map(raw)), max_size=5))
        ),
        key=raw(draw(st.one_of(st.none(), _BYTES))), value=value, id=draw(_TEXT),
        model=draw(_TEXT), budget_s=draw(st.one_of(st.none(), st.floats(0, 1e6))),
        priority=draw(st.integers(-(2**31), 2**31)), malformed=draw(_TEXT),
        outcome=draw(st.one_of(st.none(), st.just(Ended(kind="late", latency_s=0.3)))),
    )  # fmt: skip


def entry(number: int, at_s: float, **fields: Any) -> Entry:
    """A request of 60 ms for ``quick``; ``fields`` change it."""
    request_id, model = f"r{number}", fields.get("model", "quick")
    given: dict[str, Any] = {
        "tenant": "default", "topic": "t", "partition": 0, "offset": number, "size": 5,
        "value": b"input", "key": request_id, "id": request_id, "source": "/test",
        "model": model, "budget_s": 0.06,
        "headers": (
            ("ce_specversion", "1.0"), ("ce_id", request_id), ("ce_source", "/test"),
            ("ce_type", "test"), ("ce_subject", model), ("ce_time", "2026-01-31T12:00:00Z"),
            ("ce_deadline", "2026-01-31T12:00:00.060Z"), ("x", "1"),
        ),
    }  # fmt: skip
    return Entry(at_s=at_s, accepted_s=MOMENT_S + at_s, **(given | fields))


def written(path: Path, given: Sequence[Entry], header: Header = HEADER) -> Path:
    """The file of a recording."""
    writer = Writer(path, header)
    for each in given:
        writer.write(each)
    writer.keep()
    return path
