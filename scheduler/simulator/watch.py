"""How a policy is asked, and its searches run, so that others may look on with their clocks."""

from collections.abc import Sequence
from typing import Any, Protocol

from scheduler.policy import Policy, Search
from scheduler.types import Placement


class Watch(Protocol):
    """Asks, and may measure; it must not change what is answered."""

    def decide(self, policy: Policy, now_s: float) -> Sequence[Placement]:
        """What ``policy.decide`` returns."""

    def search(self, search: Search) -> Any:
        """What ``search.run`` returns."""


class Unwatched:
    """Nothing is measured."""

    def decide(self, policy: Policy, now_s: float) -> Sequence[Placement]:
        """What ``policy.decide`` returns."""
        return policy.decide(now_s)

    def search(self, search: Search) -> Any:
        """What ``search.run`` returns."""
        return search.run()
