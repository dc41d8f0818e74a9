"""The assignment of a few requests at once."""

from collections.abc import Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from scheduler.fleet import Choice
from scheduler.slots import ASLEEP
from scheduler.types import Request
from scheduler.window import Window
from tests.support.decisions import pool, request

NOW_S = 1.0


def choice(where: str, slot: str, free_s: float, service_s: float) -> Choice:
    """A slot that is free so many seconds from now."""
    start_s = NOW_S + free_s
    end_s = start_s + service_s
    return Choice(end_s, -service_s, where, pool(where), slot, start_s, service_s, start_s)


def sooner(_: Request, latency_s: float) -> float:
    """A score that prefers small latencies."""
    return -latency_s


def slots(found: Sequence[Choice]) -> list[str]:
    """The names of the slots."""
    return [item.slot for item in found]


def test_a_worse_slot_for_one_leaves_the_better_to_another() -> None:
    """The window gives the fast slot to whom it helps more, not to whom comes first."""
    first = [choice("cpu", "cpu#0", 0, 0.3), choice("gpu", "gpu#0", 0, 0.2)]
    second = [choice("cpu", "cpu#0", 0, 2.0), choice("gpu", "gpu#0", 0, 0.2)]
    requests = [request("a", "net", 2.0), request("b", "text", 2.0)]
    found = Window([first, second], requests, NOW_S).best(sooner, only_last=False)
    assert slots(found) == ["cpu#0", "gpu#0"]


def test_only_last() -> None:
    """As in the published code nothing but the last request's score decides."""
    first = [choice("cpu", "cpu#0", 0, 9.0), choice("gpu", "gpu#0", 0, 0.2)]
    second = [choice("gpu", "gpu#0", 0, 0.2)]
    requests = [request("a", "net", 2.0), request("b", "net", 2.0)]
    found = Window([first, second], requests, NOW_S).best(sooner, only_last=True)
    assert slots(found) == ["cpu#0", "gpu#0"]


def test_latency_counts_from_arrival() -> None:
    """What a request has waited so far is part of its latency."""
    seen: list[float] = []

    def score(_: Request, latency_s: float) -> float:
        seen.append(round(latency_s, 9))
        return 0.0

    rows = [[choice("gpu", "gpu#0", 0.5, 0.2)]] * 2
    Window(rows, [request("a", "net", 2.0)] * 2, NOW_S).best(score, only_last=False)
    assert seen == [1.7, 1.9]


def test_a_pool_at_zero() -> None:
    """Slots to be woken are one place of their pool, behind one another."""
    rows = [[choice("gpu", ASLEEP, 0.0, 0.2), choice("cpu", "cpu#0", 0.1, 0.2)]] * 2
    found = Window(rows, [request("a", "net", 2.0)] * 2, NOW_S).best(sooner, only_last=False)
    assert slots(found) == [ASLEEP, "cpu#0"]


SERVICES = st.lists(
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=4
)
FREE = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))


@given(SERVICES, FREE)
def test_as_good_as_every_other(
    services: list[tuple[int, int, int]], free: tuple[int, ...]
) -> None:
    """No assignment of the requests to single slots has a better sum than the one found."""
    rows = [
        [choice(f"p{k}", f"p{k}#0", free[k], row[k]) for k in range(len(row))] for row in services
    ]
    requests = [request(str(index), "net", 2.0) for index in range(len(rows))]

    def total(assignment: Sequence[int]) -> float:
        ends, summed = list(free), 0
        for row, k in zip(services, assignment, strict=True):
            ends[k] += row[k]
            summed += ends[k]
        return summed

    found = Window(rows, requests, NOW_S).best(sooner, only_last=False)
    chosen = [int(item.slot[1]) for item in found]
    assert total(chosen) == min(map(total, product(range(3), repeat=len(rows))))
