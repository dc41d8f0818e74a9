"""Which instance of a pool gets the next event: the least busy one that accepts connections."""

from collections.abc import Iterable
from dataclasses import dataclass


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

    def replace(self, urls: Iterable[str]) -> None:
        """The pool has these instances now; those that stay keep their counts."""
        self._instances = {url: self._instances.get(url) or _Instance() for url in urls}

    def take(self, now_s: float) -> str | None:
        """The URL to use, counted as in flight; None: none accepts connections now.

        Ties go to the one that was taken longest ago.
        """
        usable = [(i, u) for u, i in self._instances.items() if i.left_alone_until_s <= now_s]
        if not usable:
            return None
        instance, url = min(usable, key=lambda pair: (pair[0].in_flight, pair[0].taken))
        self._taken += 1
        instance.in_flight += 1
        instance.taken = self._taken
        return url

    def give_back(self, url: str) -> None:
        """The attempt ended; URLs that left meanwhile are ignored."""
        if url in self._instances:
            self._instances[url].in_flight = max(0, self._instances[url].in_flight - 1)

    def refused(self, url: str, now_s: float) -> None:
        """The instance refused a connection: leave it alone for a short time."""
        if url in self._instances:
            self._instances[url].left_alone_until_s = now_s + self._refused_s
