"""Pools, instances and recent outcomes from the last records of their topics."""

import json
from typing import Any

from functions.cloudevents import CloudEvent, to_kafka
from streams.client.overview import brokers_now_s, overview
from streams.documents.examples import PAYLOADS
from streams.ports import Record

NOW_S = 1000.0


def record(name: str, key: str, append_s: float = NOW_S, /, **changed: Any) -> Record:
    """The documents' example of an event, changed; no value where ``value=None``."""
    event = CloudEvent(id="1", source="/s", type="t")
    empty = changed.pop("empty", False)
    value = b"" if empty else json.dumps(PAYLOADS[name] | changed).encode()
    return Record(
        topic=name,
        partition=0,
        offset=0,
        append_s=append_s,
        key=key.encode(),
        headers=to_kafka(event)[0],
        value=value,
    )


def test_row() -> None:
    """A pool shows its living instances, what they run and how its requests ended."""
    found = overview(
        [record("pool", "edge")],
        [
            record("capacity", "edge-1"),
            record("capacity", "edge-2", instance="edge-2", slots=2, running=[], state="draining"),
            record("capacity", "edge-3", NOW_S - 60, instance="edge-3"),
        ],
        [record("outcome", "1"), record("outcome", "2", kind="late"), record("outcome", "3")],
        NOW_S,
        3.5,
    )
    (row,) = found.pools
    assert (row.pool, row.instances, row.slots, row.running, row.queued) == ("edge", 2, 3, 1, 0)
    assert row.state == "1 draining, 1 ready"
    assert dict(row.outcomes) == {"met": 2, "late": 1, "expired": 0, "rejected": 0, "failed": 0}
    assert found.nowhere == {}


def test_last_word_counts() -> None:
    """The last record of a key counts; an empty value removes a pool."""
    pools = [record("pool", "edge"), record("pool", "gone", name="gone")]
    pools += [record("pool", "gone", empty=True), record("pool", "edge", architecture="xeon")]
    (row,) = overview(pools, [], [], NOW_S, 3.5).pools
    assert (row.pool, row.architecture, row.instances, row.state) == ("edge", "xeon", 0, "eligible")


def test_undeclared_pool() -> None:
    """A pool that only its instances speak of is shown."""
    (row,) = overview([], [record("capacity", "edge-1")], [], NOW_S, 3.5).pools
    assert (row.pool, row.instances) == ("edge", 1)


def test_nowhere() -> None:
    """Requests that ran in no pool are counted apart."""
    rejected = record("outcome", "1", pool="", kind="rejected")
    assert overview([], [], [rejected], NOW_S, 3.5).nowhere == {"rejected": 1}


def test_malformed_records_are_skipped() -> None:
    """What is no such event does not stop the others."""
    broken = Record(
        topic="t", partition=0, offset=0, append_s=NOW_S, key=None, headers=(), value=b"{"
    )
    found = overview([broken], [broken, record("capacity", "e")], [broken], NOW_S, 3.5)
    assert len(found.pools) == 1


def test_brokers_clock() -> None:
    """The newest record tells the broker's time; long ago or none, it is our own."""
    assert brokers_now_s([record("pool", "a", 990.0), record("pool", "b", 995.0)], 999.0) == 995.0
    assert brokers_now_s([record("pool", "a", 100.0)], 999.0) == 999.0
    assert brokers_now_s([], 999.0) == 999.0
