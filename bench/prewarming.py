"""Violations with our pre-warming controller over those with Knative's autoscaler alone.

``python -m bench.prewarming --cycles 4 --seed 1``: quiet traffic and a burst, again and again, on
the cluster bed of the tests (``make k8s-tools``; root), with Knative's own windows and a cold start
of 2 s. Each cycle is played once with the controller and once without it, in turns, so that both
see the same machine. Instance-seconds count every pod of a function from its start to its end.
``--spare 1`` is `prewarm: {spare: 1}` of a deployment file.
"""

import argparse
import json
import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import Any

from bench.machine import described
from streams.client import Answer
from tests.k8s.bed import cluster as bed
from tests.k8s.bed.cluster import Cluster
from tests.k8s.bed.pod import Pod
from tests.k8s.bed.rest import named
from tests.k8s.bed.tools import tools
from tests.k8s.bed.waiting import until
from tests.k8s.end_to_end import deployed as deployment
from tests.k8s.end_to_end.deployed import Deployed, answers
from tests.k8s.end_to_end.pools import NAMESPACE

POOL = "xeon-net"
MOST = 4
COLD_START_S = 2.0
BUDGET_S = 2.5
QUIET_PER_S = 0.3
BURST_PER_S = 15.0
WINDOWS = {"stable-window": "60s", "scale-to-zero-grace-period": "30s"}
"""Knative's defaults; the bed's are shorter."""


def cycle(seed: int, number: int) -> list[float]:
    """Times of requests: quiet until the autoscaler has let go, then a burst of 8 to 12 s."""
    draw = random.Random(f"{seed}/{number}")
    quiet_s, burst_s = draw.uniform(80.0, 110.0), draw.uniform(8.0, 12.0)
    quiet = _poisson(draw, 0.0, quiet_s, QUIET_PER_S)
    return [*quiet, *_poisson(draw, quiet_s, burst_s, BURST_PER_S)]


def _poisson(draw: random.Random, from_s: float, length_s: float, per_s: float) -> Iterator[float]:
    at_s = from_s + draw.expovariate(per_s)
    while at_s < from_s + length_s:
        yield at_s
        at_s += draw.expovariate(per_s)


class Meter(threading.Thread):
    """Counts the instances while it is used as a context."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(daemon=True)
        self.cold_s: dict[str, float] = {}
        self.instance_s = 0.0
        self.most = 0
        self._cluster = cluster
        self._closing = threading.Event()

    def run(self) -> None:
        """Look five times a second."""
        before_s = time.monotonic()
        while not self._closing.wait(0.2):
            now_s = time.monotonic()
            pods = instances(self._cluster)
            self.instance_s += len(pods) * (now_s - before_s)
            self.most = max(self.most, len(pods))
            self.cold_s |= {each.name: each.ready_s - each.begun_s for each in pods if each.ready_s}
            before_s = now_s

    def close(self) -> None:
        """Stop counting."""
        self._closing.set()
        self.join()


def instances(cluster: Cluster) -> list[Pod]:
    """The pods of functions."""
    return [each for each in cluster.kubelet.pods if POOL in each.name]


def replay(deployed: Deployed, times: Sequence[float]) -> dict[str, Any]:
    """Send the requests at their times; what came of them."""
    with closing(Meter(deployed.cluster)) as meter:
        meter.start()
        begun_s, tickets = time.monotonic(), []
        for at_s in times:
            time.sleep(max(0.0, begun_s + at_s - time.monotonic()))
            tickets.append(deployed.submit(BUDGET_S))
        behind_s = time.monotonic() - begun_s - times[-1]
        found = answers(tickets)
    return {
        "requests": len(found),
        "violations": sum(not each.met for each in found),
        "instance_s": round(meter.instance_s, 1),
        "most_instances": meter.most,
        "cold_start_s": round(median(meter.cold_s.values()), 2) if meter.cold_s else None,
        "sender_behind_s": round(behind_s, 3),
        "kinds": kinds(found),
        "load": round(os.getloadavg()[0], 1),
    }


def kinds(found: Sequence[Answer]) -> dict[str, int]:
    """How many of each."""
    names = [each.kind for each in found]
    return {name: names.count(name) for name in sorted(set(names))}


def calibrate(deployed: Deployed) -> float:
    """Let pods start so much later that a cold start takes about 2 s; what it takes by itself."""
    kubelet = deployed.cluster.kubelet
    kubelet.start_delay_s = 0.0
    answers([deployed.submit(60.0)])
    ready = until(lambda: [e for e in instances(deployed.cluster) if e.ready_s], "one is ready")
    own_s = (ready[0].ready_s or 0.0) - ready[0].begun_s
    kubelet.start_delay_s = max(0.0, COLD_START_S - own_s)
    for _ in range(10):
        answers([deployed.submit(60.0)])
    return own_s


def switch(deployed: Deployed, *, on: bool) -> None:
    """Let the controller run or not; without it nothing is kept warm."""
    about = named("apps/v1", "Deployment", "synergai-controller", NAMESPACE)
    deployed.cluster.rest.merge(about, {"spec": {"replicas": int(on)}})
    label = {"app.kubernetes.io/component": "controller"}
    until(
        lambda: len(deployed.cluster.pods(NAMESPACE, label, leaving=True)) == int(on),
        "the controller is switched",
    )
    if not on:
        deployed.warm(POOL, None)


def play(deployed: Deployed, seed: int, cycles: int) -> dict[str, list[dict[str, Any]]]:
    """Each cycle with and without the controller; who goes first takes turns."""
    found: dict[str, list[dict[str, Any]]] = {"alone": [], "warmed": []}
    for number in range(cycles):
        for on in (False, True) if number % 2 else (True, False):
            switch(deployed, on=on)
            found["warmed" if on else "alone"].append(replay(deployed, cycle(seed, number)))
    return found


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--spare", type=int, default=0, help="instances beyond the need")
    given = parser.parse_args()
    wanted: dict[str, Any] = {
        "architectures": {"xeon": {"scale": {"max": MOST}}},
        "prewarm": {"replicas": 1, "spare": given.spare},
    }
    with tempfile.TemporaryDirectory() as name, ExitStack() as held:
        folders = [Path(name) / part for part in ("bed", "deployed")]
        for folder in folders:
            folder.mkdir()
        cluster = held.enter_context(
            bed.running(folders[0], tools(), settings={"config-autoscaler": WINDOWS})
        )
        deployed = held.enter_context(deployment.running(cluster, folders[1], **wanted))
        own_s = calibrate(deployed)
        found = play(deployed, given.seed, given.cycles)
        switch(deployed, on=True)  # pools are drained with its help
        findings = len(deployed.audit().findings)
    about = {"seed": given.seed, "spare": given.spare}
    about |= {"own_start_s": round(own_s, 2), "audit_findings": findings}
    print(json.dumps(described() | about | summary(found), indent=2))


def summary(found: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """All cycles, their sums and their ratios."""
    sums = {
        name: {what: sum(each[what] for each in cycles) for what in ("violations", "instance_s")}
        for name, cycles in found.items()
    }
    alone, warmed = sums["alone"], sums["warmed"]
    return {
        "budget_s": BUDGET_S,
        "most_instances": MOST,
        "cycles": found,
        "sums": sums,
        "violations_ratio": round(warmed["violations"] / max(1, alone["violations"]), 3),
        "allowed_violations_ratio": 0.5,
        "instance_s_ratio": round(warmed["instance_s"] / alone["instance_s"], 3),
        "allowed_instance_s_ratio": 1.2,
    }


if __name__ == "__main__":
    main()
