"""How a policy is asked, so that whoever simulates may look on with a clock of their own."""

from collections.abc import Sequence
from typing import Protocol

from scheduler.policy import Policy
from scheduler.types import Placement


class Watch(Protocol):
    """Asks, and may measure; it must not change what is answered."""

    def decide(self, policy: Policy, now_s: float) -> Sequence[Placement]:
        """What ``policy.decide`` returns."""


class Unwatched:
    """Nothing is measured."""

    def decide(self, policy: Policy, now_s: float) -> Sequence[Placement]:
        """What ``policy.decide`` returns."""
        return policy.decide(now_s)
