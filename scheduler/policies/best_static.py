"""Best static: each model always on the architecture that is best for it."""

from collections.abc import Sequence
from math import inf
from typing import ClassVar

from scheduler.baseline import KeepingParameters, earliest_end
from scheduler.early import EarlyBinding
from scheduler.estimator import Estimator
from scheduler.fleet import Choice
from scheduler.types import Request


class BestStaticParameters(KeepingParameters, frozen=True, kw_only=True):
    """What may be set from outside."""


class BestStaticPolicy(EarlyBinding):
    """Each model on the architecture that runs it fastest alone, whatever the load.

    Source: folklore; what a deployment file with one node selector per model does.

    Rule: a*(m) = argmin over architectures a of min over the pools of a of (r(m, pool) + hop); of
    the slots of a*(m) the one that answers first; there first come first served.

    Decided here: the choice is static, so a* is computed from the estimates when pools or their
    slots change and is kept until then, whatever is learned meanwhile. Of equal architectures the
    first in file order. Slots at zero count with their cold start when a slot is chosen, not when
    the architecture is.

    Inputs: estimates when pools change; backlogs only within the architecture.
    """

    name: ClassVar[str] = "best-static"
    merit: ClassVar[str] = "is of the best architecture for the model"

    def __init__(self, estimator: Estimator, parameters: BestStaticParameters) -> None:
        super().__init__(estimator, parameters)
        self._home: dict[str, str] = {}

    def reshaped(self) -> None:
        """Chooses the architectures anew."""
        super().reshaped()
        self._home.clear()
        usable = [pool for pool in self.fleet.pools.values() if pool.free_at_s or pool.wakeable]
        for model in sorted({model for pool in usable for model in pool.models}):
            best_s = inf
            for pool, service_s in self.fleet.serving(model):
                if pool in usable and service_s + pool.hop_s < best_s:
                    best_s = service_s + pool.hop_s
                    self._home[model] = pool.architecture

    def choose(self, request: Request, choices: Sequence[Choice], now_s: float) -> Choice:  # noqa: ARG002
        """The slot of the architecture that answers first."""
        home = self._home.get(request.model)
        return earliest_end([c for c in choices if c.pool.architecture == home] or choices)
