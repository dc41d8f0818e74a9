"""Requests that wait on while an instance has nothing to do."""

from math import inf

import numpy as np

from bench.evaluation.idling import stranded
from scheduler.simulator.run import Run
from tests.support.scenarios import asked, one, play, scenario

WORLD = scenario({"m": {"a": 1.0}}, one("a", 2))
REQUESTS = asked([(0.0, "m", 1.0), (0.0, "m", 1.0), (0.0, "m", 1.0)])


def run(start_s: list[float], slot: list[int]) -> Run:
    """Runs of one second."""
    start = np.array(start_s)
    return Run(
        end_s=start + 1.0,
        start_s=start,
        pool=np.where(np.array(slot) < 0, -1, 0),
        slot=np.array(slot),
        batch=np.ones(start.size, np.int64),
        attempts=np.ones(start.size, np.int64),
        last_s=20.0,
        energy_j=0.0,
    )


def test_a_policy_that_keeps_instances_busy_strands_nobody() -> None:
    """First come first served at four times the capacity: all wait, none beside an idle one."""
    crowd = asked([(0.0, "m", 0.1) for _ in range(40)])
    assert stranded(WORLD, crowd, play(WORLD, crowd, "least-loaded")) == 0


def test_who_waits_past_five_times_its_qos_beside_an_idle_instance_is_stranded() -> None:
    """The third starts at 8, though the second instance idles from 1 and it was due at 1."""
    assert stranded(WORLD, REQUESTS, run([0.0, 0.0, 8.0], [0, 1, 0])) == 1


def test_until_then_it_may_wait() -> None:
    """At 6 five times the QoS are over, not before."""
    assert stranded(WORLD, REQUESTS, run([0.0, 0.0, 6.0], [0, 1, 0])) == 0


def test_who_is_never_answered_waits_until_the_end() -> None:
    """A rejected request beside an idle instance counts."""
    assert stranded(WORLD, REQUESTS, run([0.0, 0.0, inf], [0, 1, -1])) == 1


def test_instances_that_do_not_serve_the_model_do_not_count() -> None:
    """The other pool idles all the time, and is of no use."""
    world = scenario({"m": {"a": 1.0}, "n": {"b": 1.0}}, one("a"), one("b"))
    crowd = asked([(0.0, "m", 0.1) for _ in range(20)])
    assert stranded(world, crowd, play(world, crowd, "least-loaded")) == 0
