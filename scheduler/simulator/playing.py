"""Plays a policy, written as ``slo-mael:doomed=last``, on a scenario, the fastest way there is."""

from msgspec.structs import replace

from scheduler.policies.synergai import SynergaiPolicy
from scheduler.policy import Policy
from scheduler.registry import variant
from scheduler.simulator import compiled, engine
from scheduler.simulator.estimation import estimator
from scheduler.simulator.run import Run
from scheduler.simulator.types import Scenario
from scheduler.simulator.watch import Watch
from scheduler.simulator.workload import Workload

MEASURED = 500
"""Of a compiled run so many requests are played once more to see how long decisions take."""


def play(
    scenario: Scenario,
    workload: Workload,
    text: str,
    *,
    seed: int = 0,
    watch: Watch | None = None,
    tuning_s: float = 0.0,
) -> Run:
    """The whole run of a policy that is told what `scheduler.simulator.estimation` tells.

    Of a compiled run ``watch`` sees the searches, and of the decisions those of another run, of the
    first ``MEASURED`` requests.

    Raises:
        SchedulerError: the policy or a parameter is wrong, or a request has no profile.
    """
    told = estimator(scenario, seed)
    policy = variant(text, told)
    fast = tuning_s == 0 and compiled.fits(scenario, workload)
    if not (fast and isinstance(policy, SynergaiPolicy)):
        return engine.simulate(
            scenario,
            workload,
            staff(scenario, text, seed),
            seed=seed,
            watch=watch,
            tuning_s=tuning_s,
        )
    if watch is not None:
        untuned = SynergaiPolicy(estimator(scenario, seed), replace(policy.parameters, tune="off"))
        engine.simulate(scenario, _first(workload, MEASURED), untuned, seed=seed, watch=watch)
    return compiled.simulate(scenario, workload, told, policy.parameters, seed=seed, watch=watch)


def staff(scenario: Scenario, text: str, seed: int) -> list[Policy]:
    """A policy for each worker, with estimates of its own.

    Raises:
        SchedulerError: the policy or a parameter is wrong.
    """
    return [variant(text, estimator(scenario, seed)) for _ in range(scenario.workers)]


def _first(workload: Workload, count: int) -> Workload:
    columns = {field: getattr(workload, field)[:count] for field in Workload._fields[1:]}
    return workload._replace(**columns)
