"""Being behind: what is not answered because it was not read yet is not placed again."""

from streams.core.lag import Lag
from tests.support.stream_world import World


def test_is_as_old_as_the_latest_record_read() -> None:
    """A record read three seconds after its append tells of three seconds; a fresh one of none."""
    lag = Lag()
    lag.read(100.0, 103.0)
    assert lag.at(103.0) == 3.0
    lag.read(103.5, 103.5)
    assert lag.at(103.5) == 0.0


def test_ends_when_nothing_is_read() -> None:
    """Nothing read for a second means that there is nothing left to be read."""
    lag = Lag()
    lag.read(100.0, 103.0)
    assert lag.at(103.9) == 3.0
    assert lag.at(104.1) == 0.0


def test_is_bounded_for_old_requests() -> None:
    """A request that is redelivered hours later tells of ten seconds at most."""
    lag = Lag()
    lag.read(0.0, 7200.0)
    assert lag.at(7200.0) == 10.0


def test_lease_waits_for_what_was_not_read_yet() -> None:
    """A lease that is over while reading is behind is not placed again until it is caught up."""
    world = World().start()
    world.pool()
    world.hold()
    world.submit("a", deadline="")
    assert [place.attempt for place in world.placed] == [1]
    lease_s = world.placed[0].decision.lease_expiry_s
    old = world.append(world.topics.tenant("default", "requests"), 0, (), b"")
    world.now_s = lease_s + 0.5
    world.deliver(old)
    world.hold()
    world.tick()
    assert [place.attempt for place in world.placed] == [1]
    world.live(2)
    assert [place.attempt for place in world.placed][:2] == [1, 2]


def test_what_a_live_instance_has_is_not_placed_elsewhere_at_once() -> None:
    """Its lease is over, and it is waited for as long as an instance may be silent."""
    world = World().start()
    world.pool()
    world.hold("edge-1")
    world.submit("a", deadline="")
    world.hold("edge-2")
    for elapsed in range(4):
        world.tick(1.0)
        world.hold("edge-1", running=[world.held(world.placed[0], elapsed)])
        world.hold("edge-2")
    assert [place.attempt for place in world.placed] == [1]
    for elapsed in range(4, 6):
        world.tick(1.0)
        world.hold("edge-1", running=[world.held(world.placed[0], elapsed)])
        world.hold("edge-2")
    assert [place.attempt for place in world.placed] == [1, 2]


def test_what_an_instance_no_longer_has_is_placed_again() -> None:
    """It listed the attempt once, and lists it no more: nobody will answer."""
    world = World().start()
    world.pool()
    world.hold()
    world.submit("a", deadline="")
    world.hold(running=[world.held(world.placed[0])])
    world.hold()
    world.live(2)
    assert [place.attempt for place in world.placed][:2] == [1, 2]


def test_unread_feedback_of_its_partition_may_hold_the_answer() -> None:
    """As long as the consumer knows of feedback that was not handed out yet, no lease is over."""
    ends = {0: 0}
    world = World(reported=lambda number: ends[number]).start()
    world.pool()
    world.hold()
    world.submit("a", deadline="")
    ends[0] = 1
    world.live(5)
    assert [place.attempt for place in world.placed] == [1]
    world.report(world.placed[0])
    assert [found.attempts for found in world.outcomes] == [1]
