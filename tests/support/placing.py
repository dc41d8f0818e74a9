"""Policies by their variant, and where they place what."""

from collections.abc import Iterable, Mapping, Sequence

from scheduler.policy import Policy
from scheduler.registry import variant
from scheduler.types import Placement, PoolState
from tests.support.decisions import estimator, request

Times = Mapping[tuple[str, str], float]
FAST_AND_SLOW: Times = {("net", "gpu"): 0.1, ("net", "cpu"): 0.3}


def told(
    text: str, pools: Sequence[PoolState], seconds: Times = FAST_AND_SLOW, now_s: float = 0.0
) -> Policy:
    """A variant of a policy that knows these times and pools."""
    policy = variant(text, estimator(seconds))
    policy.capacity(pools, now_s)
    return policy


def arrived(
    policy: Policy, requests: Iterable[tuple[str, str, float]], now_s: float = 0.0
) -> list[Placement]:
    """Requests (key, model, deadline) come at once; what is placed then."""
    for key, model, deadline_s in requests:
        policy.arrived(request(key, model, deadline_s), now_s)
    return list(policy.decide(now_s))


def slots(placements: Sequence[Placement]) -> dict[str, str]:
    """The slot by key, in order of placing."""
    return {placement.key: placement.slot for placement in placements}


def later(policy: Policy, pools: Sequence[PoolState], now_s: float) -> list[Placement]:
    """The pools are told anew; what is placed then."""
    policy.capacity(pools, now_s)
    return list(policy.decide(now_s))
