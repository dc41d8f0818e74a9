"""What a clairvoyant knows of a scenario is what the simulator does."""

import math

import numpy as np
import pytest

from scheduler.bracket.problem import Problem
from scheduler.bracket.world import problem_of
from scheduler.simulator.types import Drift, EstimateError, Outage, Scenario
from scheduler.simulator.workload import Workload
from tests.support.scenarios import asked, one, scenario

LOAD = asked([(1.0, "net", 0.5)])


def ways(world: Scenario, load: Workload = LOAD, *, cold: bool = False) -> list[tuple[float, ...]]:
    """First and last start, duration and share of all ways, rounded to nanoseconds."""
    problem = problem_of(world, load, 1, cold=cold)
    columns = (problem.first, problem.last, problem.duration, problem.share)
    return [tuple(round(float(value), 9) for value in way) for way in zip(*columns, strict=True)]


def counts(problem: Problem) -> list[int]:
    """How many machines there are of each kind."""
    return [int(count) for count in problem.instances]


def test_a_request_may_start_once_it_is_there_and_while_its_answer_is_in_time() -> None:
    """A hop there, the service, a hop back: 0.5 s leave 0.28 s to wait."""
    assert ways(scenario({"net": {"gpu": 0.2}}, one("gpu"), hop_s=0.01)) == [(1.01, 1.29, 0.2, 1)]


def test_a_payload_takes_its_time_on_the_link() -> None:
    """Two thousand bytes at 20 kB/s are there 0.1 s after they left, behind the hop."""
    world = scenario({"net": {"gpu": 0.2}}, one("gpu", bandwidth_bytes_per_s=2e4), hop_s=0.01)
    assert ways(world, asked([(1.0, "net", 0.5)], size_bytes=[2000])) == [(1.11, 1.29, 0.2, 1)]


def test_a_machine_that_is_too_slow_is_no_way() -> None:
    """Only the machines that can answer in time are in the problem."""
    world = scenario({"net": {"cpu": 0.6, "gpu": 0.2}}, one("cpu", 3), one("gpu", 2))
    problem = problem_of(world, LOAD, 1, cold=False)
    assert counts(problem) == [3, 2]
    assert problem.begin.tolist() == [0, 0, 1]


def test_work_and_drift_make_the_service_longer() -> None:
    """From the drift on a run takes twice as long, before it does not."""
    world = scenario(
        {"net": {"gpu": 0.1}}, one("gpu"), drift=(Drift(at_s=1.1, factor=2, pool="gpu"),)
    )
    load = asked([(1.0, "net", 1.0)], work=[1.5])
    assert ways(world, load) == [(1.0, 1.1, 0.15, 1), (1.1, 1.7, 0.3, 1)]


def test_a_run_ends_before_an_outage_or_starts_behind_it() -> None:
    """The one machine that is out has two spells, the other of the pool one."""
    world = scenario(
        {"net": {"gpu": 0.1}},
        one("gpu", 2),
        outages=(Outage(pool="gpu", from_s=1.2, to_s=1.3, instance=0),),
    )
    assert counts(problem_of(world, LOAD, 1, cold=False)) == [1, 1]
    assert ways(world) == [(1.0, 1.1, 0.1, 1), (1.3, 1.4, 0.1, 1), (1.0, 1.4, 0.1, 1)]


def test_outages_that_overlap_are_one() -> None:
    """Between two outages that overlap nothing runs."""
    outages = (Outage(pool="gpu", from_s=0.9, to_s=1.2), Outage(pool="gpu", from_s=1.0, to_s=1.1))
    world = scenario({"net": {"gpu": 0.1}}, one("gpu"), outages=outages)
    assert ways(world) == [(1.2, 1.4, 0.1, 1)]


def test_a_batch_gives_each_request_its_share() -> None:
    """Alone, or a third of a batch of three; two take as long as three, which share it better."""
    world = scenario({"net": {"gpu": {1: 0.1, 3: 0.15}}}, one("gpu"))
    assert ways(world) == [(1.0, 1.35, 0.15, round(1 / 3, 9)), (1.0, 1.4, 0.1, 1)]


def test_pools_on_one_device_share_its_machines() -> None:
    """Two configurations of two boards are two ways on the same two machines."""
    world = scenario(
        {"net": {"fast": 0.1, "slow": 0.2}},
        one("fast", 2, device="board"),
        one("slow", 2, device="board"),
    )
    assert counts(problem_of(world, LOAD, 1, cold=False)) == [2]
    assert ways(world) == [(1.0, 1.3, 0.2, 1), (1.0, 1.4, 0.1, 1)]


def test_a_cold_pool_is_warm_for_the_bound_and_always_cold_for_the_schedule() -> None:
    """The bound may not count on a cold start, the schedule may not count on its absence."""
    world = scenario({"net": {"gpu": 0.1}}, one("gpu", start="cold", cold_start_s=0.3))
    assert ways(world) == [(1.0, 1.4, 0.1, 1)]
    assert ways(world, cold=True) == [(1.3, 1.4, 0.1, 1)]


def test_what_expires_before_it_starts_never_runs() -> None:
    """A run starts before the expiry, however late the deadline is."""
    world = scenario({"net": {"gpu": 0.1}}, one("gpu"))
    assert ways(world, asked([(1.0, "net", 0.5)], expiry_s=[0.2])) == [(1.0, 1.2, 0.1, 1)]


def test_a_clairvoyant_sees_the_errors_that_nobody_can_predict() -> None:
    """The same seed gives the service times of the run, another seed gives others."""
    error = EstimateError(per_request=0.5)
    world = scenario({"net": {"gpu": 0.1}}, one("gpu"), estimate_error=error)
    load = asked([(float(second), "net", 9.0) for second in range(50)])
    first = problem_of(world, load, 1, cold=False).duration
    assert np.array_equal(first, problem_of(world, load, 1, cold=False).duration)
    assert not np.array_equal(first, problem_of(world, load, 2, cold=False).duration)
    assert float(np.std(first) / np.mean(first)) == pytest.approx(0.5, abs=0.2)
    assert math.isfinite(first.max())
