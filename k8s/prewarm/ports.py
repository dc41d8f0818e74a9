"""What the controller's shell talks to beside the cluster."""

from collections.abc import Sequence
from typing import Protocol

from k8s.prewarm.types import Declared, Write


class Declarer(Protocol):
    """Tells the scheduler which pools there are."""

    async def declare(self, pools: Sequence[Declared]) -> None:
        """Make these the declared pools of this deployment; what did not change costs nothing.

        Raises:
            K8sError: it could not be told now.
        """


class Observer(Protocol):
    """Is told what is done, for metrics."""

    def wrote(self, write: Write, result: str) -> None:
        """A write ended: ``written``, ``absent``, ``refused`` or ``away``."""

    def started(self, service: str, took_s: float) -> None:
        """An instance of a Knative Service became ready so long after it was created."""

    def leads(self, *, leads: bool) -> None:
        """Whether this process is the one that writes."""
