"""Pools: which models go together, in which configuration, with how much of a machine."""

from pathlib import Path
from typing import Any

import pytest

from k8s.deployment import load
from k8s.pools import PlannedPool, planned, topic
from profiles.schema import Configuration, Profile
from streams.settings import Settings
from streams.topics import Topics
from tests.k8s.rendered import written
from tests.support.profiles import latency, profile

SHORT = """
kafka: {bootstrap: "kafka.example.net:9092"}
images: {registry: registry.example.net/team, tag: 0.1.0}
models: [a, b, c]
architectures: {xeon: }
"""


def _profile(model: str, mean_s: float, engine: str = "onnxruntime", **fields: Any) -> Profile:
    machine = {key: fields.pop(key) for key in ("memory_bytes", "cold_start_s") if key in fields}
    return profile(
        model=model, architecture="xeon", configuration=Configuration(engine=engine, **fields),
        latency_by_batch={1: latency(mean_s)}, **machine,
    )  # fmt: skip


PROFILES = (
    _profile("a", 0.020, threads=1, memory_bytes=300 * 2**20, cold_start_s=0.5),
    _profile("a", 0.010, threads=2, memory_bytes=10 * 2**20, cold_start_s=0.4),
    _profile("b", 0.010, threads=1, memory_bytes=50 * 2**20, cold_start_s=0.1),
    _profile("b", 0.011, threads=2, memory_bytes=40 * 2**20, cold_start_s=0.2),
    _profile("c", 0.005, "litert", precision="int8"),
    _profile("c", 0.006, threads=2),
)


def _pools(folder: Path, **changes: Any) -> dict[str, PlannedPool]:
    deployment = load(written(folder, SHORT, **changes))
    return {pool.name: pool for pool in planned(deployment, PROFILES)}


def test_models_are_grouped_by_the_engine_that_suits_each(tmp_path: Path) -> None:
    """Each where it is fastest; threads are those that slow the group down least."""
    pools = _pools(tmp_path)
    assert {name: pool.models for name, pool in pools.items()} == {
        "xeon-litert-int8": ("c",),
        "xeon-onnxruntime-fp32": ("a", "b"),
    }
    assert pools["xeon-onnxruntime-fp32"].configuration.key == "onnxruntime-fp32-t2-b1"


def test_named_groups_stay_together(tmp_path: Path) -> None:
    """In the one configuration that all have a profile of."""
    pools = _pools(tmp_path, models={"all": ["a", "b", "c"]})
    assert {name: pool.configuration.key for name, pool in pools.items()} == {
        "xeon-all": "onnxruntime-fp32-t2-b1"
    }


def test_no_more_threads_than_cores(tmp_path: Path) -> None:
    """A machine's ``cpu`` bounds the configuration, and is what is requested."""
    (pool,) = _pools(tmp_path, models=["a"], architectures={"xeon": {"cpu": "1500m"}}).values()
    assert pool.configuration.threads == 1
    assert pool.cpu == "1500m"


def test_cores_and_memory_follow_from_threads_slots_and_models(tmp_path: Path) -> None:
    """Threads x slots; for memory the most that was seen of each model, for every slot."""
    models = {"all": ["a", "b"]}
    pool = _pools(tmp_path, models=models, architectures={"xeon": {"slots": 2}})["xeon-all"]
    assert pool.cpu == "4"
    assert pool.memory == "1024Mi"  # 320 + 2 x (300 + 50), rounded up
    assert pool.cold_start_s == pytest.approx(3.0 + 0.4 + 0.2)
    assert pool.deadline_s == 640


def test_requests_at_a_time(tmp_path: Path) -> None:
    """An instance takes a batch per slot, and as many again wait in its own queue."""
    changes = {"xeon-all": {"configuration": {"engine": "onnxruntime", "batch": 4}, "slots": 2}}
    pool = _pools(tmp_path, models={"all": ["a"]}, pools=changes)["xeon-all"]
    assert (pool.target, pool.concurrency) == (8, 16)


def test_a_pool_without_profiles_runs_in_the_configuration_it_is_given(tmp_path: Path) -> None:
    """Its start and memory are not known: generous ones are assumed."""
    changes = {"xeon-own": {"configuration": {"engine": "onnxruntime", "threads": 3}}}
    pool = _pools(tmp_path, models={"own": ["mine"]}, pools=changes)["xeon-own"]
    assert (pool.cpu, pool.memory, pool.cold_start_s) == ("3", "576Mi", 13.0)


def test_a_generation_is_in_topic_and_object(tmp_path: Path) -> None:
    """So that the pool before it can be drained while this one is there."""
    pool = _pools(tmp_path, models={"all": ["a"]}, pools={"xeon-all": {"generation": 2}})[
        "xeon-all"
    ]
    assert pool.topic == "synergai.system.arch.xeon.xeon-all.g2"
    assert pool.object_name == "synergai-xeon-all-g2"


def test_the_topic_of_a_pool_is_that_of_the_streams_room() -> None:
    """Two rooms, one name."""
    topics = Topics(Settings(topic_prefix="a.b"))
    assert topic("a.b", "jetson", "edge-1", 3) == topics.pool("jetson", "edge-1", 3)
