"""What holds of every policy for any pools, requests and order of events."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.policy import Policy
from scheduler.registry import build, names, parse
from scheduler.slots import ASLEEP
from scheduler.slots import names as names_of
from scheduler.types import PoolState
from tests.support.decisions import estimator, request
from tests.support.drawn_pools import TIMES, pool_lists
from tests.support.policy_world import POOLS, SECONDS, PolicyWorld

FORMS = [
    *names(),
    "kairos:tie_seed=1,estimates=corrected,doomed=last",
    "least-slack:doomed=last",
    "llm-d:strategy=most",
    "mael:window=3,most_assignments=20",
    "round-robin:doomed=last,estimates=corrected",
    "slo-mael:doomed=last,estimates=corrected",
    "slo-mael:window=4,reset_sum=true,doomed=last",
]

EVENTS = st.lists(
    st.one_of(
        st.tuples(
            st.just("arrive"), st.sampled_from(["net", "text", "ghost"]), st.floats(0.01, 2.0)
        ),
        st.tuples(st.just("withdraw"), st.integers(1, 20).map(str)),
        st.tuples(st.just("toggle"), st.sampled_from([pool.name for pool in POOLS])),
        st.tuples(st.just("advance"), st.floats(0.0, 0.6), st.sampled_from([0.5, 1.0, 3.0])),
    ),
    max_size=30,
)


MARGIN_S = 0.01
DRAWN = pool_lists(("gpu", "cpu", "board"), fewest=1, longest_hop_s=0.2)


def made(form: str, margin_s: float) -> Policy:
    """The policy under test."""
    name, parameters = parse(form)
    return build(name, estimator(SECONDS), {**parameters, "margin_s": margin_s})


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=60)
@given(events=EVENTS)
def test_over_any_history(form: str, events: list[tuple[Any, ...]]) -> None:
    """Only what waits is placed, once, on an open slot that serves it; nothing served is lost."""
    tested = PolicyWorld(made(form, margin_s=0.0))
    for event, *values in events:
        getattr(tested, event)(*values)
    tested.drain()
    assert len(tested.ended) == len(set(tested.ended))
    assert all(request.model == "ghost" for request in tested.waiting.values())


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=60)
@given(
    pools=DRAWN,
    requests=st.lists(
        st.tuples(st.sampled_from(["net", "text", "ghost"]), TIMES, st.integers(0, 3)), max_size=12
    ),
    now_s=TIMES,
)
def test_within_the_round_trip(
    form: str, pools: list[PoolState], requests: list[tuple[str, float, int]], now_s: float
) -> None:
    """Each placement finds its slot free within its way and the margin, or wakes one."""
    tested = made(form, MARGIN_S)
    tested.capacity(pools, now_s)
    for number, (model, deadline_s, size) in enumerate(requests):
        tested.arrived(request(str(number), model, deadline_s, size=size), now_s)
    by_name = {item.name: item for item in pools}
    free = {
        slot: at for item in pools for slot, at in zip(names_of(item), item.free_at_s, strict=True)
    }
    asleep = {item.name: 0 if item.free_at_s else item.wakeable for item in pools}
    for placement in [*tested.decide(now_s), *tested.decide(now_s)]:
        where, slot = by_name[placement.pool], placement.slot
        free_s = now_s + where.cold_start_s
        payload_s = requests[int(placement.key)][2] * where.per_byte_s
        if slot == ASLEEP:
            assert asleep[where.name] > 0
            slot = f"{where.name}~{asleep[where.name]}"
            asleep[where.name] -= 1
        else:
            free_s = free[slot]
            assert free_s <= now_s + where.hop_s + payload_s + MARGIN_S + 1e-9
        start_s = max(now_s + where.hop_s / 2 + payload_s, free_s)
        assert placement.expected_start_s == pytest.approx(start_s)
        free[slot] = start_s + placement.candidates[0].service_s


@pytest.mark.parametrize("form", ["clockwork:rejected=drop", "alpaserve:rejected=drop"])
def test_drop(form: str) -> None:
    """What is rejected and dropped is never placed, what is in time is."""
    tested = PolicyWorld(made(form, margin_s=0.0), drops=True)
    tested.arrive("net", 0.01)
    tested.arrive("net", 2.0)
    tested.advance(1.0, 1.0)
    assert tested.ended == ["2"]
    assert tested.policy.doomed(tested.now_s) == ["1"]
