"""What gives way when too much waits: requests that cannot meet their deadline any more."""

from streams.core.book import Book
from streams.core.life import Life
from streams.core.shares import above
from streams.ports import Effect
from streams.settings import weights

_EVERY_S = 0.1
"""Asking the policy for its doomed requests costs: not at once again where few were found."""
_KEPT = 0.8
"""Of the limit: so much is left where enough of it is doomed."""
GO_ON = 0.9
"""Of the limit: partitions that were paused go on below it, so there must be a way down to it."""


class Overload:
    """Keeps the queue within its limits, in requests and in bytes.

    What can still be met is never refused: where that alone is too much, the driver pauses
    partitions, and what becomes doomed meanwhile makes room again.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._looked_s = float("-inf")
        self._looked_at: dict[str, float] = {}
        """When each tenant's were looked at."""
        self._full = False

    def shed(self, now_s: float) -> list[Effect]:
        """Refuse what is doomed if too much waits; to be called with every arrival and tick."""
        fill = self._fill
        if not self._over(fill) or now_s - self._looked_s < _EVERY_S:
            return []
        effects: list[Effect] = []
        message = self._message()
        for life in self._victims(now_s):
            if self._fill <= _KEPT:
                return effects
            effects += self._book.give_up(life, now_s, "rejected", "overload", message)
        self._looked_s = now_s
        return effects

    def shed_of(self, tenant: str, now_s: float) -> list[Effect]:
        """Refuse what is doomed of a tenant of which no more may wait: up to a tenth of it."""
        if now_s - self._looked_at.get(tenant, float("-inf")) < _EVERY_S:
            return []
        mine = [life for life in self._victims(now_s) if life.envelope.tenant == tenant]
        most = 1 + self._book.desk.tally.requests[tenant] // 10
        if len(mine) < most:
            self._looked_at[tenant] = now_s
        message = f"as much of tenant {tenant} waits as may, and this one cannot meet its deadline"
        effects: list[Effect] = []
        for life in mine[:most]:
            effects += self._book.give_up(life, now_s, "rejected", "quota", message)
        return effects

    def wake_at_s(self) -> float | None:
        """When to look again though nothing arrives, which is so while partitions are paused."""
        return self._looked_s + _EVERY_S if self._over(self._fill) else None

    @property
    def _fill(self) -> float:
        """What waits, over the limit that is nearer."""
        tally, settings = self._book.desk.tally, self._book.settings
        return max(len(tally) / settings.queue_limit, tally.bytes / settings.queue_bytes_limit)

    def _over(self, fill: float) -> bool:
        """From above the limit until there is room again."""
        self._full = fill > 1 or (self._full and fill > GO_ON)
        return self._full

    def _victims(self, now_s: float) -> list[Life]:
        """The doomed: first of tenants with more than their share, then of low priority."""
        greedy = self._greedy()

        def order(life: Life) -> tuple[bool, int]:
            priority = life.accepted.priority if life.accepted else 0
            return life.envelope.tenant not in greedy, priority

        return sorted(self._book.desk.doomed(now_s), key=order)

    def _greedy(self) -> frozenset[str]:
        """The tenants that use more than their share of the queue."""
        tally, settings = self._book.desk.tally, self._book.settings
        uses = {
            tenant: max(
                tally.requests[tenant] / settings.queue_limit,
                tally.sizes[tenant] / settings.queue_bytes_limit,
            )
            for tenant in settings.tenants
        }
        return above(uses, weights(settings), _KEPT)

    def _message(self) -> str:
        settings = self._book.settings
        limits = f"{settings.queue_limit} requests or {settings.queue_bytes_limit} bytes"
        return f"more than {limits} wait and this one cannot meet its deadline any more"
