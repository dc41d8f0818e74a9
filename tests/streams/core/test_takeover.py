"""Partitions come and go."""

import msgspec
import pytest

from functions.rfc3339 import render
from streams.ports import Conclude, History, Place
from streams.settings import Settings
from tests.support.stream_world import World


@pytest.fixture
def world() -> World:
    """One pool with two slots; nothing is owned."""
    world = World()
    world.pool()
    world.hold(slots=2)
    world.do(world.core.pools_ready(world.now_s))
    return world


def restart(world: World, partition: int = 0) -> None:
    """Another worker takes over; Kafka delivers from the acknowledged offsets again."""
    world.core = world.fresh_core()
    world.uncommitted.clear()
    for waiting in list(getattr(world.policy, "waiting", {})):
        world.policy.withdrawn(waiting, world.now_s)
    world.do(world.core.pools_ready(world.now_s))
    world.pool()
    world.hold(slots=2)
    world.own(partition)


def redeliver(world: World, partition: int = 0) -> None:
    """Everything that was not acknowledged, requests and feedback."""
    for (topic, number), log in list(world.log.items()):
        if number == partition:
            start = world.acknowledged.get((topic, number), -1) + 1
            for record in log[start:]:
                world.deliver(record)


def test_records_of_partitions_that_are_not_owned_have_no_effects(world: World) -> None:
    """Neither requests nor feedback."""
    world.submit("a")
    assert (world.placed, world.outcomes, world.core.in_flight) == ([], [], 0)


def test_requests_are_held_until_the_history_is_known(world: World) -> None:
    """Only then is anything placed."""
    world.core.assigned(0, world.now_s)
    world.submit("a")
    assert world.placed == []
    world.do(world.core.restored(0, History(), world.now_s))
    assert [place.decision.request_id for place in world.placed] == ["a"]


def test_a_concluded_request_is_acknowledged_when_it_is_redelivered(world: World) -> None:
    """Its outcome was committed, its acknowledgement lost."""
    world.own(0)
    world.submit("a")
    world.report(world.placed[0])
    world.acknowledged.clear()
    restart(world)
    redeliver(world)
    assert (len(world.outcomes), len(world.placed)) == (1, 1)
    assert (world.acked(), world.acked("latency")) == (0, 0)


def test_what_runs_is_not_run_again(world: World) -> None:
    """The decision restores the lease; the answer concludes with its prediction."""
    world.own(0)
    world.submit("a")
    restart(world)
    redeliver(world)
    assert len(world.placed) == 1
    assert world.core._book.slots.unlisted() == 1
    world.report(world.placed[0])
    [outcome] = world.outcomes
    assert (outcome.kind, outcome.attempt) == ("met", 1)
    assert outcome.predicted_s == pytest.approx(0.01, abs=1e-5)


def test_when_a_restored_lease_is_over_it_is_placed_again(world: World) -> None:
    """With the next attempt number, whether the lease ended before or after the takeover."""
    world.own(0)
    world.submit("a")
    restart(world)
    redeliver(world)
    world.tick(1.1)
    world.hold(slots=2)
    assert [place.attempt for place in world.placed] == [1, 2]
    world.now_s += 1.5
    restart(world)
    redeliver(world)
    assert [place.attempt for place in world.placed] == [1, 2], "its answer may be read next"
    world.live(2)
    assert [place.attempt for place in world.placed] == [1, 2, 3]


def test_feedback_that_comes_before_its_request_is_not_lost(world: World) -> None:
    """After a takeover the two topics are read at different paces."""
    world.own(0)
    record = world.submit("a")
    world.now_s += 2
    world.core = world.fresh_core()
    world.policy.capacity((), world.now_s)
    world.pool()
    world.hold(slots=2)
    world.own(0)
    world.report(world.placed[0])
    assert (world.outcomes, world.acked("latency")) == ([], -1)
    world.deliver(record)
    assert [found.kind for found in world.outcomes] == ["late"]
    assert (world.acked(), world.acked("latency")) == (0, 0)
    assert len(world.placed) == 1


def test_feedback_nobody_asks_for_is_given_up_after_the_horizon(world: World) -> None:
    """It stops holding back the acknowledgement of its partition."""
    world.own(0)
    world.submit("a")
    place = msgspec.structs.replace(world.placed[0], identity="someone/else/x/0/0")
    world.report(place)
    assert world.acked("latency") == -1
    world.tick(world.settings.dedupe_horizon_s - 1)
    assert world.acked("latency") == -1
    world.tick(2)
    assert world.acked("latency") == 0


def test_early_feedback_is_bounded() -> None:
    """The oldest is given up first, so that a flood of strangers fills no memory."""
    world = World(Settings(queue_limit=2))
    world.pool()
    world.hold()
    world.start().submit("a")
    for index in range(4):
        stranger = msgspec.structs.replace(world.placed[0], identity=f"t/s/{index}/0/0")
        world.report(stranger)
    assert world.acked("latency") == 1


def test_revoked_drops_everything(world: World) -> None:
    """Nothing more comes of it: no answer, no lease, no commit, no slot."""
    world.own(0)
    world.commits = False
    for name in "abcd":
        world.submit(name, deadline=render(world.now_s + 1))
    world.report(world.placed[0])
    stale = world.uncommitted[:]
    seen = len(world.placed)
    world.core.revoked(0)
    assert world.core.in_flight == world.core.waiting == 0
    assert world.core._book.slots.unlisted() == 0
    world.report(world.placed[1])
    world.do(world.core.committed(stale, world.now_s))
    world.tick(100)
    world.hold(slots=2)
    assert (len(world.placed), world.outcomes, world.acknowledged) == (seen, [], {})


def test_other_partitions_go_on(world: World) -> None:
    """A takeover of one partition stops no other."""
    world.own(0)
    world.core.assigned(1, world.now_s)
    world.submit("held", partition=1)
    world.submit("a")
    assert [place.decision.request_id for place in world.placed] == ["a"]


def test_a_partition_that_is_assigned_anew_starts_anew(world: World) -> None:
    """Kept partitions replay after a rebalance."""
    world.own(0)
    world.submit("a")
    world.own(0)
    redeliver(world)
    assert len(world.placed) == 1
    world.report(world.placed[0])
    assert [found.kind for found in world.outcomes] == ["met"]


def test_a_commit_of_a_life_that_began_again_ends_it(world: World) -> None:
    """The ledger is the truth: nothing is concluded twice."""
    world.own(0)
    world.commits = False
    world.submit("a")
    world.report(world.placed[0])
    [conclude] = world.uncommitted
    world.own(0)
    redeliver(world)
    assert isinstance(conclude, Conclude)
    world.uncommitted = [conclude]
    world.commit()
    world.uncommitted.clear()
    assert world.core.in_flight == 0
    assert world.acked() == 0


def test_a_restored_placement_is_a_value_of_the_history(world: World) -> None:
    """Decisions of concluded requests restore nothing."""
    world.own(0)
    world.submit("a")
    [place] = world.placed
    assert isinstance(place, Place)
    world.report(place)
    restart(world)
    assert world.core._book.parts[0].decisions == {}


def test_nothing_is_placed_again_before_what_was_reported_is_read(world: World) -> None:
    """At a takeover the answers that the topic holds are read first, however long that takes."""
    world.own(0)
    world.submit("a")
    world.core.revoked(0)
    world.report(world.placed[0])
    [report] = world.log[world.topics.system("latency"), 0]
    world.now_s += 5.0
    world.core = world.fresh_core()
    world.pool()
    world.hold(slots=2)
    world.core.assigned(0, world.now_s)
    history = msgspec.structs.replace(world.history(0), reported=1)
    world.do(world.core.restored(0, history, world.now_s))
    world.deliver(world.log[world.topics.tenant("default", "requests"), 0][0])
    world.live(5)
    assert len(world.placed) == 1
    world.deliver(report)
    assert [found.attempts for found in world.outcomes] == [1]


def test_feedback_that_never_comes_holds_up_no_lease_for_ever(world: World) -> None:
    """After ten seconds in which nothing was read, the lease counts."""
    world.own(0)
    world.submit("a")
    restart(world)
    history = msgspec.structs.replace(world.history(0), reported=1)
    world.core.assigned(0, world.now_s)
    world.do(world.core.restored(0, history, world.now_s))
    redeliver(world)
    world.live(9)
    assert len(world.placed) == 1
    world.live(4)
    assert [place.attempt for place in world.placed][:2] == [1, 2]
