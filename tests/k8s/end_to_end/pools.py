"""A deployment file for the nodes of the bed, and the pools that it means."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from k8s import labels
from k8s.deployment import load
from k8s.known import profiles_of
from k8s.render import render
from profiles.schema import Configuration, Latency, Profile, Source
from profiles.store import save
from streams.schema import Pool
from tests.k8s.bed.nodes import ARCHITECTURE
from tests.k8s.bed.rest import Object

MODEL: Final = "magika"
NAMESPACE: Final = "synergai"
MOST: Final = {"jetson-net": 1, "xeon-net": 3, "gpu-net": 2}
"""Pools, and how many instances each may have."""
_EXPECTED_S: Final = {"jetson": 0.3, "xeon": 0.15, "gpu": 0.05}
_MAX_SCALE: Final = "autoscaling.knative.dev/max-scale"
_TOLERATED: Final = [{"key": ARCHITECTURE, "operator": "Exists"}]


def service(pool: str) -> str:
    """The name of a pool's Knative Service."""
    return f"synergai-{pool}-g1"


def manifests(folder: Path, bootstrap: str, prefix: str, **changes: Any) -> list[Object]:
    """What `synergai k8s render` writes; ``changes``: fields of the deployment file."""
    save([_profile(name, seconds) for name, seconds in _EXPECTED_S.items()], folder / "known.yaml")
    wanted = {
        "namespace": NAMESPACE,
        "kafka": {"bootstrap": bootstrap, "topics": "none"},
        "images": {"registry": "dev.local", "tag": "bed"},
        "models": {"net": [MODEL]},
        "architectures": {
            name: {"tolerations": _TOLERATED, "scale": {"max": MOST[f"{name}-net"]}}
            for name in _EXPECTED_S
        },
        "topic_prefix": prefix,
        "settings": {"partitions": 2, "session_timeout_s": 3},
        "profiles": "known.yaml",
        "app": {"workers": 1},
        "prewarm": {"replicas": 1, "release_after_s": 5},
    }
    (folder / "deployment.yaml").write_text(yaml.safe_dump(wanted | changes))
    deployment = load(folder / "deployment.yaml")
    return render(deployment, profiles_of(deployment))


def declared(found: Sequence[Object]) -> list[Pool]:
    """What the app is told of the pools: each may be woken."""
    return [_declared(each) for each in found if each["apiVersion"] == "serving.knative.dev/v1"]


def _declared(service: Object) -> Pool:
    about: Mapping[str, Any] = service["metadata"]
    told, marked = about["annotations"], about["labels"]
    slots = int(told[labels.SLOTS])
    most = int(service["spec"]["template"]["metadata"]["annotations"][_MAX_SCALE])
    return Pool(
        name=marked[labels.POOL],
        architecture=marked[labels.ARCHITECTURE],
        configuration=told[labels.CONFIGURATION],
        models=tuple(told[labels.MODELS].split(",")),
        topic=told[labels.TOPIC],
        slots=slots,
        cold_start_s=float(told[labels.COLD_START]),
        wakeable=slots * most,
        emulated=True,
    )


def _profile(architecture: str, seconds: float) -> Profile:
    """What the app believes at first."""
    latency = Latency(mean_s=seconds, p50_s=seconds, p90_s=seconds, p99_s=2 * seconds)
    return Profile(
        model=MODEL, architecture=architecture, configuration=Configuration(engine="onnxruntime"),
        latency_by_batch={1: latency}, source=Source(kind="derived", detail="made up for a test"),
    )  # fmt: skip
