"""What a worker tells whoever watches it."""

from typing import Protocol

from streams.schema import Decision, Outcome


class Observer(Protocol):
    """Is told, decides nothing."""

    def placed(self, decision: Decision) -> None:
        """A placement was sent."""

    def outcome(self, outcome: Outcome) -> None:
        """An outcome is in the ledger."""

    def live(self) -> None:
        """A partition was restored."""


class Unobserved:
    """Nobody watches."""

    def placed(self, decision: Decision) -> None:
        """Nothing."""

    def outcome(self, outcome: Outcome) -> None:
        """Nothing."""

    def live(self) -> None:
        """Nothing."""
