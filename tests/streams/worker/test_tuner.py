"""Searches in the background, and what outlives a restart."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from scheduler.errors import SchedulerError
from scheduler.estimator import Estimator
from scheduler.policies.synergai import SynergaiParameters, SynergaiPolicy
from streams.worker.clock import WorkerClock
from streams.worker.metrics import Metrics
from streams.worker.tuner import Tuner
from tests.support.decisions import estimator, pool, request
from tests.support.stream_policy import FirstIdle

SECONDS = {("net", "gpu"): 0.01, ("net", "cpu"): 0.05, ("text", "cpu"): 0.02}
SEARCHED = 150
"""So many arrivals make a search due."""


def tuned_by(policy: SynergaiPolicy, file: Path | None) -> tuple[Tuner, Metrics]:
    """The tuner of a policy, with its metrics."""
    metrics = Metrics()
    return Tuner(policy, file, WorkerClock(), metrics), metrics


def busy(estimates: Estimator) -> SynergaiPolicy:
    """A policy that has seen enough to be tuned."""
    policy = SynergaiPolicy(estimates, SynergaiParameters())
    policy.capacity([pool("gpu", "net", free=(0.0,)), pool("cpu", "net", "text", free=(0.0,))], 0)
    for number in range(SEARCHED):
        model = "net" if number % 3 else "text"
        at_s = number * 0.01
        came = replace(request(str(number), model, at_s + 0.06), arrival_s=at_s)
        policy.arrived(came, at_s)
        policy.withdrawn(str(number), number * 0.01)
    return policy


async def until_tuned(tuner: Tuner, metrics: Metrics) -> float:
    """Looks after the tuner until a search is over; its CPU seconds."""
    while not (spent := metrics.registry.get_sample_value("synergai_tuning_cpu_seconds_total")):
        tuner.check()
        await asyncio.sleep(0.01)
    return spent


async def test_found_weights_are_used_kept_and_read_again(tmp_path: Path) -> None:
    """A search runs once it is due, its weights are used and outlive a restart."""
    policy, file = busy(estimator(SECONDS)), tmp_path / "deep" / "tuned.json"
    tuner, metrics = tuned_by(policy, file)
    assert await until_tuned(tuner, metrics) > 0
    assert file.read_bytes() == policy.state()
    successor = SynergaiPolicy(estimator(SECONDS), SynergaiParameters())
    assert successor.state() != policy.state()
    tuned_by(successor, file)[0].restore()
    assert successor.state() == policy.state()


async def test_no_file(tmp_path: Path) -> None:
    """Without a file it tunes all the same, and with none there yet it starts untuned."""
    policy = busy(estimator(SECONDS))
    tuner, metrics = tuned_by(policy, None)
    assert await until_tuned(tuner, metrics) > 0
    tuned_by(policy, tmp_path / "none.json")[0].restore()


def test_wrong_file(tmp_path: Path) -> None:
    """A file that holds something else is refused with what is wrong."""
    (tmp_path / "tuned.json").write_text("[]")
    tuner, _ = tuned_by(busy(estimator(SECONDS)), tmp_path / "tuned.json")
    with pytest.raises(SchedulerError, match="tuned weights"):
        tuner.restore()


class Eager(FirstIdle):
    """A search of some seconds of the processor is always due."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[object] = []

    def tuning(self) -> "Eager":
        """The next search."""
        return self

    def run(self) -> int:
        """Takes a while."""
        return sum(range(3_000_000))

    def tuned(self, found: object, now_s: float) -> None:
        """Note it."""
        self.found.append(found)

    def state(self) -> bytes:
        """Nothing worth keeping."""
        return b""

    def restore(self, state: bytes) -> None:
        """Nothing to be read."""


async def test_a_search_that_is_due_waits_until_the_last_one_is_paid_for() -> None:
    """At most a fifth of one core over time, by the worker's clock."""
    policy, metrics, now_s = Eager(), Metrics(), [1000.0]
    tuner = Tuner(policy, None, WorkerClock(lambda: now_s[0]), metrics)
    spent_s = await until_tuned(tuner, metrics)
    now_s[0] += 3.9 * spent_s
    for _ in range(5):
        tuner.check()
        await asyncio.sleep(0)
    assert len(policy.found) == 1
    now_s[0] += 0.2 * spent_s
    tuner.check()
    while len(policy.found) < 2:
        await asyncio.sleep(0.01)
        tuner.check()
