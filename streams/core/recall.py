"""What a takeover keeps of the topics it reads: folded record by record, never held. Pure."""

import msgspec

from streams.identity import digest
from streams.ports import History
from streams.schema import Decision, Outcome


class Ended(msgspec.Struct, gc=False):
    """The part of an outcome that is looked at: half of the work is to read the rest."""

    identity: str
    attempt: int = 0
    instance: str = ""


class Recall:
    """Show it outcomes, then decisions, each in the order in which they were written.

    Bounded by the identities that were concluded, about 150 bytes each, and by the requests that
    are open; not by how many records there are, nor by what is in them.
    """

    def __init__(self) -> None:
        self._concluded: dict[bytes, int] = {}
        self._decisions: dict[str, Decision] = {}

    def outcome(self, outcome: Ended | Outcome) -> None:
        """A request is concluded."""
        attempt = outcome.attempt if outcome.instance else 0
        self._concluded[digest(outcome.identity)] = attempt

    def decision(self, decision: Decision) -> None:
        """A request was placed; the latest attempt of one that is still open counts."""
        if digest(decision.identity) in self._concluded:
            return
        known = self._decisions.get(decision.identity)
        if known is None or decision.attempt >= known.attempt:
            self._decisions[decision.identity] = decision

    def history(self, read_to: int = 0, reported: int = 0) -> History:
        """All of it; see `streams.ports.History` for the rest."""
        return History(
            concluded=self._concluded,
            decisions=self._decisions,
            read_to=read_to,
            reported=reported,
        )
