"""One run: a policy, a cell, a seed; what comes out is a line of plain values."""

from time import perf_counter_ns, process_time
from typing import Any, NamedTuple

import numpy as np

from bench.evaluation import cells, traces, variants
from bench.evaluation.cells import AFTER_DRIFT, Cell
from bench.evaluation.idling import stranded
from bench.evaluation.oracle import Told
from scheduler import registry
from scheduler.bracket import bound
from scheduler.policy import Policy
from scheduler.simulator import results
from scheduler.simulator.engine import simulate
from scheduler.simulator.estimation import estimator
from scheduler.simulator.generate import generate, rate
from scheduler.simulator.run import Run
from scheduler.simulator.types import Scenario
from scheduler.simulator.workload import Workload
from streams.commands.simulate import Stopwatch

TUNED_AFTER = 50
"""Mean arrivals from the moment a search is due until its result is there.

How long a search takes is the machine's; so a run is the same everywhere.
"""


class Task(NamedTuple):
    """What one run is of."""

    cell: Cell
    variant: str
    seed: int


def play(task: Task) -> dict[str, Any]:
    """The figures of one run, those of `synergai simulate` and those of the cell's group.

    The seed decides arrivals, models, deadlines, works, errors of estimates and the stretch of a
    trace, whatever the policy, so that runs of one seed are paired.
    """
    cell, seed = task.cell, task.seed
    world = cells.scenario(cell)
    asked = generate(world, seed, trace=traces.stretch(cell, seed))
    if task.variant == variants.BRACKET:
        return _bracket(world, asked, seed)
    policies = [_policy(task, world) for _ in range(cell.workers)]
    watch = Stopwatch(perf_counter_ns, process_time)
    run = simulate(world, asked, policies, seed=seed, watch=watch, tuning_s=tuning_s(world))
    found = results.summary(
        world, asked, run, decisions_us=watch.decisions_us, tuning_cpu_s=watch.tuning_cpu_s
    )
    found["qos_s_mean"] = float(asked.qos_s.mean())
    found["stranded"] = stranded(world, asked, run)
    return found | _counted(cell, world, asked, run)


def tuning_s(world: Scenario) -> float:
    """How long a search lasts on the virtual clock, in seconds."""
    return TUNED_AFTER / (rate(world) or 1.0)


def _policy(task: Task, world: Scenario) -> Policy:
    told = task.variant == variants.ORACLE
    variant = variants.OURS if told else task.variant
    policy = registry.variant(variant, estimator(world, task.seed))
    drift = cells.drift(world)
    return Told(policy, world, drift) if told and drift is not None else policy


def _bracket(world: Scenario, asked: Workload, seed: int) -> dict[str, Any]:
    return dict(bound(world, asked, seed))


def _counted(cell: Cell, world: Scenario, asked: Workload, run: Run) -> dict[str, Any]:
    """What is needed where only some of the requests count."""
    late = results.violated(asked, run)
    found: dict[str, Any] = {}
    if cell.settles:
        found["violation_ratio_settled"] = float(late[cell.skipped :].mean())
    if cell.drifts:
        found["late"] = np.packbits(late).tobytes().hex()
        found["after_drift"] = _after_drift(world, asked, run)
    return found


def _after_drift(world: Scenario, asked: Workload, run: Run) -> list[int] | None:
    """From which request to before which the slowed architecture has started its 50th to 500th."""
    drift = cells.drift(world)
    slow = [at for at, pool in enumerate(world.pools) if drift and pool.architecture == drift[1]]
    starts = np.sort(run.start_s[np.isin(run.pool, slow)])
    starts = starts[starts >= (drift.at_s if drift else 0.0)]
    first, last = AFTER_DRIFT
    if starts.size < last:
        return None
    between = np.searchsorted(asked.arrival_s, starts[[first - 1, last - 1]])
    return [int(at) for at in between]
