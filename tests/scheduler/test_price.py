"""Prices of machine classes."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.price import full_rate, prices

TIMES = st.floats(0.001, 10)


def test_two_classes_by_hand() -> None:
    """The class that all work may move to sets the price of the other.

    Model a takes 1 s or 3 s, b 1 s or 10 s. b stays on the fast class, a is shared, so a second of
    the fast class is worth three of the slow one: (9/5 + 2 x 3/5) / 3 servers = 1.
    """
    found = prices([[1, 3], [1, 10]], [1, 2], [0.5, 0.5])
    assert found == pytest.approx([1.8, 0.6])


def test_only_place_for_the_bottleneck() -> None:
    """A class beside the bottleneck is worth what it takes off it."""
    assert prices([[1.0, inf], [1, 10]], [1, 2], [0.5, 0.5]) == pytest.approx([2.5, 0.25])


def test_useless_class_is_free() -> None:
    """A class that serves no model that comes costs nothing."""
    assert prices([[1.0, inf]], [1, 1], [1.0]) == pytest.approx([2.0, 0.0])


@pytest.mark.parametrize(
    ("times", "servers", "mix"),
    [([], [2], []), ([[1.0, 2.0]], [0, 0], [1.0]), ([[1.0, 2.0]], [1, 1], [0.0])],
)
def test_without_work_or_servers(
    times: list[list[float]], servers: list[float], mix: list[float]
) -> None:
    """Where there is nothing to weigh every class costs 1."""
    assert prices(times, servers, mix) == [1.0] * len(servers)


def test_full_rate_by_hand() -> None:
    """Two servers that take half a second for each request compute four a second."""
    assert full_rate([[0.5]], [2], [1.0], [1.0]) == pytest.approx(4.0)


@given(
    st.lists(st.tuples(TIMES, TIMES, TIMES, st.floats(0.05, 1)), min_size=1, max_size=6),
    st.tuples(*[st.integers(1, 5)] * 3),
    st.tuples(*[st.floats(0.5, 2)] * 3),
)
def test_no_other_prices_bound_the_rate_closer(
    rows: list[tuple[float, float, float, float]],
    servers: tuple[int, int, int],
    factors: tuple[float, float, float],
) -> None:
    """The rate that prices allow is an upper bound of the throughput; the dual is the least."""
    times, mix = [list(row[:3]) for row in rows], [row[3] for row in rows]
    found = prices(times, servers, mix)
    assert sum(p * n for p, n in zip(found, servers, strict=True)) == pytest.approx(sum(servers))
    best = full_rate(times, servers, mix, found)
    others = [price * factor for price, factor in zip(found, factors, strict=True)]
    assert full_rate(times, servers, mix, others) >= best * (1 - 1e-6)
