"""What Knative expects of an ingress: to be told that it routes. Nothing here goes through one."""

import threading
import time
from typing import Final

from tests.k8s.bed.rest import Object, Rest
from tests.k8s.bed.waiting import attempt

_VERSION: Final = "networking.internal.knative.dev/v1alpha1"
_LOOK_S: Final = 0.2
_BALANCER: Final = {"ingress": [{"domainInternal": "ingress.knative-serving.svc.cluster.local"}]}


class Ingress(threading.Thread):
    """Calls every Ingress programmed as soon as it appears or changes."""

    def __init__(self, rest: Rest) -> None:
        super().__init__(daemon=True, name="ingress")
        self._rest = rest
        self._closing = threading.Event()

    def run(self) -> None:
        """Until it is closed."""
        while not self._closing.wait(_LOOK_S):
            attempt(self._look)

    def close(self) -> None:
        """End."""
        self._closing.set()
        self.join()

    def _look(self) -> None:
        for each in self._rest.items(_VERSION, "Ingress"):
            if each.get("status", {}).get("observedGeneration") != each["metadata"]["generation"]:
                self._rest.merge(each, {"status": _programmed(each)}, "/status")


def _programmed(ingress: Object) -> Object:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    kinds = ("LoadBalancerReady", "NetworkConfigured", "Ready")
    return {
        "observedGeneration": ingress["metadata"]["generation"],
        "publicLoadBalancer": _BALANCER,
        "privateLoadBalancer": _BALANCER,
        "conditions": [{"type": k, "status": "True", "lastTransitionTime": now} for k in kinds],
    }
