"""Three pools of one model, as manifests, as declarations and as profiles."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from profiles.schema import Configuration, Latency, Profile, Source
from streams.schema import Pool
from streams.topics import Topics
from tests.k8s.bed.nodes import ARCHITECTURE
from tests.k8s.bed.rest import Object, named

MODEL: Final = "magika"
_CONFIGURATION: Final = Configuration(engine="onnxruntime")
_GPU: Final = "nvidia.com/gpu"
_SCALING: Final = "autoscaling.knative.dev/"


@dataclass(frozen=True)
class Machines:
    """One pool: instances answer after ``pace`` times the time that this machine takes."""

    name: str
    pace: float
    most: int
    expected_s: float
    gpu: bool = False


POOLS: Final = (
    Machines("jetson", pace=60.0, most=1, expected_s=0.3, gpu=True),
    Machines("xeon", pace=30.0, most=3, expected_s=0.15),
    Machines("gpu", pace=10.0, most=2, expected_s=0.05, gpu=True),
)


def declared(machines: Machines, topics: Topics, cold_start_s: float) -> Pool:
    """What the app is told of it: it may be woken."""
    return Pool(
        name=machines.name,
        architecture=machines.name,
        configuration=_CONFIGURATION.key,
        models=(MODEL,),
        topic=topics.pool(machines.name, machines.name),
        slots=machines.most,
        cold_start_s=cold_start_s,
        wakeable=1,
        emulated=True,
    )


def profile(machines: Machines) -> Profile:
    """What the app believes at first."""
    mean_s = machines.expected_s
    latency = Latency(mean_s=mean_s, p50_s=mean_s, p90_s=mean_s, p99_s=2 * mean_s)
    return Profile(
        model=MODEL, architecture=machines.name, configuration=_CONFIGURATION,
        latency_by_batch={1: latency}, source=Source(kind="derived", detail="made up for a test"),
    )  # fmt: skip


def service(machines: Machines, namespace: str, shared: Mapping[str, str]) -> Object:
    """Its Knative Service; ``shared`` is what all functions of the deployment are told."""
    container = {
        "image": "dev.local/synergai/function:1",
        "env": _environment(machines, shared),
        "readinessProbe": {"httpGet": {"path": "/health/ready"}},
    }
    if machines.gpu:
        container["resources"] = {"limits": {_GPU: "1"}}
    spec = {
        "containerConcurrency": 1,
        "nodeSelector": {ARCHITECTURE: machines.name},
        "tolerations": [{"key": ARCHITECTURE, "operator": "Exists"}],
        "containers": [container],
    }
    told = {
        "target-burst-capacity": "-1",
        "initial-scale": "0",
        "max-scale": str(machines.most),
        "window": "6s",
    }
    template = {
        "metadata": {"annotations": {f"{_SCALING}{name}": text for name, text in told.items()}},
        "spec": spec,
    }
    made = named("serving.knative.dev/v1", "Service", machines.name, namespace)
    return made | {"spec": {"template": template}}


def source(pool: Pool, namespace: str, bootstrap: str) -> Object:
    """Its KafkaSource."""
    sink = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": pool.name}
    spec = {
        "bootstrapServers": [bootstrap],
        "topics": [pool.topic],
        "consumerGroup": pool.topic,
        "initialOffset": "earliest",
        "ordering": "unordered",
        "sink": {"ref": sink},
    }
    return named("sources.knative.dev/v1", "KafkaSource", pool.name, namespace) | {"spec": spec}


def _environment(machines: Machines, shared: Mapping[str, str]) -> list[Object]:
    known = {
        "MODELS": MODEL,
        "HOST": "0.0.0.0",
        "POOL": machines.name,
        "ARCHITECTURE": machines.name,
        "CONFIGURATION": _CONFIGURATION.key,
        "PACE": f"{MODEL}={machines.pace:g}",
        "DRAIN_S": "5",
    }
    given = {f"SYNERGAI_{name}": text for name, text in known.items()} | dict(shared)
    return [{"name": name, "value": text} for name, text in given.items()]
