"""What comes to nothing is tried again, as often and as long as is allowed."""

from streams.core.book import Book
from streams.core.gate import Gate
from streams.core.life import Life, Stage
from streams.core.timers import Alarm
from streams.ports import Effect

_LAPSES = 4
"""Attempts that nobody computed, per attempt that counts."""
_FIRST_S = 0.2
_LONGEST_S = 5.0
_LOOK_S = 0.2
"""How often to look whether what was unread is read by now."""


class Again:
    """Leases, retries, silent instances, skipped and temporarily failed attempts."""

    def __init__(self, book: Book, gate: Gate) -> None:
        self._book = book
        self._gate = gate

    def attempt(
        self,
        life: Life,
        now_s: float,
        *,
        reason: str,
        message: str,
        delay_s: float = 0.0,
    ) -> list[Effect]:
        """The latest attempt came to nothing."""
        book, expiry_s = self._book, _expiry_s(life)
        life.spent += 1
        if now_s >= expiry_s:
            return book.expire(life, now_s)
        if life.spent >= book.settings.max_attempts or now_s + delay_s >= expiry_s:
            return book.give_up(life, now_s, "failed", reason, message)
        return self._wait(life, now_s, delay_s)

    def failed_for_now(
        self, life: Life, now_s: float, *, reason: str, message: str, said_s: float
    ) -> list[Effect]:
        """The function could not compute it now: not before it said, and ever later.

        The waiting that we add uses up at most half of what is left until the deadline.
        """
        left_s = _deadline_s(life) - now_s
        patience_s = left_s / 2 if left_s > 0 else _LONGEST_S
        delay_s = max(said_s, min(_later_s(life.spent + 1), patience_s))
        return self.attempt(life, now_s, reason=reason, message=message, delay_s=delay_s)

    def unsent(self, life: Life, now_s: float, delay_s: float) -> list[Effect]:
        """The latest attempt never left, through no fault of its own: it is not counted."""
        return self._wait(life, now_s, delay_s)

    def _wait(self, life: Life, now_s: float, delay_s: float) -> list[Effect]:
        if life.current is not None:
            self._book.slots.released(life.current)
        life.stage = Stage.PENDING
        refused = self._gate.look(life, now_s, delay_s)
        if refused:
            return refused
        if delay_s <= 0:
            self._book.desk.arrived(life)
        else:
            self._book.desk.rests(life)
            self._book.timers.set(now_s + delay_s, Alarm.RETRY, life, life.number)
        return []

    def tick(self, now_s: float) -> list[Effect]:
        """Carry out the timers that are due."""
        effects: list[Effect] = []
        for _, _, alarm, life, number in self._book.timers.due(now_s):
            if alarm is Alarm.EXPIRY:
                effects += self._book.expire(life, now_s)
            elif alarm is Alarm.DOOM:
                effects += self._gate.look(life, now_s)
            elif number != life.number:
                continue
            elif alarm is Alarm.LEASE and life.stage is Stage.PLACED:
                effects += self.lease_over_unless_behind(life, now_s)
            elif alarm is Alarm.RETRY and life.stage is Stage.PENDING:
                self._book.desk.arrived(life)
        return effects

    def lease_over_unless_behind(self, life: Life, now_s: float) -> list[Effect]:
        """The lease is over, but what was not read yet may hold the answer."""
        book = self._book
        due_s = self._due_s(life, now_s)
        if now_s >= due_s:
            return self.lease_over(life, now_s)
        book.timers.set(min(due_s, now_s + _LOOK_S), Alarm.LEASE, life, life.number)
        return []

    def _due_s(self, life: Life, now_s: float) -> float:
        """When the lease is over, with the time in which no answer could be read."""
        book, attempt = self._book, life.current
        due_s = now_s
        if attempt is not None:
            due_s = attempt.lease_s + book.contact.lost_s(now_s) - attempt.lost_s
        due_s += book.lag.at(now_s)
        if now_s >= due_s and (
            self._may_end(life, due_s, now_s) or not book.is_read(life, due_s, now_s)
        ):
            return now_s + _LOOK_S
        return due_s

    def _may_end(self, life: Life, due_s: float, now_s: float) -> bool:
        """Whether an instance that is not silent has it: for a while that is worth waiting for."""
        attempt, instances = life.current, self._book.instances
        if attempt is None or now_s >= due_s + self._book.settings.silent_after_s:
            return False
        return instances.holds(attempt.instance, life.identity, attempt.number)

    def lease_over(self, life: Life, now_s: float) -> list[Effect]:
        """No answer came within the lease.

        An attempt that no instance ever listed may never have arrived: the broker or the event
        source was away.
        """
        pool = life.current.pool if life.current else "a pool"
        message = f"attempt {life.number} on {pool} was not answered within its lease"
        again = self.not_begun if life.unlisted else self.attempt
        return again(life, now_s, reason="no-answer", message=message)

    def not_begun(self, life: Life, now_s: float, *, reason: str, message: str) -> list[Effect]:
        """Nobody computed the latest attempt: again, ever later; it counts only among many."""
        life.lapses += 1
        if life.lapses >= _LAPSES * self._book.settings.max_attempts:
            return self.attempt(life, now_s, reason=reason, message=message)
        return self.unsent(life, now_s, _later_s(life.lapses))

    def silent(self, now_s: float) -> list[Effect]:
        """Drop the instances that are silent for too long; what they listed is tried again."""
        book = self._book
        effects: list[Effect] = []
        for capacity in book.instances.silent():
            book.slots.gone(capacity.instance)
            for held in (*capacity.running, *capacity.queued):
                life = book.lives.get(held.identity)
                if life is None or life.stage is not Stage.PLACED or life.number != held.attempt:
                    continue
                if not book.is_read(life, now_s, now_s):
                    book.timers.set(now_s + _LOOK_S, Alarm.LEASE, life, life.number)
                    continue
                message = f"instance {capacity.instance} went silent with attempt {held.attempt}"
                effects += self.attempt(life, now_s, reason="no-answer", message=message)
        return effects


def _later_s(times: int) -> float:
    """How long to wait after something came to nothing so many times: the first time not at all."""
    return min(_LONGEST_S, _FIRST_S * 2.0 ** (times - 2)) if times > 1 else 0.0


def _deadline_s(life: Life) -> float:
    return life.accepted.deadline_s if life.accepted else 0.0


def _expiry_s(life: Life) -> float:
    return life.accepted.expiry_s if life.accepted else 0.0
