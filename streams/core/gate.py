"""What a good request meets before it may wait: quotas, its prospects, its tenant's share."""

from streams.core.book import Book
from streams.core.fairness import Fairness
from streams.core.life import Life, Stage
from streams.core.outlook import Outlook
from streams.core.overload import Overload
from streams.core.quotas import Quotas
from streams.core.slots import Estimates
from streams.core.timers import Alarm
from streams.ports import Effect
from streams.settings import weights

_AGAIN_S = 0.05
"""Between two looks at a request whose prospects have changed."""


class Gate:
    """Refuses at once what its tenant may not ask for, or does not want to wait in vain."""

    def __init__(self, book: Book, overload: Overload, estimates: Estimates) -> None:
        settings = book.settings
        self._book = book
        self._overload = overload
        self._quotas = Quotas(settings.tenant_limits)
        self._outlook = Outlook(book.slots, estimates, settings.silent_after_s)
        self._fairness = Fairness(weights(settings))

    def enter(self, life: Life, now_s: float) -> list[Effect]:
        """A new request, whose model is served, waits or is refused."""
        tenant, append_s = life.envelope.tenant, life.envelope.record.append_s
        effects: list[Effect] = []
        refusal = self._quotas.too_many(tenant, append_s, self._share)
        if not refusal and self._crowded(tenant):
            effects = self._overload.shed_of(tenant, now_s)
            refusal = self._crowded(tenant)
        if refusal:
            return effects + self._book.give_up(life, now_s, "rejected", "quota", refusal)
        self._book.asked.arrived(life, now_s)
        refused = self.look(life, now_s)
        if not life.open:
            return effects + refused
        life.over = self._over(life, now_s)
        self._book.desk.arrived(life)
        return effects + self._overload.shed(now_s)

    def look(self, life: Life, now_s: float, later_s: float = 0.0) -> list[Effect]:
        """Refuse it if it asks for that and cannot be met any more; else look again when due.

        ``later_s``: its next attempt may not begin before.
        """
        if not self._rejects(life) or life.accepted is None or life.stage is Stage.PLACED:
            return []
        message = self._outlook.unmeetable(life, now_s, later_s)
        if message:
            return self._book.give_up(life, now_s, "rejected", "unmeetable", message)
        best_s = self._outlook.best(life.envelope.model, now_s).latency_s
        due_s = max(life.accepted.deadline_s - best_s, now_s + _AGAIN_S)
        self._book.timers.set(due_s, Alarm.DOOM, life)
        return []

    def served(self, model: str, now_s: float) -> None:
        """A function has computed something."""
        if self._fairness.needed:
            self._fairness.served(self._outlook.mean_s(model), now_s)

    def _over(self, life: Life, now_s: float) -> bool:
        if not self._fairness.needed:
            return False
        envelope = life.envelope
        contended = len(self._book.desk) > self._book.slots.count
        cost_s = self._outlook.mean_s(envelope.model)
        return self._fairness.over(envelope.tenant, cost_s, now_s, contended=contended)

    def _rejects(self, life: Life) -> bool:
        asked = life.accepted.admission if life.accepted else None
        return (asked or self._quotas.of(life.envelope.tenant).admission) == "reject"

    def _crowded(self, tenant: str) -> str:
        return self._quotas.crowded(tenant, self._book.desk.tally, self._share)

    @property
    def _share(self) -> float:
        """Of the partitions, this worker's."""
        return len(self._book.parts) / self._book.settings.partitions
