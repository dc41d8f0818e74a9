"""Leases hold only while an answer could be heard."""

import pytest

from streams.core.contact import Contact
from tests.support.stream_world import World


def placed_once() -> World:
    """A world in which one request is placed and listed by nobody."""
    world = World().start()
    world.pool()
    world.hold()
    world.submit("a", deadline="")
    assert [place.attempt for place in world.placed] == [1]
    return world


def attempts(world: World) -> list[int]:
    """The numbers of what was placed."""
    return [place.attempt for place in world.placed]


def test_nothing_is_lost_while_time_goes_on_in_steps() -> None:
    """A loop that rests for a second at most was never away."""
    contact = Contact()
    for now_s in range(100):
        contact.observe(float(now_s))
    assert contact.lost_s(99.0) == 0.0


def test_a_pause_of_our_own_is_lost() -> None:
    """A minute between two looks is a minute in which nothing could be read."""
    contact = Contact()
    contact.observe(0.0)
    contact.observe(60.0)
    assert contact.lost_s(60.0) == 60.0


def test_a_broker_that_is_away_costs_its_absence_and_a_moment() -> None:
    """While it is away it is lost time; when it is back, functions still have to tell."""
    contact = Contact()
    contact.heard(0.0)
    for tenths in range(1, 50):
        contact.observe(tenths / 10)
    assert contact.lost_s(0.5) == 0.0
    assert contact.lost_s(4.9) == 4.9
    contact.heard(5.0)
    assert contact.lost_s(5.0) == pytest.approx(6.0)
    contact.read(5.3)
    assert contact.lost_s(5.9) == pytest.approx(6.0)


def test_a_worker_that_nobody_asks_takes_no_silence_for_absence() -> None:
    """Records alone are no sign that is missed: there may be none to read."""
    contact = Contact()
    contact.read(0.0)
    contact.observe(0.9)
    contact.observe(1.8)
    assert contact.lost_s(1.8) == 0.0


def test_a_lease_outlasts_a_pause_of_the_worker() -> None:
    """Woken after ten seconds, it first reads what was answered; then the lease counts on."""
    world = placed_once()
    world.now_s += 10.0
    world.tick()
    assert attempts(world) == [1]
    world.hold()
    world.tick(0.5)
    assert attempts(world) == [1]
    world.live(2)
    assert attempts(world)[:2] == [1, 2]


def test_a_lease_outlasts_a_broker_that_is_away() -> None:
    """Nobody could answer; what runs is not placed again when it is back."""
    world = placed_once()
    world.core.heard(world.now_s)
    world.tick(6.0)
    assert attempts(world) == [1]
    world.core.heard(world.now_s)
    world.hold()
    world.report(world.placed[0])
    assert [found.attempts for found in world.outcomes] == [1]
