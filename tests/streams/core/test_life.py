"""A request's life, end to end in memory."""

import msgspec
import pytest

from streams.schema import Outcome
from tests.support.stream_world import World


@pytest.fixture
def world() -> World:
    """One pool with one idle slot, partition 0 owned."""
    world = World()
    world.pool()
    world.hold()
    return world.start()


def test_a_request_is_placed_answered_committed_and_acknowledged(world: World) -> None:
    """The whole path: placement, feedback, outcome, acknowledgement of both records."""
    world.submit("a")
    [place] = world.placed
    assert place.placement.value == b"input"
    assert place.placement.topic == "synergai.system.arch.jetson.edge.g1"
    assert world.acked() == -1

    world.now_s += 0.02
    world.report(place)

    [outcome] = world.outcomes
    assert (outcome.kind, outcome.reason, outcome.attempt) == ("met", "answered", 1)
    assert world.acked() == 0
    assert world.acked("latency") == 0
    [record] = world.written("synergai.default.outcomes")
    assert msgspec.json.decode(record.value, type=Outcome) == outcome
    assert record.partition == 0
