"""Asks everything of a policy once on a tiny world, so that it is compiled before it is needed."""

from collections.abc import Mapping
from math import inf

from scheduler.estimator import Estimator
from scheduler.kernel.jit import numba
from scheduler.market import FIRST_TUNING
from scheduler.policy import Policy, Tunable
from scheduler.registry import variant
from scheduler.tuning.job import Job
from scheduler.types import Completion, PoolState, Request

GAP_S = 0.1
HOP_S = 0.002


def warm(text: str, parameters: Mapping[str, object] | None = None) -> None:
    """Plays a policy, written as ``slo-mael:doomed=last``, and the shortest of its searches.

    Compiled code is kept on disk, so that this takes half a minute once and then about a second.
    Without numba nothing is compiled, and nothing is searched.

    Raises:
        SchedulerError: the policy or a parameter is wrong.
    """
    policy = variant(text, Estimator((), unknown_s=GAP_S), parameters)
    for number in range(FIRST_TUNING):
        _arrival(policy, number)
    search = policy.tuning() if numba is not None and isinstance(policy, Tunable) else None
    if isinstance(policy, Tunable) and isinstance(search, Job):
        least = search._replace(problem=search.problem._replace(generations=1))
        policy.tuned(least.run(), FIRST_TUNING * GAP_S)


def _arrival(policy: Policy, number: int) -> None:
    """What is told and asked when a request comes: every second time the slots are busy."""
    now_s = number * GAP_S
    pools = _pools(now_s + number % 2 * GAP_S)
    policy.capacity(pools, now_s)
    policy.completed(_completion(pools[0], number), now_s)
    policy.arrived(_request(number, now_s), now_s)
    policy.doomed(now_s)
    if not policy.decide(now_s):
        policy.wake_at_s()
        policy.withdrawn(str(number), now_s)


def _pools(free_s: float) -> list[PoolState]:
    return [
        PoolState(
            name=name,
            architecture=name,
            configuration="",
            models=frozenset(models),
            free_at_s=(free_s, free_s),
            hop_s=HOP_S,
        )
        for name, models in (("wide", "ab"), ("narrow", "a"))
    ]


def _request(number: int, now_s: float) -> Request:
    """Every third is late from the start."""
    return Request(
        key=str(number),
        model="ab"[number % 2],
        arrival_s=now_s,
        deadline_s=now_s + number % 3 * 2 * GAP_S,
        expiry_s=inf,
    )


def _completion(pool: PoolState, number: int) -> Completion:
    return Completion(
        key=str(number),
        model="a",
        pool=pool.name,
        configuration=pool.configuration,
        service_s=GAP_S * (1 + number % 2),
    )
