"""How many slots a model needs at a pool so that deadlines are kept: the demand bound."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from scheduler.demand import EDGES_S, ModelDemand

FULLEST: Final = 0.85
"""Forecast work fills slots to this share: the rest is for chance."""
_STARTS: Final = (0.0, *EDGES_S)


def needed(demand: ModelDemand, service_s: float, lag_s: float, ahead_s: float) -> float:
    """Slots to be there in ``lag_s`` seconds, for what waits and what comes until ``ahead_s``.

    For every edge e the work that is due by then must fit into what slots can do between the lag
    and e; the largest of these counts. What is due before a slot could be there asks for nothing.
    """
    return backlog(demand, service_s, lag_s) + expected(demand, service_s, ahead_s)


def backlog(demand: ModelDemand, service_s: float, lag_s: float) -> float:
    """Slots for what waits now."""
    lost, most = 0, 0.0
    for edge_s, due in zip(EDGES_S, demand.due, strict=True):
        if edge_s < lag_s + service_s:
            lost = due
        elif due > lost:
            most = max(most, (due - lost) * service_s / (edge_s - lag_s))
    if demand.waiting > demand.due[-1]:
        most = max(most, (demand.waiting - lost) * service_s / (2 * EDGES_S[-1]))
    return most


def expected(demand: ModelDemand, service_s: float, ahead_s: float) -> float:
    """Slots for what is to come within ``ahead_s``, if it goes on like that.

    What comes in a span may be done until the last of it is due, so that a short burst needs
    less than its rate. What begins later asks for nothing yet. Of the spans that begin in time:
    the highest rate if work may be drawn out by the slack, however long they are, but no more
    than the highest rate of those that are soon over.
    """
    total = (0.0, *demand.coming)
    if total[-1] <= 0:
        return 0.0
    slack_s = max(0.0, demand.budget_s - service_s)
    last = _first_at(ahead_s)
    drawn_out, soon = _steepest(total, slack_s, max(1, last))
    return min(drawn_out, soon) * service_s / FULLEST


def _steepest(total: Sequence[float], slack_s: float, last: int) -> tuple[float, float]:
    """The highest rates of spans that begin before edge ``last``: drawn out, and soon over."""
    drawn_out = soon = 0.0
    for begin in range(last):
        began_s, before = _STARTS[begin], total[begin]
        for end in range(begin + 1, len(_STARTS)):
            count, span_s = total[end] - before, _STARTS[end] - began_s
            if count > drawn_out * (span_s + slack_s):
                drawn_out = count / (span_s + slack_s)
            if end <= last and count > soon * span_s:
                soon = count / span_s
    return drawn_out, soon


@lru_cache(maxsize=1024)
def _first_at(ahead_s: float) -> int:
    """The first edge that is so far ahead."""
    return next((n for n, at_s in enumerate(_STARTS) if at_s >= ahead_s), len(_STARTS) - 1)
