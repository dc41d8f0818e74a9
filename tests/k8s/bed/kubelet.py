"""The kubelets of all nodes in one thread: they run what the scheduler gives their nodes."""

import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.k8s.bed import nodes
from tests.k8s.bed.container import Containers
from tests.k8s.bed.network import Network
from tests.k8s.bed.pod import Pod
from tests.k8s.bed.rest import Object, Rest
from tests.k8s.bed.waiting import attempt

_LOOK_S: Final = 0.1
_BEAT_S: Final = 1.0


class Kubelet(threading.Thread):
    """``start_delay_s`` is added to each pod's own start, for cold starts of a known length."""

    def __init__(
        self, rest: Rest, network: Network, containers: Containers, folder: Path,
        names: Iterable[str],
    ) -> None:  # fmt: skip
        super().__init__(daemon=True, name="kubelet")
        self.start_delay_s = 0.0
        self._rest = rest
        self._network = network
        self._containers = containers
        self._folder = folder
        self._nodes = dict.fromkeys(names, True)
        self._pods: dict[str, Pod] = {}
        self._beaten_s = 0.0
        self._closing = threading.Event()
        self._guard = threading.Lock()

    @property
    def pods(self) -> list[Pod]:
        """Those that run or are about to."""
        with self._guard:
            return [each for each in self._pods.values() if each.is_alive()]

    def lose(self, node: str) -> None:
        """The machine is gone: its processes are killed, nothing is heard of it any more."""
        with self._guard:
            self._nodes[node] = False
            for each in self._pods.values():
                if each.node == node:
                    each.drop()

    def recover(self, node: str) -> None:
        """The machine is back, without anything running on it."""
        with self._guard:
            self._pods = {uid: pod for uid, pod in self._pods.items() if pod.node != node}
            self._nodes[node] = True

    def run(self) -> None:
        """Until it is closed; an API server that is away is asked again."""
        while not self._closing.wait(_LOOK_S):
            attempt(self._beat)
            attempt(self._look)

    def close(self) -> None:
        """Kill all pods and end."""
        self._closing.set()
        self.join()
        for each in self._pods.values():
            each.drop()
        for each in self._pods.values():
            if each.ident is not None:
                each.join()

    def _beat(self) -> None:
        if time.monotonic() - self._beaten_s < _BEAT_S:
            return
        self._beaten_s = time.monotonic()
        for each in self._rest.items("v1", "Node"):
            if self._nodes.get(each["metadata"]["name"]):
                nodes.beat(self._rest, each)

    def _look(self) -> None:
        found = self._rest.items("v1", "Pod")
        with self._guard:
            for each in found:
                if self._nodes.get(each["spec"].get("nodeName", "")):
                    self._take(each)
            known = {each["metadata"]["uid"] for each in found}
            for uid, pod in list(self._pods.items()):
                if uid not in known:
                    pod.drop()
                    del self._pods[uid]

    def _take(self, found: Object) -> None:
        about = found["metadata"]
        pod = self._pods.get(about["uid"]) or self._new(found)
        self._pods[about["uid"]] = pod
        pod.seen(found)
        if about.get("deletionTimestamp"):
            pod.leave()
        if pod.ident is None:
            pod.start()

    def _new(self, found: Object) -> Pod:
        return Pod(
            found, self._rest, self._network, self._containers, self._folder, self.start_delay_s
        )
