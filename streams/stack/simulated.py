"""A stack file as the simulator knows machines: pools, and seconds by model. Pure."""

from collections.abc import Mapping, Sequence

from profiles.schema import Profile
from scheduler.simulator.types import Pool, Power
from streams.stack.schema import PoolSpec, StackFile

Sizes = dict[int, float]
"""Seconds of a batch by its size."""
_DIGITS = 9


def column(architecture: str, configuration: str) -> str:
    """Where the simulator has the profiles of pools of that kind."""
    return f"{architecture}/{configuration}"


def seconds(stack: StackFile, profiles: Sequence[Profile]) -> dict[str, dict[str, Sizes]]:
    """Medians by model and by architecture and configuration of the pools, up to their batch."""
    batches = {
        column(pool.architecture, pool.configuration.key): pool.configuration.batch
        for pool in stack.pools
    }
    found: dict[str, dict[str, Sizes]] = {model: {} for model in stack.models}
    for profile in profiles:
        place = column(profile.architecture, profile.configuration.key)
        if profile.model in found and place in batches:
            found[profile.model][place] = _sizes(profile, batches[place])
    return found


def pool(spec: PoolSpec, stack: StackFile, hop_s: float) -> Pool:
    """An instance of the simulator computes one request at a time: it is one slot."""
    return Pool(
        name=spec.name,
        architecture=spec.architecture,
        configuration=spec.configuration.key,
        instances=spec.instances * spec.slots,
        models=tuple(spec.models or stack.models),
        hop_s=round(hop_s, 6),
        bandwidth_bytes_per_s=spec.bandwidth_bytes_per_s or None,
        power_w=Power(idle=spec.power_w.idle, busy=spec.power_w.busy) if spec.power_w else None,
    )


def single(sizes: Mapping[int, float]) -> float:
    """Of one request alone."""
    return sizes[min(sizes)]


def _sizes(profile: Profile, most: int) -> Sizes:
    known = profile.latency_by_batch
    found = {size: round(known[size].p50_s, _DIGITS) for size in sorted(known) if size <= most}
    return found or {1: round(profile.latency().p50_s, _DIGITS)}
