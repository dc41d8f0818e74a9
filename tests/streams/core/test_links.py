"""Payloads on their way to live pools."""

import pytest

from scheduler.policy import Policy
from scheduler.registry import build
from scheduler.types import PoolState
from streams.core.outlook import Outlook
from streams.settings import Settings
from tests.support.decisions import estimator
from tests.support.stream_policy import FixedEstimates
from tests.support.stream_world import World

SLOW, FAST = 1e6, 1e9
BIG = bytes(500_000)


def two_pools(policy: Policy | None = None) -> World:
    """An idle pool behind a slow link, declared first, and an idle one behind a fast link."""
    world = World(Settings(max_request_bytes=4_000_000), policy=policy)
    for name, rate in (("far", SLOW), ("near", FAST)):
        world.pool(name, architecture=name, bandwidth_bytes_per_s=rate)
    world.start()
    for name in ("far", "near"):
        world.hold(f"{name}-1", pool=name)
    return world


def state(world: World, name: str) -> PoolState:
    """What the policy would be told now."""
    slots = world.core._book.slots
    slots._stale.add(name)
    return next(one for one in slots.states(world.now_s) if one.name == name)


@pytest.mark.parametrize("policy", ["synergai", "edf", "slo-mael", "kairos"])
def test_a_big_request_goes_where_the_link_is_fast(policy: str) -> None:
    """The far pool computes faster, but the payload alone takes half a second to it."""
    seconds = {("m", "far"): 0.01, ("m", "near"): 0.1}
    world = two_pools(build(policy, estimator(seconds)))
    world.submit("big", value=BIG)
    (place,) = world.placed
    assert place.decision.pool == "near"
    by_pool = {choice.pool: choice.latency_s for choice in place.decision.candidates}
    if "far" in by_pool:
        assert by_pool["far"] > 0.5


def test_what_is_under_way_takes_its_slot_from_when_it_is_there() -> None:
    """An unlisted placement of 0.5 MB occupies its slot for hop, payload and service."""
    world = World(Settings(max_request_bytes=4_000_000))
    world.pool("far", bandwidth_bytes_per_s=SLOW)
    world.start()
    world.hold("far-1", pool="far")
    world.submit("big", value=BIG)
    expected_s = world.now_s + 0.005 / 2 + 0.5 + 0.01
    assert state(world, "far").free_at_s == pytest.approx((expected_s,))


def test_answers_tell_how_fast_the_link_is() -> None:
    """Payloads of two sizes, whose ways took unlike long, give the time of a byte."""
    world = World(Settings(max_request_bytes=4_000_000))
    world.pool("far")
    world.start()
    for number in range(40):
        world.hold("far-1", pool="far")
        size = 400_000 if number % 2 else 1_000
        world.submit(str(number), value=bytes(size))
        world.now_s += 0.01 + 0.004 + size / SLOW
        world.report(world.placed[-1], instance="far-1")
    found = state(world, "far")
    assert found.per_byte_s == pytest.approx(1 / SLOW, rel=0.1)
    assert found.hop_s == pytest.approx(0.004, abs=0.02)


def test_what_its_payload_makes_late_is_refused_at_once_where_that_is_wanted() -> None:
    """The outlook counts the way of the payload."""
    world = World(Settings(max_request_bytes=4_000_000))
    world.pool("far", bandwidth_bytes_per_s=SLOW)
    world.start().hold("far-1", pool="far")
    outlook = Outlook(world.core._book.slots, FixedEstimates(), 1.0)
    light, heavy = (outlook.best("m", world.now_s, size).latency_s for size in (0, 1_000_000))
    assert heavy == pytest.approx(light + 1.0)
