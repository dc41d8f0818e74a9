"""A policy that is told of a drift when it begins, to measure others against."""

from collections.abc import Sequence
from math import inf
from typing import Any

from bench.evaluation.cells import Drift
from scheduler.policy import Policy, Search, Tunable
from scheduler.simulator.estimation import configuration
from scheduler.simulator.types import Scenario, seconds_at
from scheduler.types import Completion, Placement, PoolState, Request

TOLD = 20
"""Reports of the new time per model and pool; estimates begin anew after four."""


class Told:
    """Hands everything through; from the drift on the policy has already seen what it does.

    It is told by reports of runs that never were, through the interface that every policy has.
    """

    def __init__(self, policy: Policy, world: Scenario, drift: Drift) -> None:
        self.name = policy.name
        self._policy = policy
        self._tunable = policy if isinstance(policy, Tunable) else None
        self._at_s = drift.at_s
        self._reports = reports(world, drift)

    def decide(self, now_s: float) -> Sequence[Placement]:
        """As the policy's, which is told first, once."""
        if now_s >= self._at_s:
            for report in self._reports:
                self._policy.completed(report, now_s)
            self._at_s = inf
        return self._policy.decide(now_s)

    def capacity(self, pools: Sequence[PoolState], now_s: float) -> None:
        """As the policy's."""
        self._policy.capacity(pools, now_s)

    def arrived(self, request: Request, now_s: float) -> None:
        """As the policy's."""
        self._policy.arrived(request, now_s)

    def withdrawn(self, key: str, now_s: float) -> None:
        """As the policy's."""
        self._policy.withdrawn(key, now_s)

    def completed(self, completion: Completion, now_s: float) -> None:
        """As the policy's."""
        self._policy.completed(completion, now_s)

    def wake_at_s(self) -> float | None:
        """As the policy's."""
        return self._policy.wake_at_s()

    def doomed(self, now_s: float) -> Sequence[str]:
        """As the policy's."""
        return self._policy.doomed(now_s)

    def tuning(self) -> Search | None:
        """As the policy's, if it has one."""
        return self._tunable.tuning() if self._tunable else None

    def tuned(self, found: Any, now_s: float) -> None:
        """As the policy's."""
        if self._tunable:
            self._tunable.tuned(found, now_s)

    def state(self) -> bytes:
        """As the policy's; empty if it keeps nothing."""
        return self._tunable.state() if self._tunable else b""

    def restore(self, state: bytes) -> None:
        """As the policy's."""
        if self._tunable:
            self._tunable.restore(state)


def reports(world: Scenario, drift: Drift) -> list[Completion]:
    """What a policy is told: the new times of all models on the architecture that got slower."""
    return [
        Completion(
            key=f"told-{model}-{pool.name}-{turn}",
            model=model,
            pool=pool.name,
            configuration=configuration(pool).key,
            service_s=drift.factor * seconds_at(seconds, 1),
        )
        for turn in range(TOLD)
        for pool in world.pools
        if pool.architecture == drift.architecture
        for model in world.models
        if (seconds := world.seconds(model, pool))
    ]
