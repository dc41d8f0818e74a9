"""Which instances live, by the capacity events that were heard of late."""

from heapq import heappop, heappush, heapreplace

from functions.schema import Capacity

_LONGEST_STEP_S = 1.0
"""More than this between two calls is our own pause, in which nobody could be heard."""


class Instances:
    """The latest capacity of each live instance.

    Silence is counted in time that this process observed: after a pause of our own (a stopped
    process, a long rebalance) nobody is taken for dead for what was not read yet.
    """

    def __init__(self, silent_after_s: float) -> None:
        self._silent_after_s = silent_after_s
        self._latest: dict[str, Capacity] = {}
        self._heard_s: dict[str, float] = {}
        self._watch: list[tuple[float, str]] = []
        self._observed_s = 0.0
        self._now_s: float | None = None

    def __len__(self) -> int:
        return len(self._latest)

    def observe(self, now_s: float) -> None:
        """Time goes on."""
        if self._now_s is None:
            self._now_s = now_s
        step_s = now_s - self._now_s
        if step_s > 0:
            self._observed_s += min(step_s, _LONGEST_STEP_S)
            self._now_s = now_s

    def heard(self, capacity: Capacity, append_s: float, now_s: float) -> bool:
        """Take a capacity event; False if it is out of order or too old to mean anything.

        A restarted instance of the same name counts anew from ``starting``.
        """
        if now_s - append_s > self._silent_after_s:
            return False
        name = capacity.instance
        before = self._latest.get(name)
        stale = before is not None and capacity.sequence <= before.sequence
        if stale and capacity.state != "starting":
            return False
        self._latest[name] = capacity
        if name not in self._heard_s:
            heappush(self._watch, (self._observed_s + self._silent_after_s, name))
        self._heard_s[name] = self._observed_s
        return True

    def holds(self, instance: str, identity: str, attempt: int) -> bool:
        """Whether a live instance listed this attempt when it was heard last."""
        capacity = self._latest.get(instance)
        if capacity is None:
            return False
        listed = (*capacity.running, *capacity.queued)
        return any((held.identity, held.attempt) == (identity, attempt) for held in listed)

    def silent(self) -> list[Capacity]:
        """Drop the instances that are silent for too long; their last words."""
        gone = []
        while self._watch and self._watch[0][0] <= self._observed_s:
            name = self._watch[0][1]
            due_s = self._heard_s[name] + self._silent_after_s
            if due_s > self._observed_s:
                heapreplace(self._watch, (due_s, name))
                continue
            heappop(self._watch)
            del self._heard_s[name]
            gone.append(self._latest.pop(name))
        return gone

    def next_s(self) -> float | None:
        """When an instance may turn out to be silent."""
        if not self._watch or self._now_s is None:
            return None
        return self._now_s + max(0.0, self._watch[0][0] - self._observed_s)
