"""When a request is to be computed, on the instance's own clock."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.cloudevents import CloudEvent
from functions.rfc3339 import render
from functions.schema import PlacementHeaders
from functions.server.placement import Times, by_hand, placed, placement

HEADERS = {
    "identity": "i", "attempt": "2", "pool": "p", "configuration": "c",
    "leaseexpiry": render(1000.0), "requesttopic": "t", "requestpartition": "3",
    "replytopic": "r", "duetime": render(900.0),
}  # fmt: skip


def _event(time: str = "", **extensions: str) -> CloudEvent:
    return CloudEvent(id="1", source="s", type="t", time=time, extensions=extensions)


def _headers(**changed: str) -> PlacementHeaders:
    found = placement(_event(**(HEADERS | changed)))
    assert found
    return found


def test_reads_placements_and_leaves_others() -> None:
    """Who has no identity was posted by hand."""
    found = _headers()
    assert (found.attempt, found.requestpartition, found.replypartition) == (2, 3, None)
    assert _headers(replypartition="0").replypartition == 0
    assert placement(_event(deadline="x")) is None


@given(st.floats(0, 2000), st.floats(0, 1e6))
def test_broker_times_become_own_times(broker_s: float, now_s: float) -> None:
    """What is so far ahead for the broker is so far ahead here."""
    times = placed(_event(), _headers(), broker_s, now_s)
    assert times.deadline_s - now_s == pytest.approx(900.0 - broker_s, abs=1e-5)
    assert times.useless_after_s - now_s == pytest.approx(1000.0 - broker_s, abs=1e-5)


def test_expiry_before_the_lease_counts() -> None:
    """The producer's clock only says how long after the deadline it expires."""
    event = _event(deadline=render(50.0), expirytime=render(60.0))
    assert placed(event, _headers(), 0.0, 0.0).useless_after_s == pytest.approx(910.0)
    far = _event(deadline=render(50.0), expirytime=render(5000.0))
    assert placed(far, _headers(), 0.0, 0.0).useless_after_s == pytest.approx(1000.0)


def test_without_a_due_time_the_lease_orders() -> None:
    """Something must."""
    assert placed(_event(), _headers(duetime=""), 0.0, 0.0).deadline_s == pytest.approx(1000.0)


def test_by_hand() -> None:
    """Budgets are the sender's own differences; without a time there are none."""
    event = _event(render(10.0), deadline=render(12.0))
    assert by_hand(event, 100.0) == Times(deadline_s=102.0, useless_after_s=math.inf)
    assert by_hand(_event(deadline=render(12.0)), 100.0) == Times()
