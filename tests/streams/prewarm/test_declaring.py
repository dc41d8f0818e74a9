"""Pools declared from a cluster, on the real broker; and the whole controller between both."""

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from k8s.errors import ClusterError
from k8s.prewarm.reading import MIN_SCALE
from k8s.prewarm.types import Declared
from streams.broker.running import RunningBroker
from streams.prewarm.declaring import KafkaDeclarer
from streams.prewarm.serve import Options, work
from streams.schema import Pool
from streams.settings import Settings
from streams.stack.free_ports import free_ports
from streams.topics import Topics
from streams.worker.admin import create_topics
from streams.worker.declare import declare, latest
from streams.worker.demanding import record as demand_record
from streams.worker.feeds import read_pool
from tests.support.cluster_objects import (
    NAMESPACE,
    demand,
    model,
    node,
    pool,
    revision,
    revision_ref,
)
from tests.support.memory_cluster import MemoryCluster
from tests.support.waiting import until

pytestmark = pytest.mark.kafka
SOURCE = "/synergai/k8s/synergai/synergai"


def told(name: str = "gpu-a", **fields: Any) -> Declared:
    """What the controller says of a pool."""
    given: dict[str, Any] = {
        "architecture": "gpu", "configuration": "c", "models": ("m",), "topic": "t",
        "generation": 1, "slots": 2, "cold_start_s": 2.0, "wakeable": 8, "state": "eligible",
    }  # fmt: skip
    return Declared(name=name, **{**given, **fields})


@pytest.fixture
async def settings(broker: RunningBroker, topic_prefix: str) -> Settings:
    """With topics of their own."""
    found = Settings(topic_prefix=topic_prefix)
    await create_topics(broker.bootstrap, Topics(found).table())
    return found


async def known(broker: RunningBroker, settings: Settings) -> dict[str, Pool]:
    """The pools that an app that starts now would know."""
    last = await latest(broker.bootstrap, Topics(settings).system("pools"))
    pools = dict(read_pool(each) for each in last.values())
    return {name: declared for name, declared in pools.items() if declared}


async def test_declared_changed_and_removed(broker: RunningBroker, settings: Settings) -> None:
    """Each as the scheduler reads it; what did not change is not written again."""
    declarer = KafkaDeclarer(broker.bootstrap, settings, SOURCE)
    await declarer.declare([told(), told("gpu-b")])
    found = await known(broker, settings)
    assert (found["gpu-a"].wakeable, found["gpu-a"].cold_start_s) == (8, 2.0)
    await declarer.declare([told(cold_start_s=2.05), told("gpu-b", state="draining")])
    found = await known(broker, settings)
    assert (found["gpu-a"].cold_start_s, found["gpu-b"].state) == (2.0, "draining")
    await declarer.declare([told()])
    assert set(await known(broker, settings)) == {"gpu-a"}


async def test_what_another_declared_is_left_alone(
    broker: RunningBroker, settings: Settings
) -> None:
    """Several clusters, or a stack, may feed one scheduler."""
    theirs = Pool(name="edge", architecture="a", configuration="c", models=("m",), topic="t")
    await declare(broker.bootstrap, settings, [theirs])
    declarer = KafkaDeclarer(broker.bootstrap, settings, SOURCE)
    await declarer.declare([told()])
    await declarer.declare([])
    assert set(await known(broker, settings)) == {"edge"}


async def test_after_a_restart_what_is_gone_is_removed(
    broker: RunningBroker, settings: Settings
) -> None:
    """A pool that went while no controller ran does not stay declared."""
    await KafkaDeclarer(broker.bootstrap, settings, SOURCE).declare([told(), told("gpu-b")])
    await KafkaDeclarer(broker.bootstrap, settings, SOURCE).declare([told()])
    assert set(await known(broker, settings)) == {"gpu-a"}


async def test_a_broker_that_is_away() -> None:
    """It is said, so that it is tried again."""
    (port,) = free_ports(1)
    declarer = KafkaDeclarer(f"127.0.0.1:{port}", Settings(), SOURCE)
    with pytest.raises(ClusterError, match=r"system\.pools"):
        await declarer.declare([told()])


async def test_from_the_demand_in_kafka_to_the_scale_in_the_cluster(
    broker: RunningBroker, settings: Settings
) -> None:
    """The whole controller: reads demands, writes the scale, declares the pool."""
    cluster = MemoryCluster()
    for item in (pool(), revision(), node(gpus=4)):
        cluster.put(item)
    options = Options(deployment="synergai", namespace=NAMESPACE)
    task = asyncio.create_task(work(cluster, options, settings, broker.bootstrap))
    source = {
        "apiVersion": "sources.knative.dev/v1",
        "kind": "KafkaSource",
        "metadata": {"name": "gpu-a", "namespace": NAMESPACE},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    }
    cluster.put(source)
    told_now = demand_record(Topics(settings).system("demand"), demand(model(rate=20.0), gpu_a=0.3))
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
    await producer.start()

    async def scaled() -> bool:
        await producer.send_and_wait(
            told_now.topic, told_now.value, key=told_now.key, headers=list(told_now.headers)
        )
        about = cluster.seen(revision_ref())["metadata"]
        return bool(about["annotations"][MIN_SCALE] == "4")

    async def declared() -> bool:
        return "gpu-a" in await known(broker, settings)

    try:
        await until(scaled)
        await until(declared)
    finally:
        await producer.stop()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
