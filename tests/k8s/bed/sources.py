"""In place of KafkaSource's controller: reads the objects, lets our event source do their work.

A source is served once the Service it names has a ready revision; it follows to the next one.
"""

import threading
from pathlib import Path
from typing import Final

from streams.source import pools
from streams.source.schema import SourcePool
from tests.k8s.bed.cluster import Cluster, to_revision
from tests.k8s.bed.container import SYNERGAI
from tests.k8s.bed.process import Process
from tests.k8s.bed.rest import Object, condition
from tests.k8s.bed.waiting import attempt

_VERSION: Final = "sources.knative.dev/v1"
_LOOK_S: Final = 0.2
_IN_FLIGHT: Final = 50
"""Of one consumer of a KafkaSource that is unordered."""


class Sources(threading.Thread):
    """All KafkaSources of a namespace, while it is used as a context."""

    def __init__(self, cluster: Cluster, folder: Path, bootstrap: str, namespace: str) -> None:
        super().__init__(daemon=True, name="sources")
        self._cluster = cluster
        self._namespace = namespace
        self._file = folder / "pools.json"
        self._served: list[SourcePool] = []
        self._closing = threading.Event()
        pools.write(self._file, self._served)
        given = ("--pools", str(self._file), "--bootstrap", bootstrap)
        command = [*SYNERGAI, "source", "serve", *given]
        self._process = Process(command, folder / "source.log", gently=True)

    def run(self) -> None:
        """Until it is closed."""
        while not self._closing.wait(_LOOK_S):
            attempt(self._look)

    def close(self) -> None:
        """End it, then the event source, which finishes what is under way."""
        self._closing.set()
        self.join()
        self._process.stop()

    def _look(self) -> None:
        found = self._cluster.rest.items(_VERSION, "KafkaSource", self._namespace)
        served = [each for each in map(self._pool, found) if each]
        if served != self._served:
            pools.write(self._file, served)
            self._served = served
        names = {each.name for each in served}
        for each in found:
            if each["metadata"]["name"] in names and not _taken_up(each):
                self._cluster.rest.merge(each, {"status": _ready(each)}, "/status")

    def _pool(self, source: Object) -> SourcePool | None:
        spec = source["spec"]
        revision = self._cluster.revision(spec["sink"]["ref"]["name"], self._namespace)
        if not revision or source["metadata"].get("deletionTimestamp"):
            return None
        return SourcePool(
            name=source["metadata"]["name"],
            topic=spec["topics"][0],
            urls=(self._cluster.serving.activator_url + spec["sink"].get("uri", "/"),),
            in_flight=_IN_FLIGHT * max(1, spec.get("consumers", 1)),
            headers=to_revision(self._namespace, revision),
        )


def _taken_up(source: Object) -> bool:
    seen = source.get("status", {}).get("observedGeneration")
    return condition(source, "Ready") == "True" and seen == source["metadata"]["generation"]


def _ready(source: Object) -> Object:
    return {
        "consumers": source["spec"].get("consumers", 1),
        "observedGeneration": source["metadata"]["generation"],
        "conditions": [{"type": "Ready", "status": "True"}],
    }
