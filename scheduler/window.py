"""Assigning a few requests at once: all ways of spreading them over the pools are tried."""

from collections.abc import Callable, Sequence
from math import inf
from typing import NamedTuple

from scheduler.fleet import Choice
from scheduler.slots import ASLEEP
from scheduler.types import Request

Score = Callable[[Request, float], float]
"""What an answer after so many seconds (from arrival) is worth; more is better."""


class Verdict(NamedTuple):
    """The worth of an assignment; the greater is the better."""

    score: float
    sooner_s: float
    """The sum of the latencies, negative: of equal scores the sooner."""


class Window:
    """The best assignment of a few requests, by enumeration.

    The latency of a request counts from its arrival and is that behind the requests of the window
    that were assigned to its slot before it, in order of arrival. The slots of a pool are alike, so
    of each pool only the one that is free first is tried. Of equal assignments the first in file
    order. With ``only_last`` the score of an assignment is that of its last request alone.
    """

    def __init__(
        self, choices: Sequence[Sequence[Choice]], requests: Sequence[Request], now_s: float
    ) -> None:
        self._requests = requests
        self._waited_s = [now_s - request.arrival_s for request in requests]
        self._now_s = now_s
        self._choices = [_by_pool(row) for row in choices]
        self._added_s: dict[str, float] = {}
        self._best = Verdict(-inf, -inf)
        self._chosen: list[Choice] = []

    def best(self, score: Score, *, only_last: bool) -> list[Choice]:
        """The slot for each request."""
        self._try([], Verdict(0.0, 0.0), score, only_last=only_last)
        return self._chosen

    def _try(self, chosen: list[Choice], so_far: Verdict, score: Score, *, only_last: bool) -> None:
        index = len(chosen)
        if index == len(self._requests):
            if so_far > self._best:
                self._best, self._chosen = so_far, list(chosen)
            return
        for slots in self._choices[index]:
            choice = min(slots, key=self._end_s)
            latency_s = self._end_s(choice) - self._now_s + self._waited_s[index]
            worth = score(self._requests[index], latency_s)
            total = worth if only_last else so_far.score + worth
            name = _name(choice)
            before_s = self._added_s.get(name, 0.0)
            self._added_s[name] = before_s + choice.service_s
            after = Verdict(total, so_far.sooner_s - latency_s)
            self._try([*chosen, choice], after, score, only_last=only_last)
            self._added_s[name] = before_s

    def _end_s(self, choice: Choice) -> float:
        return choice.end_s + self._added_s.get(_name(choice), 0.0)


def _by_pool(choices: Sequence[Choice]) -> list[list[Choice]]:
    pools: dict[str, list[Choice]] = {}
    for choice in choices:
        pools.setdefault(choice.pool_name, []).append(choice)
    return list(pools.values())


def _name(choice: Choice) -> str:
    return choice.slot if choice.slot != ASLEEP else f"{choice.pool_name}~"
