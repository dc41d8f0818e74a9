"""The pre-warming controller with a thousand pools: reaction, writes, memory, share of a core.

A cluster in memory of 1,000 pools on 500 nodes, a worker that tells the demand of 1,000 models
every second, of which a tenth changes each time, and bursts that come without warning. Measured in
a process of its own, watches, elections and metrics included; API server and Kafka are not.
``python -m bench.prewarm_controller --pools 1000 --seconds 60 --out bench/results``.
"""

import argparse
import asyncio
import json
import random
import resource
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgspec

from bench.machine import described
from k8s import kinds
from k8s.cluster.leasing import Claim, Election
from k8s.prewarm.core import Controller
from k8s.prewarm.metrics import Metrics
from k8s.prewarm.reading import MIN_SCALE
from k8s.prewarm.shell import Shell, Surroundings, scopes
from k8s.prewarm.types import Declared
from scheduler.demand import Demand
from streams.prewarm import serve
from tests.support.cluster_objects import (
    NAMESPACE,
    demand,
    model,
    node,
    pool,
    revision,
    revision_ref,
)
from tests.support.memory_cluster import MemoryCluster
from tests.support.waiting import until

SERVICE_S: Final = 0.3
BURST: Final = 40.0
"""Requests a second: seven instances."""
_BURST_EVERY_S: Final = 1.7


class Silent:
    """Declares to nobody."""

    async def declare(self, pools: Sequence[Declared]) -> None:
        """Nothing."""


def filled(pools: int) -> MemoryCluster:
    """Pools at zero, two to a node with four devices each."""
    cluster = MemoryCluster()
    for number in range(pools):
        name, architecture = f"p{number:04d}", f"a{number // 2:04d}"
        cluster.put(pool(name, architecture=architecture))
        cluster.put(revision(name))
        if number % 2 == 0:
            cluster.put(node(f"n{number:04d}", architecture=architecture, gpus=8))
    cluster._log.clear()  # noqa: SLF001 - a server keeps its history elsewhere
    return cluster


def said(rates: "dict[str, float]") -> bytes:
    """What a worker tells, as it comes from Kafka."""
    models = [model(name, rate=rate) for name, rate in rates.items()]
    whole = demand(*models)
    pools = demand(*models, **{name: {name: SERVICE_S} for name in rates}).pools
    return msgspec.json.encode(msgspec.structs.replace(whole, pools=pools))


async def measure(pools: int, seconds: float) -> dict[str, Any]:
    """Run it, and take its figures."""
    cluster, core, draws = filled(pools), Controller(10.0), random.Random(1)
    claim = Claim(name="bench", namespace=NAMESPACE, holder="a")
    election = Election(cluster, claim, time.monotonic, time.time)
    around = Surroundings(steady_s=time.monotonic, cpu_s=time.thread_time, draw=draws.random)
    metrics = Metrics(core)
    shell = Shell(cluster, core, election, Silent(), metrics, around)
    task = asyncio.create_task(shell.run(scopes(NAMESPACE, sources=False)))
    await until(lambda: not shell.unready and election.leads)
    rates = {f"p{number:04d}": 0.0 for number in range(pools)}
    began_s, began_cpu = time.monotonic(), time.process_time()
    teller = asyncio.create_task(_tell(shell, rates, draws))
    reactions, made_cpu = await _bursts(cluster, shell, rates, began_s + seconds)
    cpu_s = time.process_time() - began_cpu - made_cpu - _MADE[0]
    took_s = time.monotonic() - began_s
    for each in (teller, task):
        each.cancel()
    await asyncio.gather(teller, task, return_exceptions=True)
    return {
        "pools": pools,
        "with": serve.__name__,  # memory is that of the real process, with all it imports
        "seconds": round(took_s, 1),
        "share_of_a_core": round(cpu_s / took_s, 4),
        "resident_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "bursts": len(reactions),
        "reaction_s": {
            "median": round(median(reactions), 3),
            "worst": round(max(reactions), 3),
        },
        "writes": len(_patches(cluster)),
        "most_writes_of_a_pool_in_a_second": _densest(cluster),
    }


_MADE = [0.0]
"""Processor seconds that the bench itself took to make demands."""


async def _tell(shell: Shell, rates: "dict[str, float]", draws: random.Random) -> None:
    """Every second, with a tenth of the models changed."""
    while True:
        made_s = time.process_time()
        for name in draws.sample([n for n in sorted(rates) if rates[n] < BURST], len(rates) // 10):
            rates[name] = draws.choice((0.0, 0.5, 2.0, 5.0))
        text = said(rates)
        _MADE[0] += time.process_time() - made_s
        shell.demanded(msgspec.json.decode(text, type=Demand))
        await asyncio.sleep(1.0)


async def _bursts(
    cluster: MemoryCluster, shell: Shell, rates: "dict[str, float]", until_s: float
) -> "tuple[list[float], float]":
    """One pool at a time gets a burst; from being told to the patch being there, in seconds."""
    found, spent = list[float](), 0.0
    for number in range(100_000):
        name = f"p{number * 7 % len(rates):04d}"
        made_s = time.process_time()
        rates[name] = BURST
        text = said(rates)
        spent += time.process_time() - made_s
        told_s = time.monotonic()
        shell.demanded(msgspec.json.decode(text, type=Demand))
        await until(partial(_warm, cluster, name))
        found.append(time.monotonic() - told_s)
        if time.monotonic() >= until_s:
            return found, spent
        await asyncio.sleep(_BURST_EVERY_S)
    return found, spent


def _warm(cluster: MemoryCluster, name: str) -> bool:
    about = cluster._objects[revision_ref(name)]["metadata"]  # noqa: SLF001
    return int(about["annotations"][MIN_SCALE]) >= 4


def _patches(cluster: MemoryCluster) -> "list[tuple[float, str]]":
    return [
        (at_s, ref.name)
        for at_s, (verb, ref) in zip(cluster.written_s, cluster.writes, strict=True)
        if verb == "patch" and ref.kind == kinds.REVISION
    ]


def _densest(cluster: MemoryCluster) -> int:
    """The most writes to one Revision within any second."""
    most = 0
    by_name: dict[str, list[float]] = {}
    for at_s, name in _patches(cluster):
        recent = [t for t in by_name.get(name, ()) if at_s - t < 0.99]
        by_name[name] = [*recent, at_s]
        most = max(most, len(by_name[name]))
    return most


def main() -> None:
    """Print one JSON object, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pools", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--out", type=Path, help="folder for prewarm_controller.json")
    given = parser.parse_args()
    about = {"machine": described()}
    figures = asyncio.run(measure(given.pools, given.seconds))
    text = json.dumps({**about, "controller": figures}, indent=2)
    print(text)
    if given.out:
        (given.out / "prewarm_controller.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
