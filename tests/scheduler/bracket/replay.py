"""A policy that plays a schedule made beforehand."""

from collections.abc import Sequence

from scheduler.bracket.lines import Lines
from scheduler.simulator.layout import layout
from scheduler.simulator.types import Scenario
from scheduler.simulator.workload import Workload
from scheduler.types import Completion, Placement, PoolState, Request


class Replay:
    """Sends each request to its slot so that it is there at its start; the others never.

    Of each device only the first pool is used.
    """

    name = "replay"

    def __init__(self, scenario: Scenario, workload: Workload, lines: Lines) -> None:
        places, arrival_s = layout(scenario), workload.arrival_s
        self._waiting: dict[str, Request] = {}
        self._keys: list[str] = []
        self._todo = sorted(
            (
                float(max(lines.start[request] - scenario.hop_s, arrival_s[request])),
                int(request),
                places.slots[line],
            )
            for line in range(lines.pool.size)
            for request in lines.order[line, : lines.length[line]]
        )
        self._pool = {
            name: scenario.pools[pools[0]].name
            for name, pools in zip(places.slots, places.slot_pools, strict=True)
        }

    def capacity(self, pools: Sequence[PoolState], now_s: float) -> None:
        """Nothing that was not known."""

    def arrived(self, request: Request, now_s: float) -> None:
        """Requests arrive in the order of the workload."""
        self._keys.append(request.key)
        self._waiting[request.key] = request

    def withdrawn(self, key: str, now_s: float) -> None:
        """Nothing that was not known."""

    def completed(self, completion: Completion, now_s: float) -> None:
        """Nothing that was not known."""

    def decide(self, now_s: float) -> list[Placement]:
        """Those whose time has come."""
        placed = []
        while self._todo and self._todo[0][0] <= now_s:
            start_s, number, slot = self._todo.pop(0)
            request = self._waiting.pop(self._keys[number])
            placed.append(
                Placement(
                    key=request.key,
                    model=request.model,
                    pool=self._pool[slot],
                    configuration="",
                    attempt=1,
                    expected_start_s=start_s,
                    expected_end_s=start_s,
                    latest_end_s=start_s,
                    candidates=(),
                    reason="as planned",
                    slot=slot,
                )
            )
        return placed

    def wake_at_s(self) -> float | None:
        """When the next one leaves."""
        return self._todo[0][0] if self._todo else None

    def doomed(self, now_s: float) -> Sequence[str]:
        """None that would be of interest."""
        return ()
