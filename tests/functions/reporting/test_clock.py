"""The broker's clock from append times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.reporting.clock import BrokerClock


def test_unknown_at_first() -> None:
    """Before the first record this machine's clock has to do."""
    clock = BrokerClock()
    assert (clock.known, clock.offset_s) == (False, 0.0)


def test_slow_acknowledgements_do_not_mislead() -> None:
    """The quicker half of the samples counts."""
    clock = BrokerClock()
    for slow_s in (0.002, 0.004, 3.0, 0.002, 2.0):
        clock.learn(100.0, 100.0 + slow_s, 105.0 + 0.001)
    assert clock.offset_s == pytest.approx(5.0, abs=0.002)


@given(st.floats(-3600, 3600), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1))
def test_off_by_at_most_half_a_round_trip(
    offset_s: float, trips: list[tuple[float, float]]
) -> None:
    """However the way there and back share the time."""
    clock = BrokerClock(samples=len(trips))
    for there_s, back_s in trips:
        clock.learn(1000.0, 1000.0 + there_s + back_s, 1000.0 + there_s + offset_s)
    worst_s = max(there_s + back_s for there_s, back_s in trips) / 2
    assert abs(clock.offset_s - offset_s) <= worst_s + 1e-6
