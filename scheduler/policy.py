"""The one interface of every policy, live and simulated."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from scheduler.types import Completion, Placement, PoolState, Request


class Policy(Protocol):
    """Is told what happens, returns placements; never sees the future or the true service time.

    Order of calls at one instant: ``capacity``, ``completed``, ``withdrawn``, ``arrived``,
    ``decide``. A request stays with the policy from ``arrived`` until a placement returned by
    ``decide`` names it, or ``withdrawn``. A placement that failed comes back as ``arrived`` with
    a higher attempt.
    """

    @property
    def name(self) -> str:
        """The name used in settings, decisions and reports."""

    def capacity(self, pools: Sequence[PoolState], now_s: float) -> None:
        """All pools as believed now; replaces what was told before."""

    def arrived(self, request: Request, now_s: float) -> None:
        """A request waits for a placement."""

    def withdrawn(self, key: str, now_s: float) -> None:
        """A waiting request needs no placement any more; unknown keys are ignored."""

    def completed(self, completion: Completion, now_s: float) -> None:
        """A computation ended; corrects the estimates."""

    def decide(self, now_s: float) -> Sequence[Placement]:
        """The placements to carry out now; their requests leave the policy's queue.

        Slots taken by the returned placements count as taken until the next ``capacity``.
        """

    def wake_at_s(self) -> float | None:
        """When ``decide`` should be called again even if nothing happens, or None."""

    def doomed(self, now_s: float) -> Sequence[str]:
        """Keys of waiting requests that cannot meet their deadline anywhere any more."""


class Search(Protocol):
    """Work that is too long for a decision; `run` may be called in another thread or process."""

    def run(self) -> Any:
        """What was found; changes nothing outside."""


@runtime_checkable
class Tunable(Protocol):
    """A policy that learns from the past of the run, in the background."""

    def tuning(self) -> Search | None:
        """The search that is due, asked for once; to be asked for after arrivals."""

    def tuned(self, found: Any, now_s: float) -> None:
        """Goes by what a search has found."""

    def state(self) -> bytes:
        """What was found so far, to be kept for `restore`."""

    def restore(self, state: bytes) -> None:
        """Goes by what an earlier run has found.

        Raises:
            SchedulerError: this is no such state.
        """
