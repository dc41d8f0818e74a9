"""The core of delivery behind `streams.ports.Core`: events in, effects out."""

from collections import Counter
from collections.abc import Mapping, Sequence

from functions.schema import Capacity
from scheduler.demand import Demand
from scheduler.policy import Policy
from streams.core.admission import Admission
from streams.core.again import Again
from streams.core.answers import Answers
from streams.core.book import Book
from streams.core.gate import Gate
from streams.core.life import Stage
from streams.core.overload import Overload
from streams.core.partition import Held, Partition
from streams.core.placing import Placing
from streams.core.records import Records
from streams.core.slots import Estimates
from streams.core.standing import Standing
from streams.ports import Conclude, Effect, History, Place, Record, Reported
from streams.requests import Reader
from streams.schema import News, Pool
from streams.settings import Settings
from streams.topics import Topics

_UNSENT_DELAY_S = 0.2
"""Before a placement that could not be sent is tried again."""
_UNDER_WAY = 50
"""So many placements that no instance lists yet make a decision cost twice as much."""


class Dispatcher:
    """Holds no clock and does no I/O. Not thread-safe: one driver calls it."""

    def __init__(
        self,
        settings: Settings,
        policy: Policy,
        estimator: Estimates,
        topics: Topics,
        profiles_version: str,
        *,
        breath_s: float = 0.0,
        reported: Reported = lambda _: 0,
        standing: Standing | None = None,
    ) -> None:
        """``breath_s``: how long to gather what comes in a burst between two decisions.

        Longer in proportion to what is under way, since that is what a decision costs.
        ``reported``: where the feedback of a partition ends, as far as that is known.
        Without a ``standing`` there are no other workers.
        """
        self._breath_s = breath_s
        self._next_s = float("-inf")
        self._owed = False
        records = Records(settings, topics)
        self._book = Book(settings, policy, estimator, records, reported, standing)
        self._overload = Overload(self._book)
        gate = Gate(self._book, self._overload, estimator)
        self._again = Again(self._book, gate)
        self._answers = Answers(self._book, self._again, gate)
        reader = Reader(settings, topics)
        self._admission = Admission(self._book, reader, self._answers, self._again, gate)
        self._placing = Placing(self._book, profiles_version)

    @property
    def waiting(self) -> int:
        """Requests that wait, also for their partition to be restored.

        Above ``queue_limit`` the driver pauses partitions.
        """
        return len(self._book.desk) + sum(len(part.held) for part in self._book.parts.values())

    @property
    def waiting_of(self) -> Mapping[str, int]:
        """The same by tenant."""
        found = Counter(self._book.desk.tally.requests)
        for part in self._book.parts.values():
            found.update(part.held_of)
        return found

    @property
    def in_flight(self) -> int:
        """Requests accepted and without a committed outcome."""
        return len(self._book.lives)

    @property
    def arrivals(self) -> int:
        """New requests that were let in since the beginning."""
        return self._book.asked.meter.arrivals

    def demand(self, worker: str, now_s: float) -> Demand:
        """What waits, what is placed and what is to come."""
        return self._book.asked.demand([*self._book.lives.values()], worker, now_s)

    def assigned(self, partition: int, now_s: float) -> None:
        """The partition is ours; what comes is held until ``restored``."""
        self._book.observe(now_s)
        self._book.drop(partition)
        self._book.parts[partition] = Partition(partition)

    def restored(self, partition: int, history: History, now_s: float) -> Sequence[Effect]:
        """The former owner is fenced and its history known; placing may begin."""
        self._book.observe(now_s)
        part = self._book.parts.get(partition)
        if part is None or part.live:
            return []
        for known, attempt in history.concluded.items():
            self._book.memory.recall(known, partition, now_s, attempt)  # it may come late
        effects: list[Effect] = []
        for tenant, record in part.restore(history, now_s):
            effects += self._record(part, tenant, record, now_s)
        return self._go_on(effects, now_s)

    def revoked(self, partition: int) -> None:
        """Lost or fenced: all state of the partition is dropped."""
        self._book.drop(partition)

    def requested(self, tenant: str, record: Record, now_s: float) -> Sequence[Effect]:
        """A record of a requests topic, new or redelivered."""
        return self._delivered(tenant, record, now_s)

    def reported(self, record: Record, now_s: float) -> Sequence[Effect]:
        """A record of the latency topic."""
        return self._delivered(None, record, now_s)

    def capacity(self, capacity: Capacity, append_s: float, now_s: float) -> Sequence[Effect]:
        """What an instance holds."""
        book = self._book
        book.contact.read(now_s)
        book.observe(now_s)
        if not book.instances.heard(capacity, append_s, now_s):
            return []
        book.slots.report(capacity, append_s)
        for listed, runs in ((capacity.running, True), (capacity.queued, False)):
            for held in listed:
                life = book.lives.get(held.identity)
                attempt = life.attempts.get(held.attempt) if life else None
                attempt = attempt or book.company.others.attempt(held.identity, held.attempt)
                if attempt is not None:
                    book.slots.listed(attempt, capacity.instance)
                    attempt.ran = attempt.ran or runs
        return self._go_on([], now_s)

    def declared(self, pool: Pool, now_s: float) -> Sequence[Effect]:
        """A pool was declared or changed."""
        self._book.observe(now_s)
        self._book.slots.declare(pool)
        self._book.desk.pools_changed()
        return self._go_on([], now_s)

    def removed(self, pool: str, now_s: float) -> Sequence[Effect]:
        """A pool's declaration is gone."""
        self._book.observe(now_s)
        self._book.slots.remove(pool)
        self._book.desk.pools_changed()
        return self._go_on([], now_s)

    def pools_ready(self, now_s: float) -> Sequence[Effect]:
        """All declared pools were read once: unknown models are refused from now on."""
        return self._go_on(self._admission.pools_known(now_s), now_s)

    def committed(self, concluded: Sequence[Conclude], now_s: float) -> Sequence[Effect]:
        """The ledger committed these; acknowledgements follow."""
        self._book.observe(now_s)
        return self._book.committed(concluded, now_s)

    def unplaced(self, identity: str, attempt: int, now_s: float) -> Sequence[Effect]:
        """The placement could not be sent; it is placed again, and counts for no attempt."""
        life = self._book.lives.get(identity)
        if life is None or life.stage is not Stage.PLACED or life.number != attempt:
            return []
        effects = self._again.unsent(life, now_s, _UNSENT_DELAY_S)
        return self._go_on(effects, now_s)

    def heard(self, now_s: float) -> None:
        """The broker answered something."""
        self._book.contact.heard(now_s)

    def news(self, news: News, position: int, now_s: float) -> Sequence[Effect]:
        """A record of the log of all workers, this one's among them."""
        self._book.observe(now_s)
        read = self._book.company.read(news, position, now_s)
        effects: list[Effect] = [place for place in read.places if self._leaves(place, now_s)]
        for identity, attempt in read.void:
            life = self._book.lives.get(identity)
            if life is not None and life.stage is Stage.PLACED and life.number == attempt:
                effects += self._again.unsent(life, now_s, 0.0)
        return self._go_on(effects, now_s)

    def beat(self, now_s: float) -> Sequence[Effect]:
        """To be called often: tells the other workers that this one lives."""
        return self._go_on([], now_s)

    def leave(self, now_s: float) -> Sequence[Effect]:
        """This worker ends and places no more: the next one need not wait for it."""
        return [self._book.records.news(news, now_s) for news in self._book.company.leave()]

    def tick(self, now_s: float) -> Sequence[Effect]:
        """Leases, retries, expiries, silent instances; then the policy is asked again."""
        book = self._book
        book.observe(now_s)
        book.company.others.tick(now_s)
        effects = self._again.tick(now_s) + self._again.silent(now_s)
        horizon_s = now_s - book.settings.dedupe_horizon_s
        book.memory.forget(now_s)
        for part in book.parts.values():
            effects += book.done((old.tracker, old.offset) for old in part.forget(horizon_s))
        effects += self._overload.shed(now_s)
        return self._go_on(effects, now_s)

    def wake_at_s(self) -> float | None:
        """When ``tick`` must be called at the latest."""
        book = self._book
        horizon_s = book.settings.dedupe_horizon_s
        decide_s = self._next_s if self._owed else book.desk.wake_at_s()
        moments = [book.timers.next_s(), book.instances.next_s(), decide_s]
        moments += [self._overload.wake_at_s(), book.company.others.next_s()]
        early = (part.oldest_early_s for part in book.parts.values())
        moments += [since_s + horizon_s + 1e-3 for since_s in early if since_s is not None]
        return min((at_s for at_s in moments if at_s is not None), default=None)

    def _delivered(self, tenant: str | None, record: Record, now_s: float) -> list[Effect]:
        self._book.contact.read(now_s)
        self._book.observe(now_s)
        self._book.lag.read(record.append_s, now_s)
        part = self._book.parts.get(record.partition)
        if part is None:
            return []
        if not part.live:
            part.hold(Held(tenant, record))
            return []
        return self._go_on(self._record(part, tenant, record, now_s), now_s)

    def _record(
        self, part: Partition, tenant: str | None, record: Record, now_s: float
    ) -> list[Effect]:
        if tenant is None:
            return self._answers.take(part, record, now_s)
        return self._admission.take(part, tenant, record, now_s)

    def _go_on(self, effects: list[Effect], now_s: float) -> list[Effect]:
        self._owed = now_s < self._next_s
        if not self._owed:
            placed = self._placing.take(now_s)
            breaths = 1 + self._book.slots.unlisted() / _UNDER_WAY
            self._next_s = now_s + self._breath_s * breaths
            effects = effects + placed if placed else effects
        told: list[Effect] = [
            self._book.records.news(news, now_s) for news in self._book.company.news()
        ]
        return effects + told if told else effects

    def _leaves(self, place: Place, now_s: float) -> bool:
        """Whether a placement that was granted is still wanted."""
        life = self._book.lives.get(place.identity)
        if life is None or life.stage is not Stage.PLACED or life.number != place.attempt:
            return False
        return now_s < place.decision.lease_expiry_s
