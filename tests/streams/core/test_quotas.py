"""What a tenant may ask for at most."""

from typing import Any

import msgspec

from streams.core.quotas import Bucket
from streams.settings import Settings
from streams.tenants import TenantLimits
from tests.support.stream_world import World

TENANTS = ("default", "other")


def world(**limits: Any) -> World:
    """A pool without a free slot, the default tenant limited."""
    settings = Settings(
        tenants=TENANTS, partitions=2, tenant_limits={"default": TenantLimits(**limits)}
    )
    found = World(settings)
    found.pool()
    found.start((0, 1))
    found.hold(slots=0)
    return found


def refused(found: World) -> dict[str, str]:
    """Reasons by request id."""
    return {o.request_id: o.reason for o in found.outcomes if o.kind == "rejected"}


def test_more_than_the_rate_is_rejected_with_an_answer() -> None:
    """A burst passes, then the rate; another tenant is not concerned."""
    found = world(requests_per_s=1.0, burst=2)
    for number in range(4):
        found.submit(f"r-{number}")
        found.submit(f"o-{number}", tenant="other")
    assert refused(found) == {"r-2": "quota", "r-3": "quota"}
    assert "allowed: 1 requests/s, 2 at once" in found.outcomes[0].message
    assert len(found.written(found.topics.tenant("default", "results"))) == 2
    assert found.written(found.topics.tenant("default", "dlq")) == []
    found.now_s += 1.0
    for number in range(4, 6):
        found.submit(f"r-{number}")
    assert sorted(refused(found)) == ["r-2", "r-3", "r-5"]


def test_a_worker_applies_its_share_of_the_rate() -> None:
    """Half of the partitions, half of the rate: all workers together keep to it."""
    found = world(requests_per_s=2.0, burst=1)
    found.core.revoked(1)
    found.submit("r-0")
    found.now_s += 0.6
    found.submit("r-1")
    found.now_s += 0.6
    found.submit("r-2")
    assert sorted(refused(found)) == ["r-1"]


def test_what_was_placed_before_a_takeover_is_not_counted_again() -> None:
    """A request that has its attempt already goes on."""
    found = world(requests_per_s=0.001, burst=1)
    found.hold(slots=1)
    record = found.submit("a")
    assert len(found.placed) == 1
    found.core = found.fresh_core()
    found.own(0)
    found.deliver(found.append(record.topic, 0, record.headers, record.value))
    found.deliver(record)
    assert refused(found) == {}


def test_no_more_may_wait_than_is_allowed() -> None:
    """Beyond it what is doomed of the tenant goes first, then what comes; the other stays."""
    found = world(waiting=3)
    found.submit("o-0", tenant="other", deadline=found.stamp(found.now_s + 0.1))
    found.submit("r-0", deadline=found.stamp(found.now_s + 0.1))
    for number in range(1, 3):
        found.submit(f"r-{number}", deadline=found.stamp(found.now_s + 30))
    found.submit("r-3")
    assert refused(found) == {"r-3": "quota"}
    assert "found 3 requests of tenant default waiting, allowed: 3" in found.outcomes[0].message
    found.now_s += 0.5
    found.submit("r-4", deadline=found.stamp(found.now_s + 30))
    assert refused(found) == {"r-3": "quota", "r-0": "quota"}


def test_bytes_are_limited_as_requests_are() -> None:
    """A few large ones are too many."""
    found = world(waiting_bytes=10_000)
    for number in range(3):
        found.submit(f"r-{number}", value=b"x" * 6000)
    assert refused(found) == {"r-2": "quota"}


def test_tokens_come_with_the_time_of_the_records() -> None:
    """Also if they are read late and not in order; never more than may come at once."""
    bucket = Bucket(2.0)
    assert [bucket.take(1.0, at_s) for at_s in (10.0, 10.0, 10.0)] == [True, True, False]
    assert [bucket.take(1.0, at_s) for at_s in (11.0, 10.5, 20.0)] == [True, False, True]
    assert [bucket.take(1.0, 20.0) for _ in range(2)] == [True, False]


def test_limits_have_sensible_defaults() -> None:
    """A second's worth at once, at least one request; without a rate nothing is counted."""
    assert TenantLimits(requests_per_s=50.0).most_at_once == 50.0
    assert TenantLimits(requests_per_s=0.1).most_at_once == 1.0
    assert TenantLimits(requests_per_s=5.0, burst=7).most_at_once == 7
    assert msgspec.json.decode(b"{}", type=TenantLimits) == TenantLimits()
