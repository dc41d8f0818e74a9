"""What `kubectl apply` of Knative's release does: definitions, settings, webhooks."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

import yaml

from tests.k8s.bed.rest import Object, Rest, condition, named
from tests.k8s.bed.tools import Tools
from tests.k8s.bed.waiting import until

NAMESPACE: Final = "knative-serving"
QUEUE_IMAGE: Final = "dev.local/synergai/queue-proxy:bed"
Settings = Mapping[str, Mapping[str, str]]
"""Name of a ConfigMap to what it says."""

FLAGS: Final[Settings] = {
    "config-features": {
        f"kubernetes.podspec-{name}": "enabled"
        for name in ("nodeselector", "tolerations", "affinity", "runtimeclassname")
    }
}
"""What a deployment of SynergAI needs and Knative leaves out by default."""

_IMAGE: Final[Settings] = {"config-deployment": {"queue-sidecar-image": QUEUE_IMAGE}}


def install(rest: Rest, tools: Tools, webhook_port: int, settings: Settings) -> None:
    """Apply everything; returns when the definitions are established."""
    manifests = json.loads(tools.manifests.read_text())
    definitions = [*manifests["definitions"], kafka_source()]
    rest.apply(named("v1", "Namespace", NAMESPACE))
    for each in definitions:
        rest.apply(each)
    for each in manifests["settings"]:
        rest.apply(_with(each, settings))
    for each in manifests["webhooks"]:
        rest.apply(_at(each, webhook_port))
    rest.apply(_webhook_service())
    for each in definitions:
        until(partial(_established, rest, each), f"{each['metadata']['name']} is established")


def _established(rest: Rest, definition: Object) -> bool:
    return condition(rest.get(definition), "Established") == "True"


def configure(rest: Rest, name: str, values: Mapping[str, str | None]) -> None:
    """Change entries of one of Knative's ConfigMaps; None takes one away."""
    rest.merge(named("v1", "ConfigMap", name, NAMESPACE), {"data": dict(values)})


def kafka_source() -> Object:
    """The definition of KafkaSource."""
    text = Path(__file__).with_name("kafka-source.yaml").read_text()
    loaded: Object = yaml.safe_load(text)
    return loaded


def _with(config: Object, settings: Settings) -> Object:
    """Without the long example, which Knative would check by its digest."""
    name = config["metadata"]["name"]
    config["data"].pop("_example", None)
    config["metadata"].get("annotations", {}).pop("knative.dev/example-checksum", None)
    for given in (_IMAGE, settings):
        config["data"].update(given.get(name, {}))
    return config


def _at(webhooks: Object, port: int) -> Object:
    """Knative fills in path and certificate, the port stays; beside them is a Secret for it."""
    for each in webhooks.get("webhooks", ()):
        each["clientConfig"]["service"]["port"] = port
    return webhooks


def _webhook_service() -> Object:
    """The API server looks up an ExternalName itself: the webhook is a process beside it."""
    spec = {"type": "ExternalName", "externalName": "127.0.0.1"}
    return named("v1", "Service", "webhook", NAMESPACE) | {"spec": spec}
