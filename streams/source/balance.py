"""Which instance of a pool gets the next event: the least busy one that accepts connections."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_BATCHES: Final = 256
"""So many latest batches are remembered."""


@dataclass
class _Instance:
    in_flight: int = 0
    left_alone_until_s: float = 0.0
    taken: int = 0


class Balancer:
    """Counts what is in flight per URL, as an activator does for concurrency-limited revisions."""

    def __init__(self, urls: Iterable[str] = (), refused_s: float = 0.5) -> None:
        self._instances = {url: _Instance() for url in urls}
        self._refused_s = refused_s
        self._taken = 0
        self._batches: OrderedDict[str, str] = OrderedDict()

    def replace(self, urls: Iterable[str]) -> None:
        """The pool has these instances now; those that stay keep their counts."""
        self._instances = {url: self._instances.get(url) or _Instance() for url in urls}

    def take(self, now_s: float, batch: str = "") -> str | None:
        """The URL to use, counted as in flight; None: none accepts connections now.

        Ties go to the one that was taken longest ago. What was placed as one batch goes to the
        instance that got the first of it, as long as that accepts connections.
        """
        usable = [(i, u) for u, i in self._instances.items() if i.left_alone_until_s <= now_s]
        if not usable:
            return None
        instance, url = min(usable, key=lambda pair: (pair[0].in_flight, pair[0].taken))
        for known, where in usable if batch else ():
            if where == self._batches.get(batch):
                instance, url = known, where
        if batch:
            self._remember(batch, url)
        self._taken += 1
        instance.in_flight += 1
        instance.taken = self._taken
        return url

    def _remember(self, batch: str, url: str) -> None:
        self._batches[batch] = url
        while len(self._batches) > _BATCHES:
            self._batches.popitem(last=False)

    def give_back(self, url: str) -> None:
        """The attempt ended; URLs that left meanwhile are ignored."""
        if url in self._instances:
            self._instances[url].in_flight = max(0, self._instances[url].in_flight - 1)

    def refused(self, url: str, now_s: float) -> None:
        """The instance refused a connection: leave it alone for a short time."""
        if url in self._instances:
            self._instances[url].left_alone_until_s = now_s + self._refused_s
