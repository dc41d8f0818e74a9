"""One pod: a network of its own, its containers as processes, what is reported of them."""

import threading
import time
from pathlib import Path
from typing import Final

from tests.k8s.bed.container import Containers
from tests.k8s.bed.network import Network, Space
from tests.k8s.bed.process import Process
from tests.k8s.bed.readiness import is_ready
from tests.k8s.bed.rest import Object, Rest, condition
from tests.k8s.bed.waiting import attempt

_LOOK_S: Final = 0.1
_LINGER_S: Final = 0.5
"""Between a pod's deletion and SIGTERM: who routes to it hears of it first."""
_GRACE_S: Final = 10.0
_LONGEST_S: Final = 30.0
"""Between two starts of a container that ends again and again."""
_QUEUE: Final = "queue-proxy"


class Pod(threading.Thread):
    """Runs until ``leave`` (SIGTERM and grace) or ``drop`` (its machine loses power).

    ``delay_s``: what passes before it starts, as where an image must be fetched first.
    """

    def __init__(
        self, found: Object, rest: Rest, network: Network, containers: Containers,
        folder: Path, delay_s: float,
    ) -> None:  # fmt: skip
        super().__init__(daemon=True, name=found["metadata"]["name"])
        self.node: str = found["spec"]["nodeName"]
        self.begun_s = time.monotonic()
        self.ready_s: float | None = None
        self._pod = found
        self._rest = rest
        self._network = network
        self._containers = containers
        self._folder = folder
        self._delay_s = delay_s
        self._leaving = threading.Event()
        self._dropped = False
        self._address = ""
        self._backoff_s = 1.0
        self._processes: dict[str, Process] = {}

    def seen(self, found: Object) -> None:
        """How the cluster sees it now."""
        self._pod = found

    def leave(self) -> None:
        """It was deleted."""
        self._leaving.set()

    def drop(self) -> None:
        """Its machine is gone: everything is killed, nothing is reported."""
        self._dropped = True
        self._leaving.set()

    def run(self) -> None:
        """The pod's life, on one thread: its processes end with it."""
        if not self._leaving.wait(self._delay_s):
            space = Space(self._log("network"), self.name)
            try:
                self._live(space)
            finally:
                self._end()
                space.close()
        while not self._dropped and not attempt(self._forget):
            time.sleep(_LOOK_S)

    def _live(self, space: Space) -> None:
        self._address = self._network.plug(space)
        for each in self._pod["spec"]["containers"]:
            self._processes[each["name"]] = self._launched(each, space)
        self._report(ready=False)
        while not self._leaving.wait(_LOOK_S):
            self._watch()

    def _launched(self, container: Object, space: Space) -> Process:
        folder = self._folder / self.name
        folder.mkdir(exist_ok=True)
        program = self._containers.program(self._pod, container, self._address, folder)
        log = self._log(container["name"])
        inside = space.entered("net", "uts")
        return Process(program.arguments, log, environment=program.environment, inside=inside)

    def _watch(self) -> None:
        """Report it ready once it is, and again if the cluster lost it from sight meanwhile.

        What ended is started again.
        """
        for process in self._processes.values():
            if process.exit_code is not None:
                self.ready_s = None
                self._report(ready=False)
                self._leaving.wait(self._backoff_s)
                self._backoff_s = min(2 * self._backoff_s, _LONGEST_S)
                process.restart()
        if self.ready_s is None and is_ready(self._pod, self._address):
            now_s = time.monotonic()
            if self._report(ready=True):
                self.ready_s = now_s
        elif self.ready_s is not None and condition(self._pod, "Ready") != "True":
            self._report(ready=True)

    def _end(self) -> None:
        """Functions finish what they have; then the queue-proxy goes, which would wait longer."""
        if not self._dropped:
            time.sleep(_LINGER_S)
            ours = [each for name, each in self._processes.items() if name != _QUEUE]
            for each in ours:
                each.terminate()
            until_s = time.monotonic() + _GRACE_S
            while time.monotonic() < until_s and any(each.exit_code is None for each in ours):
                time.sleep(_LOOK_S)
        for each in self._processes.values():
            each.kill()

    def _forget(self) -> None:
        self._rest.delete(self._pod, at_once=True)

    def _report(self, *, ready: bool) -> bool:
        change = {"status": self._status(ready)}
        return attempt(lambda: self._rest.merge(self._pod, change, "/status"))

    def _status(self, ready: bool) -> Object:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        fine = {"PodScheduled": True, "Initialized": True, "ContainersReady": ready, "Ready": ready}
        return {
            "phase": "Running", "podIP": self._address, "podIPs": [{"ip": self._address}],
            "startTime": now,
            "conditions": [
                {"type": name, "status": str(is_so), "lastTransitionTime": now}
                for name, is_so in fine.items()
            ],
            "containerStatuses": [
                {"name": each["name"], "image": each["image"], "imageID": "", "ready": ready,
                 "started": True, "restartCount": 0, "state": {"running": {"startedAt": now}}}
                for each in self._pod["spec"]["containers"]
            ],
        }  # fmt: skip

    def _log(self, what: str) -> Path:
        return self._folder / f"{self.name}.{what}.log"
