"""Waiting requests in lanes of like requests, each lane in order of a time."""

from bisect import bisect_left, insort
from collections.abc import Callable, ItemsView, Iterator
from heapq import merge
from itertools import count

from scheduler.types import Request

LaneKey = tuple[int, str]
"""Rank of the lane (lower goes first) and model."""
Entry = tuple[float, int, Request]
"""The time that orders the lane, a running number for ties, the request."""


class Lanes:
    """Requests by (rank, model), sorted by ``time_of``; all of a lane can run at the same places.

    So what holds for a time in a lane is found by bisection and holds for all entries before it.
    `add` and `remove` cost O(log n) comparisons and the shift of one array of pointers.
    """

    def __init__(
        self, time_of: Callable[[Request], float], rank_of: Callable[[Request], int]
    ) -> None:
        self._time_of = time_of
        self._rank_of = rank_of
        self._lanes: dict[LaneKey, list[Entry]] = {}
        self._entries: dict[str, Entry] = {}
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[Request]:
        """All requests in order of their time."""
        return (request for _, _, request in merge(*self._lanes.values()))

    def lanes(self) -> ItemsView[LaneKey, list[Entry]]:
        """The lanes that are not empty; to be read only."""
        return self._lanes.items()

    def lane(self, key: LaneKey) -> list[Entry]:
        """One lane; to be read only."""
        return self._lanes[key]

    def add(self, request: Request) -> None:
        """Puts a request into its lane, in place of an earlier one of the same key."""
        self.remove(request.key)
        entry = (self._time_of(request), next(self._numbers), request)
        insort(self._lanes.setdefault(self._lane_of(request), []), entry)
        self._entries[request.key] = entry

    def remove(self, key: str) -> None:
        """Forgets a request; unknown keys are ignored."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        lane_key = self._lane_of(entry[2])
        lane = self._lanes[lane_key]
        del lane[bisect_left(lane, entry[:2])]
        if not lane:
            del self._lanes[lane_key]

    def cut_before(self, key: LaneKey, time_s: float) -> list[Request]:
        """Takes out the requests of a lane whose time is earlier than ``time_s``."""
        lane = self._lanes[key]
        end = bisect_left(lane, (time_s,))
        cut = [request for _, _, request in lane[:end]]
        del lane[:end]
        if not lane:
            del self._lanes[key]
        for request in cut:
            del self._entries[request.key]
        return cut

    def drain(self) -> list[Request]:
        """Takes out everything."""
        drained = list(self)
        self._lanes.clear()
        self._entries.clear()
        return drained

    def _lane_of(self, request: Request) -> LaneKey:
        return (self._rank_of(request), request.model)
