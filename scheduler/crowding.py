"""Whether more work comes than can be done, found while requests arrive."""

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

BLOCK = 40
"""Arrivals of a burst are no independent draws; sums over so many nearly are."""
REMEMBERED = 75
"""The latest blocks that are kept."""
GROUPS = 8
"""Of neighbouring blocks, so that a burst longer than a block counts about once."""
FEWEST = 20
"""With fewer blocks nothing is said: a burst may look like that."""
ERRORS = 1.0
"""Standard errors left between what is seen and what is held for sure."""


class _Block(NamedTuple):
    span_s: float
    models: Mapping[str, int]


class Crowding:
    """Arrivals in blocks, and by block how much longer its work takes than it took to come."""

    def __init__(self) -> None:
        self._blocks: deque[_Block] = deque(maxlen=REMEMBERED)
        self._excess_s: deque[float] = deque(maxlen=REMEMBERED)
        self._models: defaultdict[str, int] = defaultdict(int)
        self._count = 0
        self._from_s: float | None = None
        self._work_s: Mapping[str, float] = {}

    def arrived(self, model: str, arrival_s: float) -> None:
        """A request came. O(1)."""
        if self._from_s is None:
            self._from_s = arrival_s
        self._models[model] += 1
        self._count += 1
        if self._count < BLOCK:
            return
        block = _Block(max(0.0, arrival_s - self._from_s), self._models)
        self._blocks.append(block)
        self._excess_s.append(self._excess(block))
        self._from_s = max(self._from_s, arrival_s)
        self._models, self._count = defaultdict(int), 0

    def costs(self, work_s: Mapping[str, float]) -> None:
        """For how many seconds a request of each model keeps all machines busy, as known now."""
        self._work_s = work_s
        self._excess_s = deque(map(self._excess, self._blocks), maxlen=REMEMBERED)

    def beyond(self) -> bool:
        """Whether more surely comes than can be done.

        By batch means: the mean excess of `GROUPS` groups is above its standard error.
        """
        if len(self._excess_s) < FEWEST:
            return False
        size = len(self._excess_s) // GROUPS
        count = len(self._excess_s) // size
        latest_s = list(self._excess_s)[-size * count :]
        if sum(latest_s) <= 0:
            return False
        excess_s = np.array(latest_s).reshape(count, size).mean(axis=1)
        return bool(excess_s.mean() > ERRORS * excess_s.std(ddof=1) / count**0.5)

    def _excess(self, block: _Block) -> float:
        work = sum(self._work_s.get(model, 0.0) * count for model, count in block.models.items())
        return work - block.span_s
