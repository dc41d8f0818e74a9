"""How full the worker is, and whose requests must wait in Kafka for it."""

from collections.abc import Mapping
from typing import Final, Protocol

from streams.core.overload import GO_ON
from streams.core.shares import above
from streams.settings import Settings, weights
from streams.worker.intake import Intake

_NOBODY: Final[frozenset[str]] = frozenset()


class Queue(Protocol):
    """The part of the core that is asked."""

    @property
    def waiting(self) -> int:
        """Requests that wait."""

    @property
    def waiting_of(self) -> Mapping[str, int]:
        """The same by tenant."""


class Pressure:
    """Above a limit, in requests or bytes, the tenants that use more than their share give way.

    So the worker may hold up to twice its limit for a moment, when one tenant filled it and
    another comes that has a right to its share.
    """

    def __init__(
        self, settings: Settings, topics: Mapping[str, str], queue: Queue, intake: Intake
    ) -> None:
        """``topics``: requests topic to tenant."""
        self._settings = settings
        self._topics = topics
        self._queue = queue
        self._intake = intake
        self._weights = weights(settings)

    @property
    def fill(self) -> float:
        """What is held, over the limit that is nearer: 1 is full."""
        waiting = self._queue.waiting / self._settings.queue_limit
        return max(waiting, self._intake.bytes / self._settings.queue_bytes_limit)

    def closed(self) -> frozenset[str]:
        """The requests topics that must be paused now."""
        return self._above(1.0) if self.fill > 1 else _NOBODY

    def kept(self) -> frozenset[str]:
        """Of those that are paused, the ones that must stay so."""
        return self._above(GO_ON) if self.fill > GO_ON else _NOBODY

    def _above(self, limit: float) -> frozenset[str]:
        uses = self._uses()
        others = self._intake.bytes - sum(self._intake.bytes_of[topic] for topic in self._topics)
        capacity = limit - others / self._settings.queue_bytes_limit
        over = above(uses, self._weights, capacity)
        return frozenset(topic for topic, tenant in self._topics.items() if tenant in over)

    def _uses(self) -> dict[str, float]:
        waiting, settings = self._queue.waiting_of, self._settings
        return {
            tenant: max(
                waiting.get(tenant, 0) / settings.queue_limit,
                self._intake.bytes_of[topic] / settings.queue_bytes_limit,
            )
            for topic, tenant in self._topics.items()
        }
