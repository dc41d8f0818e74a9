"""Good and bad manifests: one that is good, and changes to it from a file."""

import copy
from pathlib import Path
from typing import Any

import yaml

NAMESPACE = "validated"
Manifest = dict[str, Any]
SERVICE: Manifest = {
    "apiVersion": "serving.knative.dev/v1",
    "kind": "Service",
    "metadata": {"name": "edge", "namespace": NAMESPACE},
    "spec": {"template": {"spec": {"containers": [{"image": "dev.local/function:1"}]}}},
}
SOURCE: Manifest = {
    "apiVersion": "sources.knative.dev/v1",
    "kind": "KafkaSource",
    "metadata": {"name": "edge", "namespace": NAMESPACE},
    "spec": {
        "bootstrapServers": ["kafka:9092"],
        "topics": ["a"],
        "consumerGroup": "a",
        "initialOffset": "earliest",
        "ordering": "unordered",
        "delivery": {"retry": 3, "backoffPolicy": "exponential", "backoffDelay": "PT0.2S"},
        "sink": {"ref": {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "e"}},
    },
}


def cases(verdict: str) -> list[tuple[str, Manifest]]:
    """Name and manifest of all that are ``good`` or ``bad``."""
    found: list[tuple[str, Manifest]] = []
    for base, file in ((SERVICE, "services.yaml"), (SOURCE, "sources.yaml")):
        table = yaml.safe_load((Path(__file__).parent / file).read_text())
        rows = table[verdict]
        found += [(f"{base['kind']}: {row['name']}", changed(base, row["set"])) for row in rows]
    return found


def changed(base: Manifest, values: Manifest) -> Manifest:
    """A copy with values at dotted places; None takes a field away."""
    manifest = copy.deepcopy(base)
    for place, value in values.items():
        *outer, last = place.split(".")
        there: Any = manifest
        for step in outer:
            there = there[int(step)] if isinstance(there, list) else there.setdefault(step, {})
        if value is None:
            del there[last]
        else:
            there[last] = value
    return manifest
