"""SynergAI: a plan of the whole queue at opportunity costs, tuned on the past of the run."""

from collections.abc import Sequence
from math import inf
from typing import Annotated, Final, Literal

import msgspec
import numpy as np

from scheduler.backlog import Backlog
from scheduler.costs import Weights
from scheduler.estimator import Estimator
from scheduler.kernel.filling import LATE, POOL, ROW, SIZE, SLOT
from scheduler.kernel.starting import settle
from scheduler.kernel.starting import wakes as next_wake
from scheduler.kernel.state import Slots
from scheduler.layout import Layout, shape
from scheduler.market import Market
from scheduler.placing import place
from scheduler.promises import Promises
from scheduler.tuning.job import Job
from scheduler.tuning.saving import Saves
from scheduler.types import Completion, Placement, PoolState, Request

NOTHING: Final[Sequence[Placement]] = ()


class SynergaiParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What may be set from outside."""

    tune: Annotated[Literal["on", "off"], msgspec.Meta(description="on or off")] = "on"
    """Whether the weights are tuned in the background on the past of the run."""
    tune_seed: Annotated[int, msgspec.Meta(ge=0, description="a whole number from 0")] = 0
    """What the draws of the tuning start from."""
    energy: Annotated[Literal["ignore", "save"], msgspec.Meta(description="ignore or save")] = (
        "ignore"
    )
    """Save: tuning looks for the least energy at no more than so many times the violations."""
    energy_tolerance: Annotated[float, msgspec.Meta(ge=1, le=10, description="from 1 to 10")] = 1.02
    """How many times the violations saving may cost."""
    energy_budget_w: Annotated[float, msgspec.Meta(ge=0, description="watts from 0")] = 0.0
    """With ``save``: the mean draw beyond idle that is allowed; 0: no budget."""
    wait: Annotated[float, msgspec.Meta(ge=0, le=5, description="from 0 to 5")] = 0.15
    """What a second of waiting for a slot costs against a second of work on it."""
    late: Annotated[float, msgspec.Meta(ge=0, le=100, description="from 0 to 100")] = 1.0
    """What missing a deadline costs, in mean best latencies."""
    spread: Annotated[float, msgspec.Meta(ge=0, le=5, description="from 0 to 5")] = 0.0
    """What a second until the answer costs, whatever the pool."""
    safety: Annotated[float, msgspec.Meta(ge=0, le=2, description="a share from 0 to 2")] = 0.0
    """A request is planned only where this share of its service time would be left over."""
    spare: Annotated[int, msgspec.Meta(ge=0, le=1000, description="slots, from 0 to 1000")] = 0
    """Idle slots of an architecture that late requests leave free for those that can be met."""
    patience: Annotated[float, msgspec.Meta(ge=0, le=1000, description="from 0 to 1000")] = 4.5
    """Late by more than so many times its QoS, a request may have any idle slot."""
    price_exponent: Annotated[float, msgspec.Meta(ge=0, le=5, description="from 0 to 5")] = 1.02
    """Above 1 the dearer machines are spared more than the fluid prices say."""
    size_exponent: Annotated[float, msgspec.Meta(ge=-2, le=2, description="from -2 to 2")] = 0.7
    """Above 0 a long request costs more than in proportion to its time."""
    ceiling: Annotated[float, msgspec.Meta(ge=0, le=1000, description="from 0 to 1000")] = 0.0
    """What a late request may cost on an idle slot, in mean best latencies; 0: whatever it costs.

    It grows with the time overdue, and ends with the patience.
    """
    margin_s: Annotated[float, msgspec.Meta(ge=0, le=60, description="seconds, from 0 to 60")] = 0.0
    """A placement leaves when its slot is expected to be free within the round trip plus this."""
    lease_quantile: Annotated[
        float, msgspec.Meta(gt=0.5, lt=1, description="a share between 0.5 and 1")
    ] = 0.99
    """The quantile of the service time behind ``latest_end_s``."""

    def weights(self) -> Weights:
        """The untuned weights."""
        return Weights(
            wait=self.wait,
            spread=self.spread,
            late=self.late,
            safety=self.safety,
            spare=float(self.spare),
            ceiling=self.ceiling or None,
            patience=self.patience,
            price_exponent=self.price_exponent,
            size_exponent=self.size_exponent,
        )

    def market(self) -> Market:
        """Prices and weights at the start of a run."""
        return Market(
            self.weights(),
            tunes=self.tune == "on",
            seed=self.tune_seed,
            early_s=self.margin_s,
            saves=self._saves(),
        )

    def _saves(self) -> Saves | None:
        if self.energy == "ignore":
            return None
        return Saves(self.energy_tolerance, self.energy_budget_w or inf)


class SynergaiPolicy:
    """Places each request where it takes least from the others.

    Source: our own; docs/decisions/0008.

    Rule: at each decision the requests that wait are planned anew, in order of priority and of
    deadline + shift(model) x best latency. Each goes to the pool, of those that can meet it, with
    the least::

        w(m, p) price(p) r + wait price(p) waiting + spread (time until the answer)
            + late P(late) mean best latency

    where r is the expected service time, w = (r / mean r there)^size_exponent, and price(p) is what
    one more of its slots would add to the throughput (`scheduler.price`), to the power of
    ``price_exponent``. Of equal costs the slower pool. A request that fits nowhere takes the room
    of the longest planned request of its priority, if that is longer and suffices. Only the first
    of a slot's line leaves, once the slot opens. What would be late even with all slots free runs
    on slots without a line, where price r / (1 + overdue / QoS) is least. After ``patience`` times
    its QoS it may have any; before, not the last ``spare`` idle slots of an architecture, and only
    where w price r is below ``ceiling`` (1 + overdue / QoS). Where more comes than can be served
    patience has no end, but where nothing is computed or planned nothing is held back.

    Tuning (``tune: on``): after 150, 300, 600, ... arrivals w, shift, the constants and which pools
    are closed to which models are searched anew by simulating the past of the run
    (`scheduler.tuning`); the result comes as an event.

    Inputs: estimates as distributions, corrected online; deadlines, priorities, expiry; what came
    before; believed free times. A decision costs O(n x (pools + slots of a pool)) for n that wait.
    """

    name = "synergai"

    def __init__(self, estimator: Estimator, parameters: SynergaiParameters) -> None:
        self.parameters = parameters
        self._estimator = estimator
        self._layout = Layout(())
        self._world = self._layout.world(estimator)
        self._slots = self._layout.slot_states()
        self._backlog = Backlog()
        self._market = parameters.market()
        self._now_s = -inf

    def capacity(self, pools: Sequence[PoolState], now_s: float) -> None:
        """Replaces the pools; what a new pool may save is no longer late."""
        self._now_s = now_s
        if shape(pools) != self._layout.shape:
            self._rebuild(pools)
        self._layout.pools[:] = pools
        self._layout.believe(self._slots, self._world, pools)

    def arrived(self, request: Request, now_s: float) -> None:
        """Takes a request in; one of the same key that waits already is replaced."""
        self._now_s = now_s
        self._backlog.remove(request.key)
        qos_s = min(request.deadline_s, request.expiry_s) - request.arrival_s
        self._market.arrived(request.model, request.arrival_s, qos_s, request.size_bytes)
        self._backlog.add(request, self._layout, self._market.shift_s(request.model))

    def withdrawn(self, key: str, now_s: float) -> None:
        """Forgets a request."""
        self._now_s = now_s
        self._backlog.remove(key)

    def completed(self, completion: Completion, now_s: float) -> None:
        """Corrects the estimates."""
        self._now_s = now_s
        pool = self._layout.pool_number.get(completion.pool)
        model = self._layout.model_number.get(completion.model)
        if pool is None or model is None:
            return
        state = self._layout.pools[pool]
        if completion.answered and completion.batch <= self._world.batch.shape[2]:
            expected_s = float(self._world.service[model, pool])
            expected_s *= float(self._world.batch[model, pool, completion.batch - 1])
            self._market.completed(completion.model, completion.service_s, expected_s)
        self._estimator.observe(completion, state)
        if completion.model in state.models:
            self._layout.estimate(self._world, self._estimator, model, pool)

    def decide(self, now_s: float) -> Sequence[Placement]:
        """Plans the waiting requests and places those whose slot is open."""
        placements = self._decide(now_s)
        if self._market.prices_due:
            self._reprice()
        elif self._market.look_due:
            self._market.look()
        return placements

    def _decide(self, now_s: float) -> Sequence[Placement]:
        self._now_s, backlog = now_s, self._backlog
        backlog.set_aside(now_s, self._world)
        self._layout.wake_times(self._slots, now_s)
        if not backlog:
            return NOTHING
        before = Slots(self._slots.free.copy(), self._slots.asleep.copy())
        first = np.empty(len(self._layout.pools), np.int64)
        starts: list[list[int]] = settle(
            now_s,
            self._world,
            self._slots,
            backlog.queue,
            backlog.count,
            backlog.late,
            backlog.late_count,
            self._market.rule,
            first,
        ).tolist()
        if not starts:
            return NOTHING
        promises = Promises(
            self._layout, self._world, before, self._slots, first=first, now_s=now_s
        )
        placements = [self._placed(start, promises) for start in starts]
        backlog.close()
        return placements

    def wake_at_s(self) -> float | None:
        """When the next slot opens or a late request may have a spare slot."""
        backlog = self._backlog
        if not backlog:
            return None
        at_s = next_wake(
            self._now_s,
            self._world,
            self._slots,
            backlog.queue,
            backlog.count,
            backlog.late,
            backlog.late_count,
            self._market.rule,
        )
        return at_s if at_s < inf else None

    def doomed(self, now_s: float) -> Sequence[str]:
        """Keys of the late, in the order in which they became so."""
        self._backlog.set_aside(now_s, self._world)
        return self._backlog.late_keys()

    def tuning(self) -> Job | None:
        """The search that is due, asked for once; run it elsewhere and hand the result back."""
        return self._market.tuning(self._world, self._layout)

    def tuned(self, weights: Weights, now_s: float) -> None:
        """Goes by the weights that a search has found."""
        self._now_s = now_s
        self._market.tuned(weights)
        self._reprice()

    def state(self) -> bytes:
        """What was tuned, for `restore` after a restart."""
        return self._market.state()

    def restore(self, state: bytes) -> None:
        """Goes by what an earlier run has tuned.

        Raises:
            SchedulerError: this is no such state.
        """
        self._market.restore(state)
        self._reprice()

    def _rebuild(self, pools: Sequence[PoolState]) -> None:
        """Numbers everything anew; what was late may be met by what has come."""
        self._layout = Layout(pools)
        self._world = self._layout.world(self._estimator)
        self._slots = self._layout.slot_states()
        self._reprice()
        for request in self._backlog.drain():
            self._backlog.add(request, self._layout, self._market.shift_s(request.model))

    def _reprice(self) -> None:
        self._backlog.sort(self._market.reprice(self._world, self._layout))

    def _placed(self, start: Sequence[int], promises: Promises) -> Placement:
        late, slot, pool = bool(start[LATE]), start[SLOT], start[POOL]
        rows = self._backlog.late if late else self._backlog.queue
        request = self._backlog.take(rows, start[ROW])
        model = self._layout.model_number[request.model]
        kept = promises.kept(model, start[SIZE], pool, slot, request.size_bytes)
        listed = [kept, *sorted(promises.others(model, pool, request.size_bytes))]
        return place(
            request,
            listed,
            self._now_s,
            self._estimator,
            lease_quantile=self.parameters.lease_quantile,
            doomed=late,
            merit="costs the others least",
        )
