"""Bracket and regret of a simulated run, as plain values."""

from typing import TypedDict

import numpy as np

from scheduler.bracket.bracket import bracket
from scheduler.bracket.world import problem_of
from scheduler.simulator.run import Run
from scheduler.simulator.types import Scenario
from scheduler.simulator.workload import Workload


class Bound(TypedDict):
    """Between which numbers of violations the best of all schedules is."""

    violations_at_least: int
    violation_ratio_at_least: float
    violations_feasible: int
    violation_ratio_feasible: float


class Regret(TypedDict):
    """How many violations a run has more, in requests.

    Against the feasible schedule it may be negative: that one computes every request alone, has a
    cold start before each run in a pool at zero, and is not always the best of its kind.
    """

    over_feasible: int
    at_most: int
    """Over the bound: over the best of all schedules it is at most this."""


def bound(scenario: Scenario, workload: Workload, seed: int) -> Bound:
    """The bracket of all schedules of this workload, given the draws of a run with this seed."""
    relaxed = problem_of(scenario, workload, seed, cold=False)
    strict = relaxed
    if any(pool.start == "cold" for pool in scenario.pools):
        strict = problem_of(scenario, workload, seed, cold=True)
    ends = bracket(relaxed, strict, seed)
    requests = max(1, workload.arrival_s.size)
    return Bound(
        violations_at_least=ends.at_least,
        violation_ratio_at_least=ends.at_least / requests,
        violations_feasible=ends.feasible,
        violation_ratio_feasible=ends.feasible / requests,
    )


def regret(workload: Workload, run: Run, ends: Bound) -> Regret:
    """How far a run is from what a clairvoyant could reach."""
    late = int(np.count_nonzero(run.end_s > workload.deadline_s))
    return Regret(
        over_feasible=late - ends["violations_feasible"],
        at_most=late - ends["violations_at_least"],
    )
