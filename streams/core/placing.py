"""Carries out the policy's placements: attempt, lease, and the decision that explains them."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from scheduler.types import Candidate, Placement
from streams.core.book import Book
from streams.core.life import Attempt, Life, Stage
from streams.core.slots import largest_batch
from streams.core.standing import Mode
from streams.core.timers import Alarm
from streams.ports import Effect, Place
from streams.requests import Accepted
from streams.schema import Choice, Decision, Pool

_SHOWN = 3


class Placing:
    """Asks the policy and turns what it answers into effects."""

    def __init__(self, book: Book, profiles_version: str) -> None:
        self._book = book
        self._profiles = profiles_version

    def take(self, now_s: float) -> list[Effect]:
        """Place what the policy wants to be placed now; one of several workers claims it first."""
        mode = self._book.company.mode
        if mode is Mode.NONE:
            return []
        decided = self._book.desk.decide(now_s)
        batches = [[*group] for _, group in groupby(decided.ours, key=lambda one: _start(one[1]))]
        if mode is Mode.ALONE:
            return [place for batch in batches for place, _ in self._places(batch, now_s)]
        self._claim(batches, decided.theirs, now_s)
        return []

    def _claim(
        self,
        batches: Sequence[Sequence[tuple[Life, Placement]]],
        theirs: Sequence[Placement],
        now_s: float,
    ) -> None:
        """What others may claim meanwhile is no part of what is known to be taken."""
        company = self._book.company
        rooms = company.rooms([batch[0][1] for batch in batches], now_s)
        for _, expected in groupby(theirs, key=_start):
            company.expect([*expected], now_s)
        for batch, room in zip(batches, rooms, strict=True):
            for place, attempt in self._places(batch, now_s):
                company.claim(place, attempt, room)

    def _places(
        self, batch: Sequence[tuple[Life, Placement]], now_s: float
    ) -> Iterator[tuple[Place, Attempt]]:
        lead = batch[0][1]
        pool = self._book.slots.declared.get(lead.pool)
        size = _size(batch, pool)
        for life, placement in batch:
            if pool is None or life.accepted is None:
                self._book.desk.arrived(life)
                continue
            attempt = self._begin(life, placement, pool, now_s)
            if size > 1:
                attempt.batch, attempt.batch_size = f"{lead.key}/{lead.attempt}", size
            yield self._place(life, life.accepted, placement, attempt, pool), attempt

    def _place(
        self, life: Life, accepted: Accepted, placement: Placement, attempt: Attempt, pool: Pool
    ) -> Place:
        decision = self._decision(life, placement, attempt)
        return Place(
            identity=life.identity,
            attempt=attempt.number,
            placement=self._book.records.placement(accepted, attempt, pool.topic),
            decision=decision,
            published=self._book.records.decision(decision),
        )

    def _begin(self, life: Life, placement: Placement, pool: Pool, now_s: float) -> Attempt:
        book = self._book
        lease_s = max(now_s, placement.latest_end_s) + book.settings.lease_margin_s
        attempt = Attempt.of(placement, pool.architecture, now_s, lease_s)
        attempt.lost_s = book.contact.lost_s(now_s)
        attempt.size_bytes = life.accepted.payload_bytes if life.accepted else 0
        life.stage = Stage.PLACED
        life.number = attempt.number
        life.attempts[attempt.number] = attempt
        book.slots.placed(attempt)
        book.timers.set(lease_s, Alarm.LEASE, life, attempt.number)
        return attempt

    def _decision(self, life: Life, placement: Placement, attempt: Attempt) -> Decision:
        envelope, accepted = life.envelope, life.accepted
        record = envelope.record
        deadline_s = accepted.deadline_s if accepted else placement.expected_end_s
        return Decision(
            identity=envelope.identity,
            request_id=envelope.request_id,
            tenant=envelope.tenant,
            model=envelope.model,
            attempt=attempt.number,
            pool=attempt.pool,
            architecture=attempt.architecture,
            configuration=attempt.configuration,
            candidates=tuple([_choice(found) for found in placement.candidates[:_SHOWN]]),
            policy=self._book.desk.policy,
            profiles=self._profiles,
            reason=placement.reason,
            received_s=life.received_s,
            placed_s=attempt.placed_s,
            lease_expiry_s=attempt.lease_s,
            predicted_s=attempt.predicted_s,
            slack_s=deadline_s - placement.expected_end_s,
            doomed=placement.doomed,
            request_topic=record.topic,
            request_partition=record.partition,
            request_offset=record.offset,
        )


def _start(placement: Placement) -> tuple[object, ...]:
    """What placements in a row have in common that are to be computed together."""
    if not placement.slot:
        return (placement.key,)
    return (placement.pool, placement.slot, placement.model, placement.expected_start_s)


def _size(batch: Sequence[object], pool: Pool | None) -> int:
    """How many are to be computed together, where functions gather at all."""
    gathers = pool is not None and largest_batch(pool.configuration) > 1
    return len(batch) if gathers else 1


def _choice(candidate: Candidate) -> Choice:
    return Choice(
        pool=candidate.pool,
        architecture=candidate.architecture,
        configuration=candidate.configuration,
        latency_s=candidate.latency_s,
        slack_s=candidate.slack_s,
        service_s=candidate.service_s,
    )
