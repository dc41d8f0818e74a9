"""Too much waits: what is doomed gives way, what can be met never does."""

import msgspec

from tests.support.stream_world import SETTINGS, World

LIMITED = msgspec.structs.replace(SETTINGS, queue_limit=10)


def world(**fields: int) -> World:
    """A pool without a free slot, so that everything waits."""
    found = World(msgspec.structs.replace(LIMITED, **fields))
    found.pool()
    found.start()
    found.hold(slots=0)
    return found


def rejected(found: World) -> dict[str, str]:
    """Reasons by request id."""
    return {o.request_id: o.reason for o in found.outcomes if o.kind == "rejected"}


def doomed(found: World, name: str, priority: str = "0") -> None:
    """A request whose deadline is over already, in use for another while."""
    now_s = found.now_s
    found.submit(
        name, deadline=found.stamp(now_s), expirytime=found.stamp(now_s + 50), priority=priority
    )


def test_feasible_get_through_a_queue_full_of_doomed() -> None:
    """Each time the queue is full, doomed ones make room; whoever can be met is taken."""
    found = world()
    for number in range(10):
        doomed(found, f"old-{number}")
    found.tick(0.2)
    for number in range(8):
        found.submit(f"new-{number}")
        found.tick(0.2 if number == 0 else 0.0)
    assert set(rejected(found).values()) == {"overload"}
    assert all(name.startswith("old") for name in rejected(found))
    assert found.core.waiting <= 10


def test_a_queue_full_of_feasible_rejects_nothing() -> None:
    """They wait, and the driver pauses; once one is doomed it makes room though nothing arrives."""
    found = world()
    for number in range(11):
        found.submit(f"r-{number}", deadline=found.stamp(found.now_s + 5 + number))
    assert (rejected(found), found.core.waiting) == ({}, 11)
    found.now_s += 6.5
    wake_s = found.core.wake_at_s()
    assert wake_s is not None
    assert wake_s <= found.now_s, "it looks again by itself"
    found.tick()
    assert rejected(found) == {"r-0": "overload", "r-1": "overload"}
    found.now_s += 1.0
    found.tick()
    assert found.core.waiting == 9, "below it partitions go on, and no more need give way"


def test_low_priority_gives_way_first() -> None:
    """Of the doomed those of low priority go; as many as are needed for some room."""
    found = world()
    for number in range(11):
        priority = "-1" if number % 2 else "5"
        doomed(found, f"r-{number}", priority=priority)
    found.tick(0.2)
    assert set(rejected(found)) == {"r-1", "r-3", "r-5"}


def test_bytes_are_bounded_as_requests_are() -> None:
    """A few large requests fill the queue as many small ones do."""
    found = world(queue_bytes_limit=1024 * 1024, queue_limit=1000, max_request_bytes=1024 * 1024)
    for number in range(12):
        now_s = found.now_s
        found.submit(
            f"r-{number}", value=b"x" * 100_000, deadline=found.stamp(now_s),
            expirytime=found.stamp(now_s + 50),
        )  # fmt: skip
    found.tick(0.2)
    assert found.core.waiting == 9, "no more than eight tenths were left, then one came"
    assert set(rejected(found).values()) == {"overload"}


def test_what_no_pool_serves_gives_way_after_the_doomed() -> None:
    """Requests whose pool is gone do not hold up those of another."""
    found = world()
    found.pool("other", models=("gone",))
    found.hold("other-1", pool="other", slots=8)
    for number in range(8):
        found.submit(f"gone-{number}", subject="gone")
    found.do(found.core.removed("other", found.now_s))
    for place in list(found.placed):
        found.report(place, verdict="failed", permanent=False)
    for number in range(4):
        found.submit(f"new-{number}")
    assert set(rejected(found)) == {"gone-0", "gone-1", "gone-2"}
    assert found.core.waiting <= 10


def test_before_the_pools_are_known_nothing_is_shed() -> None:
    """A worker that has just begun does not take all models for unserved."""
    found = World(LIMITED)
    found.own(0)
    for number in range(15):
        found.submit(f"r-{number}")
    assert rejected(found) == {}


def test_retries_count_as_waiting() -> None:
    """What waits for its next attempt takes memory as everything that waits."""
    found = World(LIMITED)
    found.pool()
    found.start()
    found.hold(slots=1)
    found.submit("a", deadline=found.stamp(found.now_s + 30))
    found.report(found.placed[0], verdict="failed", permanent=False, retry_after_s=5.0)
    assert found.core.waiting == 1
    assert found.core.waiting_of == {"default": 1}


def test_repeats_of_an_open_request_keep_no_bytes() -> None:
    """The first alone must be told again: a thousand repeats take next to nothing."""
    found = world()
    records = [found.submit("a", key=b"a") for _ in range(3)]
    topic = records[0].topic
    assert found.let_go == {(topic, 0, 1), (topic, 0, 2)}


def test_what_is_done_behind_a_gap_keeps_no_bytes() -> None:
    """A request that is open for long holds up acknowledging, but not memory."""
    found = World(SETTINGS)
    found.pool()
    found.start()
    found.hold(slots=4)
    for name in ("long", "short"):
        found.submit(name, deadline=found.stamp(found.now_s + 30))
    long, short = found.placed
    record = found.report(short)
    assert found.acked() == -1
    assert found.let_go == {(found.topics.tenant("default", "requests"), 0, 1)}
    assert found.acked("latency") == record.offset
    found.report(long)
    assert found.acked() == 1
