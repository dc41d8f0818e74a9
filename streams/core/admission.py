"""Requests in: new ones, repeats, redelivered ones, and those that are refused."""

from streams.core.again import Again
from streams.core.answers import Answers
from streams.core.book import Book
from streams.core.gate import Gate
from streams.core.life import Attempt, Life, Stage
from streams.core.partition import Partition, Report, acknowledge, let_go
from streams.core.timers import Alarm
from streams.core.tracker import Seen, Tracker
from streams.ports import Effect, Record
from streams.requests import Accepted, Reader, Rejection
from streams.schema import Decision


class Admission:
    """Turns records into lives, each at most once per identity."""

    def __init__(
        self, book: Book, reader: Reader, answers: Answers, again: Again, gate: Gate
    ) -> None:
        self._book = book
        self._reader = reader
        self._answers = answers
        self._again = again
        self._gate = gate

    def take(self, part: Partition, tenant: str, record: Record, now_s: float) -> list[Effect]:
        """A record of a requests topic."""
        tracker = part.tracker(record.topic)
        seen = tracker.begin(record.offset)
        if seen is not Seen.NEW:
            return [*acknowledge(tracker)] if seen is Seen.DONE else []
        found = self._reader.read(tenant, record)
        identity = found.envelope.identity
        same = part.lives.get(identity)
        if same is not None:
            return self._repeat(same, tracker, record.offset)
        if identity in self._book.memory:
            return [*self._book.done([(tracker, record.offset)])]
        return self._begin(part, found, tracker, now_s)

    def pools_known(self, now_s: float) -> list[Effect]:
        """All declared pools were read: what none of them serves is refused from now on."""
        self._book.desk.pools_known = True
        effects: list[Effect] = []
        for life in self._book.desk.unserved():
            effects += self._unknown_model(life, now_s)
        return effects

    def _repeat(self, life: Life, tracker: Tracker, offset: int) -> list[Effect]:
        """It shares the outcome of the first, which alone must be told again if need be."""
        first = life.envelope.record.offset
        life.positions.append((tracker, offset))
        return [let_go(tracker, offset)] if offset > first else []

    def _begin(
        self, part: Partition, found: Accepted | Rejection, tracker: Tracker, now_s: float
    ) -> list[Effect]:
        accepted = found if isinstance(found, Accepted) else None
        life = Life(found.envelope, accepted, now_s)
        life.positions.append((tracker, found.envelope.record.offset))
        self._book.open(part, life)
        if isinstance(found, Rejection):
            return self._book.give_up(life, now_s, "rejected", found.reason, found.message)
        decision = part.decisions.pop(life.identity, None)
        if decision is not None:
            _restore(life, decision)
        effects: list[Effect] = []
        desk, early = self._book.desk, part.early(life.identity)
        if life.number or early:
            effects += self._go_on(part, life, early, now_s)
        elif now_s >= found.expiry_s:
            effects += self._book.expire(life, now_s)
        elif desk.pools_known and not desk.serves(found.envelope.model):
            effects += self._unknown_model(life, now_s)
        else:
            effects += self._gate.enter(life, now_s)
        if life.open:
            self._book.timers.set(found.expiry_s, Alarm.EXPIRY, life)
        return effects

    def _go_on(
        self, part: Partition, life: Life, early: list[Report], now_s: float
    ) -> list[Effect]:
        """A request that was placed before this worker owned it."""
        book, attempt = self._book, life.current
        if attempt is None:
            book.desk.arrived(life)
        else:
            life.stage = Stage.PLACED
            attempt.lost_s = book.contact.lost_s(now_s)
            if now_s < attempt.lease_s:
                book.slots.placed(attempt)
                book.company.restored(attempt)
                book.timers.set(attempt.lease_s, Alarm.LEASE, life, attempt.number)
        effects: list[Effect] = []
        for report in early:
            effects += self._answers.apply(part, report, now_s)
        over = attempt is not None and attempt is life.current and now_s >= attempt.lease_s
        if over and life.stage is Stage.PLACED:  # its answer may be among what is read next
            effects += self._again.lease_over_unless_behind(life, now_s)
        if life.open and life.accepted and now_s >= life.accepted.expiry_s:
            effects += book.expire(life, now_s)
        return effects

    def _unknown_model(self, life: Life, now_s: float) -> list[Effect]:
        pools = self._book.slots.models
        allowed = ", ".join(sorted(pools)) or "none (no pool is declared)"
        message = f"ce_subject: found {life.envelope.model[:80]!r}, allowed: {allowed}"
        return self._book.give_up(life, now_s, "rejected", "unknown-model", message)


def _restore(life: Life, decision: Decision) -> None:
    life.number = decision.attempt
    life.lapses = decision.attempt - 1  # what became of them is not known
    life.attempts[decision.attempt] = Attempt.restored(decision)
