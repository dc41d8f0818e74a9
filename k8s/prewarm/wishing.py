"""From the demand to how many instances each pool should have: where the work is cheapest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from statistics import fmean
from typing import Final

import msgspec

from k8s.prewarm.slots import backlog, expected
from k8s.prewarm.types import PoolFacts, Wish
from scheduler.demand import EDGES_S, Demand, ModelDemand, PoolDemand

TICK_S: Final = 1.0
"""What is published once a second is seen so late."""
LINGER: Final = 5.0
"""A pool stays awake for a forecast if a request is likely within so many cold starts."""
_LIKELY: Final = 0.5
_LEAST_LINGER_S: Final = 10.0
_NOTHING: Final = 1e-6


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A pool now.

    ``warm`` instances are ready, ``placed`` have a node, and no more than ``limit`` could run if
    no other pool grew. Of several generations of a pool one is ``current``; those before it are
    ``past``, and one after it is not ready to be placed on.
    """

    facts: PoolFacts
    warm: int
    placed: int
    limit: int
    current: bool = True
    past: bool = False

    @property
    def key(self) -> str:
        """Names it among all generations of all pools."""
        return self.facts.service.name

    @property
    def leaves(self) -> bool:
        """Whether nothing is to be placed on it any more."""
        return self.facts.draining or self.past

    @property
    def serves(self) -> bool:
        """Whether requests may be placed on it."""
        return self.current and not self.leaves


class _Share(msgspec.Struct, kw_only=True):
    """What one pool was given so far, in slots, and for what."""

    slots: float = 0.0
    waits: float = 0.0
    soon: float = 0.0
    """Expected arrivals while the pool would linger."""
    models: list[str] = []


def wishes(demand: Demand, pools: Sequence[Standing], spare: int = 0) -> list[Wish]:
    """One wish per pool, within its bounds and its limit; ``spare`` more where any is needed.

    Models with the least slack choose first. Each fills slots that are warm before it warms more,
    at the pools where it takes the least instance time, of those that can keep its deadlines.
    """
    told = {each.pool: each for each in demand.pools}
    budgets = {each.model: each.budget_s for each in demand.models}
    shares = {pool.key: _stuck(pool, told.get(pool.facts.name), budgets) for pool in pools}
    choices = _choices(pools, told)
    for model in sorted(demand.models, key=lambda each: (each.budget_s, each.model)):
        if model.waiting or model.coming[-1] > _NOTHING:
            _share_out(model, _ranked(choices.get(model.model, ()), model.budget_s), shares)
    return [_wish(pool, shares[pool.key], spare) for pool in pools]


def _stuck(pool: Standing, told: PoolDemand | None, budgets: Mapping[str, float]) -> _Share:
    """What is placed on a pool already and has no slot there: it waits for instances."""
    stuck = (told.held if told else 0) - pool.warm * pool.facts.slots
    if told is None or stuck <= 0 or not pool.serves:
        return _Share(models=[])
    own = told.service_s
    service_s = max(_NOTHING, fmean(own.values()) if own else 0.0)
    budget_s = min((budgets[model] for model in own if model in budgets), default=0.0)
    slots = stuck * service_s / max(service_s, budget_s - pool.facts.cold_start_s)
    return _Share(slots=slots, waits=slots, models=["what is placed there"])


_Choice = tuple[Standing, float]
"""A pool, and what a request of the model takes there."""


def _choices(
    pools: Iterable[Standing], told: Mapping[str, PoolDemand]
) -> Mapping[str, Sequence[_Choice]]:
    """Model to where it can run."""
    found: defaultdict[str, list[_Choice]] = defaultdict(list)
    for pool in pools:
        if pool.serves and pool.facts.name in told:
            for model, service_s in told[pool.facts.name].service_s.items():
                found[model].append((pool, service_s))
    return found


def _ranked(choices: Sequence[_Choice], budget_s: float) -> Sequence[_Choice]:
    """Those that keep the deadlines first, and of these the least instance time per request."""
    if len(choices) < 2:  # noqa: PLR2004
        return choices
    return sorted(
        choices,
        key=lambda each: (each[1] > budget_s, each[1] / each[0].facts.slots, each[0].key),
    )


def _share_out(model: ModelDemand, choices: Sequence[_Choice], shares: dict[str, _Share]) -> None:
    left = 1.0
    for warm in (True, False):
        for pool, service_s in choices:
            if left <= _NOTHING:
                return
            left *= 1.0 - _give(model, pool, service_s, shares[pool.key], left, warm=warm)


def _give(
    model: ModelDemand, pool: Standing, service_s: float, share: _Share, left: float, *, warm: bool
) -> float:
    """Give ``left`` of the model's work to the pool, as far as there is room; the part it took."""
    facts = pool.facts
    instances = min(pool.warm, pool.limit) if warm else pool.limit
    room = instances * facts.slots - share.slots
    if room <= _NOTHING:
        return 0.0
    lag_s = 0.0 if warm else facts.cold_start_s
    waits = backlog(model, service_s, lag_s) * left
    slots = waits + expected(model, service_s, facts.cold_start_s + TICK_S) * left
    if slots <= _NOTHING:
        return 0.0
    part = min(1.0, room / slots)
    share.slots += slots * part
    share.waits += waits * part
    share.soon += _within(model, _linger_s(facts)) * left * part
    share.models.append(model.model)
    return part


def _linger_s(facts: PoolFacts) -> float:
    return max(_LEAST_LINGER_S, LINGER * facts.cold_start_s)


def _within(model: ModelDemand, span_s: float) -> float:
    """Expected arrivals within a span."""
    for edge_s, count in zip(EDGES_S, model.coming, strict=True):
        if edge_s >= span_s:
            return count
    return model.coming[-1]


def _wish(pool: Standing, share: _Share, spare: int) -> Wish:
    facts = pool.facts
    idle = share.waits <= _NOTHING and share.soon < _LIKELY
    wanted = 0 if idle else _instances(pool, share.slots, spare)
    lasting = 0 if share.soon < _LIKELY else _instances(pool, share.slots - share.waits, spare)
    floor = 0 if pool.leaves else facts.floor
    return Wish(
        pool=pool.key,
        instances=max(floor, min(wanted, pool.limit)),
        reason=_reason(pool, share, wanted),
        lasting=max(floor, min(lasting, pool.limit)),
    )


def _instances(pool: Standing, slots: float, spare: int) -> int:
    needed = ceil(slots / pool.facts.slots - _NOTHING)
    return needed + spare if needed else 0


def _reason(pool: Standing, share: _Share, wanted: int) -> str:
    if pool.leaves:
        return "nothing is placed on it any more"
    if wanted <= pool.facts.floor:
        return "no demand beyond its least scale"
    models = ", ".join(sorted(set(share.models))[:3])
    need = f"{share.slots:.1f} slots for {models} ({share.waits:.1f} for what waits)"
    if wanted > pool.limit:
        return f"{need}; {wanted} instances were wanted, there is room for {pool.limit}"
    return need
