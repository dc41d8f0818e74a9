"""Round-robin: the next request to the next instance."""

from collections.abc import Sequence
from typing import ClassVar

from scheduler.baseline import KeepingParameters
from scheduler.early import EarlyBinding
from scheduler.estimator import Estimator
from scheduler.fleet import Choice
from scheduler.slots import ASLEEP
from scheduler.types import Request


class RoundRobinParameters(KeepingParameters, frozen=True, kw_only=True):
    """What may be set from outside."""


class RoundRobinPolicy(EarlyBinding):
    """Requests in order of arrival to the instances in turn, each first come first served.

    Source: folklore; the default of many load balancers.

    Rule: with the K slots in file order, request n goes to slot k(n), the first of k(n - 1) + 1,
    k(n - 1) + 2, ... (mod K) that serves its model.

    Decided here: slots that do not serve the model are passed over; the turn then goes on after
    the slot that was taken. A pool at zero is used when no live slot serves the model.

    Inputs: the order of pools and slots, which models they serve. Estimates only to hide the hop
    and, with ``doomed: last``, to know what is late.
    """

    name: ClassVar[str] = "round-robin"
    merit: ClassVar[str] = "was next in turn"

    def __init__(self, estimator: Estimator, parameters: RoundRobinParameters) -> None:
        super().__init__(estimator, parameters)
        self._turn = 0

    def choose(self, request: Request, choices: Sequence[Choice], now_s: float) -> Choice:  # noqa: ARG002
        """The first slot from the turn on."""
        live = {(c.pool_name, c.slot): c for c in choices if c.slot != ASLEEP}
        count = len(self.places)
        for step in range(count):
            index = (self._turn + step) % count
            if self.places[index] in live:
                self._turn = index + 1
                return live[self.places[index]]
        return choices[0]
