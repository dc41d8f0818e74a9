"""What holds of the EDF policy for any pools, requests and order of events."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.policies.edf import EdfPolicy
from scheduler.types import Placement, PoolState, Request
from tests.support.decisions import edf, request
from tests.support.drawn_pools import TIMES, pool_lists

SECONDS = {
    ("net", "gpu"): 0.1,
    ("net", "cpu"): 0.5,
    ("text", "gpu"): 0.03,
    ("text", "cpu"): 0.04,
}
MARGIN_S = 0.01
POOLS = pool_lists(("gpu", "cpu", "gpu-2"), fewest=0, longest_hop_s=0.1)


@st.composite
def request_lists(draw: st.DrawFn) -> list[Request]:
    """Up to twelve requests; nobody serves ``ghost``."""
    return [
        request(
            str(index),
            draw(st.sampled_from(["net", "text", "ghost"])),
            draw(TIMES),
            expiry=draw(TIMES) + 2,
            priority=draw(st.integers(0, 1)),
        )
        for index in range(draw(st.integers(0, 12)))
    ]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("capacity"), POOLS),
        st.tuples(st.just("withdrawn"), st.integers(0, 11).map(str)),
        st.tuples(st.just("wait"), TIMES),
    ),
    max_size=8,
)


def policy(**parameters: float) -> EdfPolicy:
    """The policy under test."""
    return edf(SECONDS, margin_s=MARGIN_S, **parameters)


def play(
    requests: Sequence[Request], steps: Sequence[tuple[str, Any]]
) -> list[tuple[float, Placement, frozenset[str]]]:
    """Time, placement and the keys withdrawn before it, deciding after each step."""
    tested, now, placed = policy(), 0.0, []
    gone: frozenset[str] = frozenset()
    for item in requests:
        tested.arrived(item, now)
    for step, value in steps:
        if step == "capacity":
            tested.capacity(value, now)
        elif step == "withdrawn":
            tested.withdrawn(value, now)
            gone |= {value}
        else:
            now += value
        placed += [(now, placement, gone) for placement in tested.decide(now)]
        wake = tested.wake_at_s()
        assert wake is None or wake > now
    return placed


@given(request_lists(), STEPS)
def test_over_any_history(requests: list[Request], steps: list[tuple[str, Any]]) -> None:
    """No unknown model, no key twice, nothing withdrawn is placed; runs are repeatable."""
    placed = play(requests, steps)
    by_key = {item.key: item for item in requests}
    assert max(Counter(p.key for _, p, _ in placed).values(), default=0) <= 1
    for _, placement, gone in placed:
        assert placement.model == by_key[placement.key].model != "ghost"
        assert placement.key not in gone
        assert placement.pool == placement.candidates[0].pool
        assert placement.expected_end_s <= placement.latest_end_s
        assert placement.doomed or placement.expected_end_s <= by_key[placement.key].deadline_s
    assert play(requests, steps) == placed


@given(request_lists(), POOLS, TIMES)
def test_within_the_slots(requests: list[Request], pools: list[PoolState], now: float) -> None:
    """Each placement finds a slot of its pool that is free within round trip plus margin."""
    tested = policy()
    tested.capacity(pools, now)
    for item in requests:
        tested.arrived(item, now)
    free = {item.name: sorted(item.free_at_s) for item in pools}
    asleep = {item.name: 0 if item.free_at_s else item.wakeable for item in pools}
    by_name = {item.name: item for item in pools}
    for placement in [*tested.decide(now), *tested.decide(now)]:
        where, slots = by_name[placement.pool], free[placement.pool]
        if slots and (not asleep[where.name] or slots[0] <= now + where.cold_start_s):
            assert slots[0] - (where.hop_s + MARGIN_S) <= now
            start = max(now + where.hop_s / 2, slots.pop(0))
        else:
            asleep[where.name] -= 1
            start = max(now + where.hop_s / 2, now + where.cold_start_s)
        assert asleep[where.name] >= 0
        assert placement.expected_start_s == start
        slots.append(start + placement.candidates[0].service_s)
        slots.sort()


@given(request_lists(), POOLS, TIMES, st.sampled_from([1, 2, 16]))
def test_doomed_change_nothing_for_others(
    requests: list[Request], pools: list[PoolState], now: float, lookahead: int
) -> None:
    """What can be met is placed as if the doomed were not there."""
    both, alone = policy(lookahead=lookahead), policy(lookahead=lookahead)
    both.capacity(pools, now)
    alone.capacity(pools, now)
    for item in requests:
        both.arrived(item, now)
    doomed = set(both.doomed(now))
    for item in requests:
        if item.key not in doomed:
            alone.arrived(item, now)
    placements = both.decide(now)
    assert {p.key for p in placements if p.doomed} <= doomed
    assert [p for p in placements if not p.doomed] == alone.decide(now)


@settings(max_examples=50)
@given(request_lists(), POOLS, TIMES)
def test_bound_changes_no_decision_of_short_queues(
    requests: list[Request], pools: list[PoolState], now: float
) -> None:
    """A queue not longer than the lookahead is decided as with any longer one."""
    results = []
    for lookahead in (12, 10_000):
        tested = policy(lookahead=lookahead)
        tested.capacity(pools, now)
        for item in requests:
            tested.arrived(item, now)
        results.append(tested.decide(now))
    assert results[0] == results[1]
