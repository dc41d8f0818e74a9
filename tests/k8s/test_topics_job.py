"""The Job that creates topics does so: its command runs against a broker."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from k8s.deployment import load
from k8s.known import profiles_of
from k8s.pools import planned
from k8s.topics import table
from streams.worker.admin import present_topics
from tests.k8s.rendered import GOLDEN, of_kind, rendered, written
from tests.support.broker import Bootstrap


@pytest.mark.kafka
@pytest.mark.timeout(300)
def test_its_command_creates_every_topic(
    broker: Bootstrap, topic_prefix: str, tmp_path: Path
) -> None:
    """With the environment of its ConfigMap: the table and the topics of pools."""
    text = (GOLDEN / "short" / "deployment.yaml").read_text()
    path = written(
        tmp_path, text, topic_prefix=topic_prefix, profiles=str(GOLDEN / "profiles.yaml"),
        kafka={"bootstrap": broker.bootstrap, "replication": 1}, settings={"partitions": 3},
    )  # fmt: skip
    manifests = rendered(path)
    (job,) = of_kind(manifests, "Job")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    (settings,) = (
        m for m in of_kind(manifests, "ConfigMap")
        if m["metadata"]["name"] == container["envFrom"][0]["configMapRef"]["name"]
    )  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-m", "synergai", *container["args"]],
        env=os.environ | settings["data"], capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    deployment = load(path)
    wanted = {
        row.name: row.partitions
        for row in table(deployment, planned(deployment, profiles_of(deployment)))
    }
    present = asyncio.run(present_topics(broker.bootstrap))
    assert {name: present.get(name) for name in wanted} == wanted
