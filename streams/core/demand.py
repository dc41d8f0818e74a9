"""What this worker's requests ask for: the input of whoever scales the pools."""

from collections import Counter, defaultdict

from scheduler.demand import Demand, Meter, PoolDemand, Waiting
from streams.core.life import Life, Stage
from streams.core.slots import Estimates, Slots

_OLD_S = 5.0
"""A request that was appended longer ago was taken over, and says nothing of what comes now."""


class Asked:
    """Counts new requests, and sums up what waits and what is placed."""

    def __init__(self, slots: Slots, estimates: Estimates) -> None:
        self._slots = slots
        self._estimates = estimates
        self.meter = Meter()

    def arrived(self, life: Life, now_s: float) -> None:
        """A new request was accepted."""
        append_s = life.envelope.record.append_s
        if life.accepted is not None and now_s - append_s < _OLD_S:
            budget_s = max(0.0, life.accepted.deadline_s - append_s)
            self.meter.arrived(life.envelope.model, now_s, budget_s)

    def demand(self, lives: list[Life], worker: str, now_s: float) -> Demand:
        """The demand of these lives now; at most a pass over all of them."""
        deadlines: defaultdict[str, list[float]] = defaultdict(list)
        held: Counter[str] = Counter()
        for life in lives:
            stage = life.stage
            if stage is Stage.PLACED:
                attempt = life.current
                if attempt is not None:
                    held[attempt.pool] += 1
            elif life.accepted is not None and stage in {Stage.WAITING, Stage.PENDING}:
                deadlines[life.envelope.model].append(life.accepted.deadline_s)
        pools = self._pools(held)
        waiting = [
            Waiting(model=model, deadlines_s=found, least_s=_least_s(model, pools))
            for model, found in deadlines.items()
        ]
        models = self.meter.models(waiting, now_s)
        return Demand(worker=worker, at_s=now_s, models=models, pools=pools)

    def _pools(self, held: Counter[str]) -> tuple[PoolDemand, ...]:
        known = {state.name: state for state in self._slots.told()}
        return tuple(
            PoolDemand(
                pool=name,
                held=held[name],
                service_s={
                    model: self._estimates.service_s(model, known[name])
                    for model in sorted(known[name].models)
                }
                if name in known
                else {},
            )
            for name in sorted(known.keys() | held.keys())
        )


def _least_s(model: str, pools: tuple[PoolDemand, ...]) -> float:
    """What a request of the model takes where it is fastest."""
    return min((pool.service_s[model] for pool in pools if model in pool.service_s), default=0.0)
