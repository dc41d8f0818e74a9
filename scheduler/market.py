"""What the work of each model costs on each pool now, and when that is found anew."""

from math import inf

import msgspec

from scheduler.costs import (
    Weights,
    closings,
    factors,
    mean_best_s,
    multiples,
    price,
    shifts,
    size_weights,
    work,
)
from scheduler.crowding import BLOCK, FEWEST, Crowding
from scheduler.errors import SchedulerError
from scheduler.kernel.state import Floats, Rule, World
from scheduler.layout import Layout
from scheduler.mix import Mix
from scheduler.tuning.job import Job
from scheduler.tuning.past import History
from scheduler.tuning.saving import Saves

FIRST_PRICES = (5, 10, 20, 50, 100, 200, 350)
PRICES_EVERY = 500
"""Prices follow the mix after so many arrivals, and from then on after every so many."""
FIRST_TUNING = 150
GROWTH = 2
"""The next tuning comes after so many times the arrivals of the last."""
MOST_BETWEEN = 20_000
"""But no later than after so many more."""


class Market:
    """Prices from the mix of what arrives, weights from tuning; see `scheduler.costs`."""

    def __init__(
        self, weights: Weights, *, tunes: bool, seed: int, early_s: float, saves: Saves | None
    ) -> None:
        self.untuned = self.weights = weights
        self.rule: Rule = weights.rule(1.0, early_s)
        self.history = History()
        self._crowding = Crowding()
        self._next_look = FEWEST * BLOCK
        self._seed = seed
        self._early_s = early_s
        self._saves = saves
        self._mix = Mix()
        self._next_prices = FIRST_PRICES[0]
        self._next_tuning: float = FIRST_TUNING if tunes else inf
        self._shift_s: dict[str, float] = {}
        self._unit = 1.0

    def arrived(self, model: str, arrival_s: float, qos_s: float, size_bytes: float = 0.0) -> None:
        """Takes an arrival in, due ``qos_s`` seconds later."""
        self._mix.observe(model)
        self.history.arrived(model, arrival_s, qos_s, size_bytes)
        self._crowding.arrived(model, arrival_s)

    @property
    def look_due(self) -> bool:
        """Whether to look anew if more comes than can be served."""
        return self.history.arrivals >= self._next_look

    @property
    def prices_due(self) -> bool:
        """Whether prices are to be found anew."""
        return self.history.arrivals >= self._next_prices

    def next_stop(self) -> int:
        """After how many arrivals prices or a search are due."""
        return int(min(self._next_prices, self._next_tuning, self._next_look))

    def completed(self, model: str, service_s: float, expected_s: float) -> None:
        """Takes an end in."""
        if 0 < service_s < inf and 0 < expected_s < inf:
            self.history.ended(model, service_s / expected_s)

    def reprice(self, world: World, layout: Layout) -> Floats:
        """Writes prices and factors into ``world``; returns the shifts by model, in seconds."""
        shares_of = self._mix.shares(layout.models)
        shares = [shares_of[model] for model in layout.models]
        base = price(world, layout, shares)
        world.price[:] = base**self.weights.price_exponent
        sizes = size_weights(world, layout, shares, self.weights)
        closed = closings(layout, self.weights)
        world.factor[:] = factors(world, sizes, self.weights.energy, closed)
        self._unit = mean_best_s(world, shares)
        work_s = work(world, layout, base)
        self._crowding.costs(dict(zip(layout.models, work_s.tolist(), strict=True)))
        self.look()
        shift_s = shifts(world, multiples(layout, self.weights))
        self._shift_s = dict(zip(layout.models, shift_s.tolist(), strict=True))
        self._next_prices = next_prices(self.history.arrivals)
        return shift_s

    def look(self) -> None:
        """Where more comes than can be served somebody has to wait for ever.

        Then patience has no end, so that the late do not keep those from being met that still can.
        """
        self.rule = self.weights.rule(self._unit, self._early_s)
        if self._crowding.beyond():
            self.rule = self.rule._replace(patience=inf)
        arrivals = self.history.arrivals
        self._next_look = max(FEWEST * BLOCK, arrivals - arrivals % BLOCK + BLOCK)

    def shift_s(self, model: str) -> float:
        """What is added to the deadline of a model for the order in the queue."""
        return self._shift_s.get(model, 0.0)

    def tuning(self, world: World, layout: Layout) -> Job | None:
        """The search that is due, asked for once."""
        if self.history.arrivals < self._next_tuning or not layout.slots:
            return None
        first = self.history.arrivals < FIRST_TUNING * GROWTH
        arrivals = self.history.arrivals
        self._next_tuning = min(GROWTH * arrivals, arrivals + MOST_BETWEEN)
        return Job.of(
            world,
            layout,
            self.history.past(layout.model_number),
            (self.weights, self.untuned),
            unit=self._unit,
            patience=self.rule.patience,
            early_s=self._early_s,
            first=first,
            saves=self._saves,
            seed=self._seed + arrivals,
        )

    def tuned(self, weights: Weights) -> None:
        """Goes by these weights from the next `reprice` on."""
        self.weights = weights

    def state(self) -> bytes:
        """The weights, to be read back by `restore`."""
        return msgspec.json.encode(self.weights)

    def restore(self, state: bytes) -> None:
        """Goes by weights of an earlier run.

        Raises:
            SchedulerError: this is no such state.
        """
        try:
            self.weights = msgspec.json.decode(state, type=Weights)
        except msgspec.DecodeError as error:
            raise SchedulerError(f"tuned weights: {error}") from None


def next_prices(arrivals: int) -> int:
    """After how many arrivals prices are found anew."""
    later = [count for count in FIRST_PRICES if count > arrivals]
    return later[0] if later else arrivals - arrivals % PRICES_EVERY + PRICES_EVERY
