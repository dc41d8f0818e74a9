"""The topics of a cluster are those of the streams room."""

from pathlib import Path
from typing import Any

import pytest

from k8s.deployment import load
from k8s.known import profiles_of
from k8s.pools import planned
from k8s.topics import table
from streams.settings import Settings
from streams.topics import Topics
from tests.k8s.rendered import written

SHORT = """
kafka: {bootstrap: "kafka.example.net:9092"}
images: {registry: registry.example.net/team, tag: 0.1.0}
models: [magika]
architectures: {jetson: , xeon: }
"""


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"partitions": 7, "pool_partitions": 2, "retention_s": 7200.0, "max_request_bytes": 65536},
    ],
)
def test_two_tables_say_the_same(tmp_path: Path, settings: dict[str, Any]) -> None:
    """Names, partitions and what the broker is told, with defaults and without."""
    deployment = load(written(tmp_path, SHORT, tenants=["default", "two"], settings=settings))
    pools = planned(deployment, profiles_of(deployment))
    topics = Topics(Settings(tenants=("default", "two"), **settings))
    theirs = [*topics.table(), *(topics.pool_row(pool.topic) for pool in pools)]
    assert [(row.name, row.partitions, row.configuration) for row in table(deployment, pools)] == [
        (row.name, row.partitions, row.configuration) for row in theirs
    ]
