"""Slots that a model needs: the work due by each moment must fit into what slots can do."""

import pytest

from k8s.prewarm.slots import FULLEST, backlog, expected
from tests.support.cluster_objects import model


def test_what_waits_is_spread_over_its_slack() -> None:
    """Ten requests of 0.2 s that are due in 2 s need one slot."""
    assert backlog(model(waiting=10, due_s=2.0), 0.2, 0.0) == pytest.approx(1.0)


def test_less_slack_needs_more_slots() -> None:
    """The same work due in half the time needs twice the slots."""
    slots = [backlog(model(waiting=10, due_s=due_s), 0.1, 0.0) for due_s in (2.0, 1.0)]
    assert slots[1] == pytest.approx(2 * slots[0])


def test_a_cold_start_takes_its_time_from_the_slack() -> None:
    """Slots that are there in 2 s have one of three seconds left."""
    assert backlog(model(waiting=10, due_s=3.0), 0.2, 2.0) == pytest.approx(2.0)


def test_what_is_due_before_a_slot_is_there_asks_for_nothing() -> None:
    """What a cold pool cannot save does not warm it."""
    assert backlog(model(waiting=100, due_s=1.0), 0.2, 2.0) == 0.0


def test_a_steady_rate_needs_its_load_and_a_reserve() -> None:
    """Ten a second of 0.3 s are three slots, and what chance needs."""
    assert expected(model(rate=10.0), 0.3, 3.0) == pytest.approx(3.0 / FULLEST, rel=0.05)


def test_a_burst_that_is_far_away_asks_for_nothing_yet() -> None:
    """What comes after the pool could be ready twice over is not prepared for."""
    assert expected(model(rate=50.0, from_s=21.0, until_s=25.0), 0.2, 3.0) == 0.0


def test_a_burst_that_is_near_is_prepared_for() -> None:
    """What begins within the cold start is prepared for at its full rate where slack is short."""
    found = expected(model(rate=50.0, from_s=2.0, until_s=8.0, budget_s=0.3), 0.2, 3.0)
    assert found == pytest.approx(50 * 0.2 / FULLEST, rel=0.1)


def test_slack_makes_a_short_burst_smaller() -> None:
    """A burst of 1 s whose requests may wait 4 s needs far less than its rate."""
    patient = expected(model(rate=50.0, from_s=1.0, until_s=2.0, budget_s=4.2), 0.2, 3.0)
    assert patient == pytest.approx(50 * 0.2 / 5 / FULLEST, rel=0.1)


def test_nothing_needs_nothing() -> None:
    """No demand, no slots."""
    assert backlog(model(), 0.2, 0.0) + expected(model(), 0.2, 3.0) == 0.0
