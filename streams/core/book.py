"""Everything the core knows, and the two ways in which a life ends: an outcome, or a lost owner."""

from collections.abc import Iterable, Sequence

from scheduler.policy import Policy
from streams.core import outcomes
from streams.core.company import Company
from streams.core.contact import Contact
from streams.core.demand import Asked
from streams.core.desk import Desk
from streams.core.hops import Hops
from streams.core.instances import Instances
from streams.core.lag import Lag
from streams.core.life import Attempt, Life, Stage
from streams.core.memory import Memory
from streams.core.notes import Notes
from streams.core.partition import Partition, acknowledge, let_go
from streams.core.records import Records
from streams.core.slots import Estimates, Slots
from streams.core.standing import Standing
from streams.core.timers import Timers
from streams.core.tracker import Tracker
from streams.ports import Acknowledge, Conclude, Effect, LetGo, Reported
from streams.schema import Outcome, OutcomeKind
from streams.settings import Settings

DEAD = frozenset({"malformed", "oversized", "unsupported", "unknown-model"})
"""Rejections whose bytes matter: they can be sent again once what was wrong is put right."""


class Book:
    """The state shared by what handles requests, feedback and time."""

    def __init__(
        self,
        settings: Settings,
        policy: Policy,
        estimates: Estimates,
        records: Records,
        reported: Reported,
        standing: Standing | None = None,
    ) -> None:
        """Without a ``standing`` there are no other workers."""
        self._reported = reported
        self.settings = settings
        self.records = records
        self.parts: dict[int, Partition] = {}
        self.lives: dict[str, Life] = {}
        self.memory = Memory(settings.dedupe_horizon_s)
        self.timers = Timers()
        self.instances = Instances(settings.silent_after_s)
        self.hops = Hops()
        self.lag = Lag()
        self.contact = Contact()
        self.notes = Notes()
        self.slots = Slots(estimates, self.hops, self.is_answered, self.notes.over)
        self.desk = Desk(policy, self.slots, self.notes)
        self.company = Company(standing, self.slots, self.desk, self.notes, self.lives)
        self.asked = Asked(self.slots, estimates)

    def is_read(self, life: Life, until_s: float, now_s: float) -> bool:
        """Whether all feedback is read that may answer what was placed, of the time until then."""
        part = self.parts.get(life.partition)
        return part is None or part.is_read(until_s, self._reported(life.partition), now_s)

    def observe(self, now_s: float) -> None:
        """Time goes on."""
        self.instances.observe(now_s)
        self.contact.observe(now_s)

    def is_answered(self, identity: str, attempt: int) -> bool:
        """Whether this attempt has reported its end, though it may still be listed."""
        life = self.lives.get(identity)
        if life is None:
            over = self.company.others.is_over(identity, attempt)
            return over or self.memory.is_answered(identity, attempt)
        found = life.attempts.get(attempt)
        return found is not None and found.ended

    def open(self, part: Partition, life: Life) -> None:
        """A life begins."""
        self.lives[life.identity] = part.lives[life.identity] = life

    def conclude(self, life: Life, outcome: Outcome, *, reply: bool, letter: bool) -> list[Effect]:
        """The first answer wins: from here on only the commit is awaited."""
        self._leave(life, Stage.CONCLUDING)
        records = self.records.conclusion(life, outcome, reply=reply, letter=letter)
        return [Conclude(partition=life.partition, outcome=outcome, records=tuple(records))]

    def give_up(
        self, life: Life, now_s: float, kind: OutcomeKind, reason: str, message: str
    ) -> list[Effect]:
        """No function answered: the app does, with a dead letter where the bytes matter."""
        outcome = outcomes.unanswered(life, now_s, kind=kind, reason=reason, message=message)
        letter = kind == "failed" or reason in DEAD
        return self.conclude(life, outcome, reply=True, letter=letter)

    def expire(self, life: Life, now_s: float) -> list[Effect]:
        """There is no use for an answer any more."""
        allowed_s = now_s - life.envelope.record.append_s
        message = f"no answer within {allowed_s:.1f} s, when the request expired"
        return self.give_up(life, now_s, "expired", "expired", message)

    def committed(self, concluded: Sequence[Conclude], now_s: float) -> list[Effect]:
        """Outcomes are in the ledger: what they answer can be acknowledged."""
        finished: list[tuple[Tracker, int]] = []
        for conclude in concluded:
            part = self.parts.get(conclude.partition)
            life = part.lives.pop(conclude.outcome.identity, None) if part else None
            if life is None:
                continue
            if life.open:
                self._leave(life, Stage.CONCLUDING)
            del self.lives[life.identity]
            attempt = conclude.outcome.attempt if conclude.outcome.instance else 0
            self.memory.add(life.identity, life.partition, now_s, attempt)
            finished += life.positions
            life.let_go()
        return [*self.done(finished)]

    def done(self, finished: Iterable[tuple[Tracker, int]]) -> list[Acknowledge | LetGo]:
        """These records are done with; the prefixes that grew by it, and what is behind a gap."""
        grown: dict[Tracker, None] = {}
        behind: list[Acknowledge | LetGo] = []
        for tracker, offset in finished:
            if tracker.done(offset):
                grown[tracker] = None
            else:
                behind.append(let_go(tracker, offset))
        return [*(effect for tracker in grown for effect in acknowledge(tracker)), *behind]

    def drop(self, partition: int) -> None:
        """The partition is not ours any more: nothing more comes of it."""
        part = self.parts.pop(partition, None)
        if part is None:
            return
        for life in part.lives.values():
            self._leave(life, Stage.DROPPED, self.company.left(life))
            del self.lives[life.identity]
            life.let_go()
        self.memory.drop(partition)

    def _leave(self, life: Life, stage: Stage, kept: Attempt | None = None) -> None:
        self.desk.withdrawn(life)
        for attempt in life.attempts.values():
            if attempt is not kept:
                self.slots.released(attempt)
        life.stage = stage
