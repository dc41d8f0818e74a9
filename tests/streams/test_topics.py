"""The table of topics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import StreamsError
from streams.settings import Settings
from streams.topics import (
    HEADROOM_BYTES,
    SYSTEM_TOPICS,
    TENANT_TOPICS,
    Topics,
    checked_name,
    missing,
)

SETTINGS = Settings(topic_prefix="p", tenants=("a", "b"), partitions=3, max_request_bytes=1000)
TOPICS = Topics(SETTINGS)
TABLE = {row.name: row for row in TOPICS.table()}


def test_names() -> None:
    """Tenant topics, system topics and the topics of pools."""
    assert TOPICS.tenant("a", "results") == "p.a.results"
    assert TOPICS.system("latency") == "p.system.latency"
    assert TOPICS.pool("jetson", "edge-1", 2) == "p.system.arch.jetson.edge-1.g2"
    assert TOPICS.requests == {"p.a.requests": "a", "p.b.requests": "b"}


def test_table_is_complete() -> None:
    """Every tenant has its topics, the system its own, none twice."""
    expected = {f"p.{tenant}.{name}" for tenant in ("a", "b") for name in TENANT_TOPICS}
    assert set(TABLE) == expected | {f"p.system.{name}" for name in SYSTEM_TOPICS}
    assert len(TOPICS.table()) == len(TABLE)


def test_owned_together() -> None:
    """The topics whose partitions one worker owns together have equally many."""
    names = ["p.a.requests", "p.b.requests", "p.a.outcomes", "p.system.latency"]
    assert {TABLE[name].partitions for name in [*names, "p.system.decisions"]} == {3}


def test_read_as_a_whole() -> None:
    """Topics that every worker reads as a whole have one partition; pools are compacted."""
    assert TABLE["p.system.capacity"].partitions == TABLE["p.system.pools"].partitions == 1
    assert [row.name for row in TABLE.values() if row.compacted] == ["p.system.pools"]


def test_sizes() -> None:
    """What carries a request onwards has room for the headers that were added."""
    assert TABLE["p.a.requests"].max_bytes == 1000
    roomy = [TABLE["p.a.dlq"], TABLE["p.a.results"], TOPICS.pool_row("p.system.arch.x.y.g1")]
    assert {row.max_bytes for row in roomy} == {1000 + HEADROOM_BYTES}


def test_configuration() -> None:
    """The broker is told append time, clean-up, retention and size in its own words."""
    assert TABLE["p.a.requests"].configuration == {
        "message.timestamp.type": "LogAppendTime",
        "cleanup.policy": "delete",
        "retention.ms": "86400000",
        "max.message.bytes": "1000",
    }
    assert TABLE["p.system.pools"].configuration["cleanup.policy"] == "compact"
    assert TABLE["p.system.capacity"].configuration["retention.ms"] == "3600000"


@pytest.mark.parametrize("word", ["a", "jetson-agx-orin", "x1", "a" * 63])
def test_good_names(word: str) -> None:
    """Names that can stand in a topic."""
    assert checked_name(word, "pool") == word


@pytest.mark.parametrize("word", ["", "A", "a.b", "a_b", "-a", "a-", "a b", "ä", "a" * 64, "a\n"])
def test_bad_names(word: str) -> None:
    """Others are refused with the place, what was found and what is allowed."""
    with pytest.raises(StreamsError, match=r"pool or architecture: found .*allowed: lower-case"):
        TOPICS.pool("jetson", word)


def test_missing() -> None:
    """Only what is not there yet, in the table's order."""
    table = TOPICS.table()
    assert missing(table, []) == list(table)
    assert missing(table, [row.name for row in table[1:]]) == [table[0]]
    assert missing(table, ["other", *TABLE]) == []


@given(st.text(max_size=80))
def test_checked_names_are_topic_names(word: str) -> None:
    """Whatever passes the check is a legal topic name of Kafka."""
    try:
        checked_name(word, "pool")
    except StreamsError:
        return
    name = TOPICS.pool(word, word)
    assert len(name) <= 249
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
