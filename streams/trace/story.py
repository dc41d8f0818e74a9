"""Everything the topics hold of one request. Pure."""

from collections.abc import Iterable

import msgspec

from functions.schema import Capacity, Feedback
from streams.audit.schema import Place, Result
from streams.ports import Record
from streams.requests import Accepted, Rejection
from streams.schema import Decision, Outcome


class Asked(msgspec.Struct, frozen=True):
    """A record of the requests topic, first or repeated."""

    read: Accepted | Rejection

    @property
    def record(self) -> Record:
        """As it was sent."""
        return self.read.envelope.record

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.record.topic, self.record.partition, self.record.offset)


class Seen(msgspec.Struct, frozen=True):
    """When an event was appended and where it stands."""

    append_s: float
    place: Place


class Sent(msgspec.Struct, frozen=True):
    """A placement in a pool's topic."""

    attempt: int
    pool: str
    append_s: float
    place: Place


class Listed(msgspec.Struct, frozen=True):
    """An instance lists an attempt, for the first time as queued or as running."""

    attempt: int
    instance: str
    running: bool
    append_s: float


class Story(msgspec.Struct):
    """Of one identity; lists are in the order of the topics."""

    identity: str
    asked: list[Asked] = []
    decisions: list[tuple[Decision, Seen]] = []
    sent: list[Sent] = []
    listed: list[Listed] = []
    results: list[Result] = []
    feedback: list[tuple[Feedback, Seen]] = []
    outcomes: list[tuple[Outcome, Seen]] = []
    letters: list[tuple[float, Place]] = []

    @property
    def outcome(self) -> Outcome | None:
        """The one outcome, if it is there."""
        return self.outcomes[0][0] if self.outcomes else None

    @property
    def begun_s(self) -> float:
        """When the request was appended, as far as anything says so."""
        if self.asked:
            return self.asked[0].record.append_s
        if self.outcomes:
            return self.outcomes[0][0].accepted_s
        times = [each.append_s for _, each in (*self.decisions, *self.feedback)]
        return min(times, default=0.0)

    def decided(self, attempt: int, pool: str = "") -> Decision | None:
        """The decision of an attempt; after a takeover two may have its number."""
        found = [each for each, _ in self.decisions if each.attempt == attempt]
        return next((each for each in found if each.pool == pool), found[0] if found else None)

    def ended(self, attempt: int) -> Feedback | None:
        """What a function reported of an attempt; of several the one that has an answer."""
        found = [each for each, _ in self.feedback if each.attempt == attempt]
        answered = [each for each in found if each.verdict == "answered"]
        return next(iter([*answered, *found]), None)

    def listed_s(self, attempt: int) -> float | None:
        """When an instance first listed an attempt; None: it is not known."""
        return min([each.append_s for each in self.listed if each.attempt == attempt], default=None)

    def see(self, capacities: Iterable[tuple[Capacity, float]]) -> None:
        """Note when attempts were first listed as queued or running."""
        known: set[tuple[int, str, bool]] = set()
        for capacity, append_s in capacities:
            for running, held in ((False, capacity.queued), (True, capacity.running)):
                for each in held:
                    key = (each.attempt, capacity.instance, running)
                    if each.identity == self.identity and key not in known:
                        known.add(key)
                        self.listed.append(
                            Listed(each.attempt, capacity.instance, running, append_s)
                        )
