"""Decisions in a burst: gathered, never forgotten."""

from streams.core import Dispatcher
from tests.support.stream_policy import FixedEstimates
from tests.support.stream_world import World


def breathing() -> World:
    """A world whose core takes ten milliseconds between two decisions."""
    world = World()
    world.core = Dispatcher(
        world.settings, world.policy, FixedEstimates(), world.topics, "v1", breath_s=0.01
    )
    world.start()
    world.pool()
    world.now_s += 1.0
    world.hold(slots=10)
    return world


def test_a_single_request_does_not_wait() -> None:
    """Long after the last decision a request is placed at once."""
    world = breathing()
    world.now_s += 1.0
    world.submit("a")
    assert len(world.placed) == 1


def test_a_burst_is_placed_together() -> None:
    """What comes right after a decision waits for the next, for which the core asks to be woken."""
    world = breathing()
    world.now_s += 1.0
    for name in "abcd":
        world.submit(name)
    assert len(world.placed) == 1
    wake_s = world.core.wake_at_s()
    assert wake_s is not None
    assert wake_s <= world.now_s + 0.011
    world.now_s = wake_s
    world.tick()
    assert len(world.placed) == 4
