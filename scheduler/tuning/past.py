"""What was observed of the requests so far, and streams like it."""

from collections import deque
from collections.abc import Mapping
from math import inf
from typing import NamedTuple

import numpy as np

from scheduler.kernel.running import Stream
from scheduler.kernel.state import Floats, Ints, World

REMEMBERED = 3000
"""The latest arrivals and completions that are kept."""
BLOCK = 40
"""So many arrivals in a row are drawn together, so that bursts stay bursts."""
LEAST_QOS_S = 1e-6


class Past(NamedTuple):
    """Arrivals in order: seconds since the one before, model, time to the deadline; and ratios."""

    gap: Floats
    model: Ints
    qos: Floats
    ratio: Floats
    """Observed over expected service time, of completions."""
    ratio_model: Ints
    size: Floats
    """Bytes of the payload, of arrivals."""

    def stream(self, world: World, count: int, generator: np.random.Generator) -> Stream:
        """A stream of ``count`` requests drawn from this past in blocks, ratios by model."""
        starts = generator.integers(0, self.gap.size, -(-count // BLOCK))
        picks = ((starts[:, None] + np.arange(BLOCK)).ravel() % self.gap.size)[:count]
        model = self.model[picks]
        ratio = np.ones(count)
        for number in np.unique(model):
            known = self.ratio[self.ratio_model == number]
            if known.size:
                of_model = model == number
                ratio[of_model] = generator.choice(known, int(of_model.sum()))
        arrival = np.cumsum(self.gap[picks])
        return Stream(
            arrival=arrival,
            model=model,
            due=arrival + self.qos[picks],
            expiry=np.full(count, inf),
            rank=np.zeros(count, np.int64),
            size=self.size[picks],
            service=world.service[model] * ratio[:, None],
            drift_at=np.empty((world.price.size, 0)),
            drift_factor=np.empty((world.price.size, 0)),
        )


class History:
    """Collects a `Past` while requests arrive and end; O(1) each."""

    def __init__(self) -> None:
        self.arrivals = 0
        """How many were seen in all."""
        self._arrived: deque[tuple[float, str, float, float]] = deque(maxlen=REMEMBERED + 1)
        self._ended: deque[tuple[str, float]] = deque(maxlen=REMEMBERED)

    def arrived(self, model: str, arrival_s: float, qos_s: float, size_bytes: float = 0.0) -> None:
        """A request came."""
        self.arrivals += 1
        self._arrived.append((arrival_s, model, max(LEAST_QOS_S, qos_s), size_bytes))

    def ended(self, model: str, ratio: float) -> None:
        """A computation took ``ratio`` times what was expected."""
        self._ended.append((model, ratio))

    def past(self, model_number: Mapping[str, int]) -> Past:
        """What concerns these models; others are left out."""
        known = [entry for entry in self._arrived if entry[1] in model_number]
        times = np.sort(np.array([at_s for at_s, _, _, _ in known]))
        ended = [(model_number[m], ratio) for m, ratio in self._ended if m in model_number]
        return Past(
            gap=np.diff(times, prepend=times[:1]),
            model=np.array([model_number[m] for _, m, _, _ in known], np.int64),
            qos=np.array([qos_s for _, _, qos_s, _ in known]),
            ratio=np.array([ratio for _, ratio in ended]),
            ratio_model=np.array([number for number, _ in ended], np.int64),
            size=np.array([size_bytes for _, _, _, size_bytes in known]),
        )
