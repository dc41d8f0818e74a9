"""A deployment file for the nodes of the bed, and the pools that it means."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from k8s import labels
from k8s.deployment import load
from k8s.known import profiles_of
from k8s.render import render
from profiles.schema import Configuration, Latency, Profile, Source
from profiles.store import save
from tests.k8s.bed.nodes import ARCHITECTURE
from tests.k8s.bed.rest import Object

MODEL: Final = "magika"
NAMESPACE: Final = "synergai"
MOST: Final = {"jetson-net": 1, "xeon-net": 3, "gpu-net": 2}
"""Pools, and how many instances each may have."""
_EXPECTED_S: Final = {"jetson": 0.3, "xeon": 0.15, "gpu": 0.05}
_TOLERATED: Final = [{"key": ARCHITECTURE, "operator": "Exists"}]


def service(pool: str) -> str:
    """The name of a pool's Knative Service."""
    return f"synergai-{pool}-g1"


def file(folder: Path) -> Path:
    """The deployment file."""
    return folder / "deployment.yaml"


def manifests(folder: Path, bootstrap: str, prefix: str, **changes: Any) -> list[Object]:
    """What `synergai k8s render` writes; ``changes``: fields of the file, see `file`."""
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
    file(folder).write_text(yaml.safe_dump(wanted | changes))
    deployment = load(file(folder))
    return render(deployment, profiles_of(deployment))


def topics(found: Sequence[Object]) -> list[str]:
    """One for each pool."""
    services = (each for each in found if each["apiVersion"] == "serving.knative.dev/v1")
    return [each["metadata"]["annotations"][labels.TOPIC] for each in services]


def _profile(architecture: str, seconds: float) -> Profile:
    """What the app believes at first."""
    latency = Latency(mean_s=seconds, p50_s=seconds, p90_s=seconds, p99_s=2 * seconds)
    return Profile(
        model=MODEL, architecture=architecture, configuration=Configuration(engine="onnxruntime"),
        latency_by_batch={1: latency}, source=Source(kind="derived", detail="made up for a test"),
    )  # fmt: skip
