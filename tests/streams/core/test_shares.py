"""Max-min sharing."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from streams.core.shares import above, level

WANTED = st.dictionaries(st.sampled_from("abcd"), st.floats(0.001, 100), min_size=1)


def test_who_asks_for_little_gets_it() -> None:
    """The rest is divided by weight among those who ask for more."""
    wanted = {"small": 1.0, "big": 50.0, "bigger": 80.0}
    assert level(wanted, {}, 9.0) == 4.0
    assert level(wanted, {"bigger": 3.0}, 9.0) == 2.0
    assert above(wanted, {}, 9.0) == {"big", "bigger"}


def test_what_fits_has_no_level() -> None:
    """Nobody is above a share while there is enough for all, however unlike they are."""
    assert level({"a": 1.0, "b": 9.0}, {}, 10.0) == inf
    assert above({"a": 1.0, "b": 9.0}, {}, 10.0) == frozenset()


@given(WANTED, st.floats(0.001, 100))
def test_shares_use_the_capacity_up(wanted: dict[str, float], capacity: float) -> None:
    """Cut to their shares, all together take no more than there is, and leave nothing unused."""
    most = level(wanted, {}, capacity)
    taken = sum(min(need, most) for need in wanted.values())
    assert taken <= capacity * 1.000001
    assert taken >= min(capacity, sum(wanted.values())) * 0.999999
