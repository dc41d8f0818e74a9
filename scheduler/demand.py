"""What waits and what is to come, in a form that adds up over workers: the input of scaling."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from scheduler.forecast import Forecast

EDGES_S: Final = (0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0, 60.0, 120.0)
"""Seconds from now that the counts of a demand refer to."""
_FORGET: Final = 0.98
"""What an arrival leaves of the weight of those before it, in the mean budget."""


class ModelDemand(msgspec.Struct, frozen=True, kw_only=True):
    """Of one model; each tuple has an entry per edge of `EDGES_S`."""

    model: str
    budget_s: float
    """From arrival to deadline, on average."""
    due: tuple[int, ...]
    """Waiting requests whose deadline is within so many seconds, and which can still be met."""
    waiting: int
    """All that can still be met, also those due later."""
    late: int
    """Waiting requests that cannot be met any more: they ask for nothing."""
    coming: tuple[float, ...]
    """Expected arrivals within so many seconds."""


class PoolDemand(msgspec.Struct, frozen=True, kw_only=True):
    """Of one pool: what it holds, and what a request of each model takes there, in seconds."""

    pool: str
    held: int
    """Placements sent to it and not answered."""
    service_s: Mapping[str, float]


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """Of one worker at one moment. Those of several workers add up: `total`."""

    worker: str
    at_s: float
    models: tuple[ModelDemand, ...] = ()
    pools: tuple[PoolDemand, ...] = ()


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Requests of one model that wait: their deadlines, and the least time one takes anywhere."""

    model: str
    deadlines_s: Sequence[float]
    least_s: float


class Meter:
    """Counts arrivals by model, and says what the demand is."""

    def __init__(self) -> None:
        self._forecasts: dict[str, Forecast] = {}
        self._budgets: dict[str, tuple[float, float]] = {}
        self.arrivals = 0
        """So many since the beginning."""

    def arrived(self, model: str, at_s: float, budget_s: float) -> None:
        """A new request of ``model``, to be answered within ``budget_s``."""
        forecast = self._forecasts.get(model)
        if forecast is None:
            forecast = self._forecasts[model] = Forecast()
        forecast.arrived(at_s)
        weight, total = self._budgets.get(model, (0.0, 0.0))
        self._budgets[model] = (weight * _FORGET + 1, total * _FORGET + budget_s)
        self.arrivals += 1

    def models(self, waiting: Iterable[Waiting], now_s: float) -> tuple[ModelDemand, ...]:
        """The demand of every model that came at some time."""
        known = {each.model: each for each in waiting}
        return tuple(
            self._model(model, known.get(model), now_s) for model in sorted(self._forecasts)
        )

    def _model(self, model: str, waiting: Waiting | None, now_s: float) -> ModelDemand:
        weight, total = self._budgets[model]
        least_s = waiting.least_s if waiting else 0.0
        slack = sorted(at_s - now_s for at_s in waiting.deadlines_s) if waiting else []
        late = bisect_right(slack, least_s)
        return ModelDemand(
            model=model,
            budget_s=total / weight,
            due=tuple([max(0, bisect_right(slack, edge) - late) for edge in EDGES_S]),
            waiting=len(slack) - late,
            late=late,
            coming=tuple(self._forecasts[model].coming(now_s, EDGES_S)),
        )


def total(demands: Iterable[Demand]) -> Demand:
    """The sum over workers; budgets are weighted by what is to come."""
    models: dict[str, ModelDemand] = {}
    pools: dict[str, PoolDemand] = {}
    at_s = 0.0
    for demand in demands:
        at_s = max(at_s, demand.at_s)
        for model in demand.models:
            models[model.model] = _more(models.get(model.model), model)
        for pool in demand.pools:
            before = pools.get(pool.pool)
            held = pool.held + (before.held if before else 0)
            times = {**(before.service_s if before else {}), **pool.service_s}
            pools[pool.pool] = PoolDemand(pool=pool.pool, held=held, service_s=times)
    return Demand(worker="", at_s=at_s, models=tuple(models.values()), pools=tuple(pools.values()))


def _more(one: ModelDemand | None, other: ModelDemand) -> ModelDemand:
    if one is None:
        return other
    left, right = (1e-9 + each.waiting + each.coming[-1] for each in (one, other))
    return ModelDemand(
        model=one.model,
        budget_s=(one.budget_s * left + other.budget_s * right) / (left + right),
        due=tuple([a + b for a, b in zip(one.due, other.due, strict=True)]),
        waiting=one.waiting + other.waiting,
        late=one.late + other.late,
        coming=tuple([a + b for a, b in zip(one.coming, other.coming, strict=True)]),
    )
