"""Pools as hypothesis draws them."""

from collections.abc import Sequence

from hypothesis import strategies as st

from scheduler.types import PoolState
from tests.support.decisions import pool

TIMES = st.floats(0, 3).map(lambda seconds: round(seconds, 3))
MODELS = ("net", "text")


@st.composite
def pool_lists(
    draw: st.DrawFn, names: Sequence[str], *, fewest: int, longest_hop_s: float
) -> list[PoolState]:
    """At least ``fewest`` pools of these names, live or asleep, some on a slow link."""
    hops = st.floats(0, longest_hop_s).map(lambda seconds: round(seconds, 3))
    return [
        pool(
            name,
            *draw(st.sets(st.sampled_from(MODELS), min_size=1)),
            free=tuple(draw(st.lists(TIMES, max_size=3))),
            hop_s=draw(hops),
            cold_start_s=draw(TIMES),
            wakeable=draw(st.integers(0, 2)),
            bandwidth=draw(st.sampled_from((0.0, 0.0, 10.0))),
        )
        for name in draw(st.lists(st.sampled_from(names), min_size=fewest, unique=True))
    ]
