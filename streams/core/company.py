"""The log that several workers share: what this one tells there, and what it reads of all."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from scheduler.claims import Claim, Claims, Verdict, rooms
from scheduler.types import Completion, Placement
from streams.core.desk import Desk
from streams.core.life import Attempt, Life, Stage
from streams.core.notes import Notes
from streams.core.others import Key, Others, attempt_of, holding_of
from streams.core.slots import Slots
from streams.core.standing import Mode, Standing
from streams.ports import Place
from streams.schema import Holding, News

_WAITS: Final = 2
"""What another should claim is waited for so many times as long as one claim takes."""
_LEAST_S: Final = 0.001


class Read(NamedTuple):
    """What follows from a record of the log."""

    places: list[Place]
    """Granted: they leave now."""
    void: list[Key]
    """Not granted, or not to be relied on: they are decided anew."""


class Company:
    """Without a standing there are no others, and everything is granted at once."""

    def __init__(
        self,
        standing: Standing | None,
        slots: Slots,
        desk: Desk,
        notes: Notes,
        lives: Mapping[str, Life],
    ) -> None:
        self._standing = standing
        self._slots = slots
        self._desk = desk
        self._notes = notes
        self._lives = lives
        self._claims = Claims()
        self._pending: dict[Key, Place] = {}
        self._deserted = 0
        """A beat at this position was appended when no other worker was there."""
        self.others = Others(slots, desk)

    @property
    def mode(self) -> Mode:
        """How this worker may place now."""
        return self._standing.mode if self._standing else Mode.ALONE

    def claim(self, place: Place, attempt: Attempt, room: int) -> None:
        """Hold a placement back until its claim is granted."""
        self._pending[place.identity, place.attempt] = place
        self._notes.claims(holding_of(attempt, self._slots.neighbours(attempt.pool), room))

    def rooms(self, placements: Sequence[Placement], now_s: float) -> list[int]:
        """For each of the placements decided now, how many slots are free for it."""
        if not placements:
            return []
        near = {one.pool: self._slots.neighbours(one.pool) for one in placements}
        return rooms(placements, self._slots.current(now_s), near)

    def expect(self, placements: Sequence[Placement], now_s: float) -> None:
        """Another worker should claim just this, to be computed together: wait a little."""
        trip_s = self._standing.trip_s if self._standing else 0.0
        lease_s = now_s + _WAITS * trip_s + _LEAST_S
        attempts = [Attempt.of(one, "", now_s, lease_s) for one in placements]
        for attempt in attempts if len(attempts) > 1 else ():
            attempt.batch = f"{attempts[0].identity}/expected"
        self.others.expects(attempts)

    def restored(self, attempt: Attempt) -> None:
        """A placement of a former owner is ours now, and not every worker may know of it."""
        if self._standing is not None:
            self._notes.holds(holding_of(attempt, (attempt.pool,)))

    def left(self, life: Life) -> Attempt | None:
        """What was placed for a request that is not ours any more, and still takes its slot."""
        attempt = self._placed(life) if self._notes.listened else None
        if attempt is not None:
            self._notes.disown(attempt)
            self.others.holds(attempt)
        return attempt

    def news(self) -> Iterator[News]:
        """What the others must hear now: a beat with it, if one is due."""
        standing = self._standing
        if standing is None:
            return
        beats = standing.due()
        if not beats and not self._notes:
            return
        found = list(self._notes.take(standing.name, self._claims.seen))
        if beats:
            last = found.pop() if found else News(worker=standing.name, seen=self._claims.seen)
            knows = tuple(standing.others)
            alone = standing.mode is Mode.ALONE
            beat = standing.beat()
            found.append(msgspec.structs.replace(last, beat=beat, knows=knows, alone=alone))
        yield from found

    def leave(self) -> Iterator[News]:
        """This worker ends: what the others must hear still; the next one, if there is no other."""
        standing = self._standing
        if standing is None:
            return
        yield from self._notes.take(standing.name, self._claims.seen)
        if standing.leave():
            yield News(worker=standing.name, seen=self._claims.seen, alone=True, leaves=True)

    def read(self, news: News, position: int, now_s: float) -> Read:
        """The next record of the log."""
        standing, result = self._standing, Read([], [])
        if standing is None or position <= self._claims.seen:
            return result
        if 0 <= self._claims.seen < position - 1:  # something was not read
            standing.begin_anew()
            self._lose(result)
        if news.seen == position - 1 and standing.deserts(news):
            self._deserted = position + 1
        if standing.is_own(news.worker):
            self._read_own(standing, news, position, result)
        else:
            self._read_claims(news, position)
            self._read_rest(standing, news, now_s)
        self._claims.passed(position)
        return result

    def _read_own(self, standing: Standing, news: News, position: int, result: Read) -> None:
        """What was claimed under a former name was given up with it."""
        verdicts = list(self._verdicts(news, position))
        if news.worker != standing.name:
            return
        for asked, verdict in verdicts:
            self._answered((asked.identity, asked.attempt), verdict, result)
        if news.beat and not standing.own(news.beat, nobody=position == self._deserted):
            self._lose(result)
            return
        for name in standing.gone() if news.beat else ():
            self.others.gone(name)
        if not standing.others:
            self._notes.forget()

    def _read_claims(self, news: News, position: int) -> None:
        others = self.others
        for request in news.waits:
            others.wants(news.worker, request)
        for asked, verdict in self._verdicts(news, position):
            others.settle(asked.identity)
            if verdict is not Verdict.VOID:
                others.holds(attempt_of(asked))
        for held in news.holds:
            others.holds(attempt_of(held))

    def _read_rest(self, standing: Standing, news: News, now_s: float) -> None:
        if news.beat and standing.other(news.worker, news.knows):
            self._tell_all()
        for over in news.over:
            self.others.over(over, now_s)
        for identity in news.settled:
            self.others.settle(identity)
        for one in news.learnt:
            self._desk.completed(Completion(key="", **msgspec.structs.asdict(one)), told=True)

    def _verdicts(self, news: News, position: int) -> Iterator[tuple[Holding, Verdict]]:
        """What is computed together takes one slot and so has one verdict."""
        together: dict[str, Verdict] = {}
        for asked in news.claims:
            verdict = together.get(asked.batch) if asked.batch else None
            if verdict is None:
                claim = Claim(news.worker, asked.pool, asked.near, news.seen, asked.room)
                verdict = together[asked.batch] = self._claims.read(position, claim)
            yield asked, verdict

    def _answered(self, key: Key, verdict: Verdict, result: Read) -> None:
        place = self._pending.pop(key, None)
        if place is None:
            return
        if verdict is Verdict.GRANTED and self.mode is not Mode.NONE:
            result.places.append(place)
        else:
            result.void.append(key)

    def _tell_all(self) -> None:
        """Someone is new: what waits here and what is placed."""
        self._notes.listened = True
        for life in self._lives.values():
            if life.stage is Stage.WAITING:
                self._notes.waits(life.request())
            elif (attempt := self._placed(life)) is not None:
                self._notes.holds(holding_of(attempt, (attempt.pool,)))

    def _placed(self, life: Life) -> Attempt | None:
        """What is on its way to an instance for a request, and was not told yet."""
        attempt = life.current
        if attempt is None or attempt.instance or life.stage is not Stage.PLACED:
            return None
        return None if (life.identity, attempt.number) in self._pending else attempt

    def _lose(self, result: Read) -> None:
        """Nothing that was known of the others counts any more."""
        self.others.forget()
        result.void.extend(self._pending)
        self._pending.clear()
        self._notes.forget()
        self._claims = Claims()
