"""Which slots are free when."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.schema import Held
from scheduler.types import PoolState
from tests.support.stream_world import World

if TYPE_CHECKING:
    from streams.ports import Place


def believed(world: World) -> dict[str, PoolState]:
    """What the policy would be told now; it is told again."""
    slots = world.core._book.slots
    states = slots.states(world.now_s)
    slots.changed = True
    return {state.name: state for state in states}


def idle(world: World, pool: str = "edge") -> int:
    """How many slots of a pool are believed to be idle."""
    return sum(free_s <= world.now_s for free_s in believed(world)[pool].free_at_s)


@pytest.fixture
def world() -> World:
    """One pool, partition 0 owned, nothing heard yet."""
    world = World()
    world.pool()
    return world.start()


def test_a_listed_request_takes_a_slot_until_it_is_expected_to_end(world: World) -> None:
    """Running ones from when they began, queued ones behind them."""
    running = Held(identity="x", attempt=1, model="m", elapsed_s=0.004)
    queued = Held(identity="y", attempt=1, model="m", elapsed_s=0.001)
    world.hold(slots=2, running=[running])
    assert believed(world)["edge"].free_at_s == pytest.approx((0.0, world.now_s + 0.006))
    world.hold(slots=1, running=[running], queued=[queued])
    assert believed(world)["edge"].free_at_s == pytest.approx((world.now_s + 0.016,))


def test_what_should_have_ended_is_expected_to_need_as_long_again(world: World) -> None:
    """A stuck instance does not look idle, however often it says the same."""
    world.hold(running=[Held(identity="x", attempt=1, model="m", elapsed_s=0.0)])
    world.now_s += 0.05
    assert believed(world)["edge"].free_at_s == pytest.approx((world.now_s + 0.04,), abs=1e-4)
    assert idle(world) == 0


def test_an_own_placement_counts_until_it_is_listed(world: World) -> None:
    """Then the listing alone counts: one placement never takes two slots."""
    world.hold(slots=2)
    world.submit("a")
    assert world.core._book.slots.unlisted() == 1
    assert idle(world) == 1
    world.hold(slots=2, queued=[world.held(world.placed[0])])
    assert world.core._book.slots.unlisted() == 0
    assert idle(world) == 1
    world.hold(slots=2)
    assert idle(world) == 2


def test_an_own_placement_counts_no_longer_than_its_lease(world: World) -> None:
    """A placement that was lost on its way leaks nothing."""
    world.hold(slots=2)
    world.submit("a", deadline="")
    world.live(3)
    assert world.placed[-1].attempt > 1
    leases = [place.decision.lease_expiry_s for place in world.placed]
    live = sum(lease_s > world.now_s for lease_s in leases)
    assert world.core._book.slots.unlisted() == live == 1


def test_an_answered_attempt_that_is_still_listed_does_not_count(world: World) -> None:
    """Feedback may overtake the capacity event."""
    world.hold()
    world.submit("a")
    [place] = world.placed
    world.hold(running=[world.held(place)])
    assert idle(world) == 0
    world.report(place)
    assert idle(world) == 1
    world.hold(running=[world.held(place)])
    assert idle(world) == 1


def test_two_pools_on_one_device_share_its_slots(world: World) -> None:
    """One slot with one name; what one pool runs the other sees."""
    world.pool("night", models=("other",))
    world.hold("edge-1", device="orin")
    world.hold("night-1", pool="night", device="orin")
    states = believed(world)
    assert states["edge"].slots == states["night"].slots == ("orin#0",)
    world.submit("a")
    assert idle(world, "night") == 0
    world.hold("edge-1", device="orin", running=[world.held(world.placed[0])])
    assert idle(world, "night") == 0
    world.report(world.placed[0])
    assert idle(world, "night") == idle(world, "edge") == 1


def test_instances_of_one_pool_on_one_device_add_up(world: World) -> None:
    """Two processes of a pool on one host are two slots."""
    world.hold("edge-1", device="host")
    world.hold("edge-2", device="host")
    assert idle(world) == 2


def test_a_capacity_event_out_of_order_is_ignored(world: World) -> None:
    """An older sequence says nothing about now; a restart counts anew."""
    world.hold(slots=2, sequence=7)
    world.hold(slots=1, sequence=6)
    assert idle(world) == 2
    world.hold(slots=1, sequence=1, state="starting")
    world.hold(slots=1, sequence=2)
    assert idle(world) == 1


def test_draining_and_starting_instances_give_no_slots(world: World) -> None:
    """What they still run ends there."""
    world.hold(state="starting")
    assert believed(world)["edge"].free_at_s == ()
    world.hold()
    assert idle(world) == 1
    world.hold(state="draining")
    assert believed(world)["edge"].free_at_s == ()


def test_a_pool_at_zero_may_be_woken_as_often_as_it_says(world: World) -> None:
    """Each placement that waits for it to wake takes one of its credits."""
    world.pool(wakeable=2, cold_start_s=3.0)
    assert believed(world)["edge"].wakeable == 2
    world.submit("a")
    state = believed(world)["edge"]
    assert (state.wakeable, state.cold_start_s, state.free_at_s) == (1, 3.0, ())
    world.hold()
    assert believed(world)["edge"].wakeable == 0


def test_a_silent_instance_is_dropped(world: World) -> None:
    """Its slots are gone until it is heard again."""
    world.hold()
    world.tick(1.0)
    world.tick(1.0)
    assert idle(world) == 1
    world.tick(1.0)
    world.tick(1.0)
    assert believed(world)["edge"].free_at_s == ()
    world.hold()
    assert idle(world) == 1


def test_our_own_pause_is_nobodys_silence(world: World) -> None:
    """A worker that was stopped for a minute first reads what was said meanwhile."""
    world.hold()
    world.now_s += 60.0
    world.tick()
    assert idle(world) == 1


def test_capacity_older_than_the_silence_means_nothing(world: World) -> None:
    """A log read from its beginning does not bring the dead back."""
    world.hold(append_s=world.now_s - 10)
    assert believed(world)["edge"].free_at_s == ()


def test_the_hop_is_learnt_from_feedback(world: World) -> None:
    """There and back, without queue and service."""
    world.hold()
    world.submit("a")
    world.now_s += 0.03
    world.report(world.placed[0])
    assert believed(world)["edge"].hop_s == pytest.approx(0.02, abs=1e-6)


MOVES = st.lists(
    st.tuples(st.sampled_from(["submit", "list", "report", "hold", "wait"]), st.integers(0, 50)),
    max_size=60,
)


class Moves:
    """Three slots, and placements that are still to be reported."""

    def __init__(self) -> None:
        self.world = World()
        self.world.pool()
        self.world.hold(slots=3)
        self.world.start()
        self.seen = 0
        self.computing: list[Place] = []

    def move(self, name: str, choice: int) -> None:
        """One thing happens."""
        getattr(self, f"_{name}")(choice)
        self.computing += self.world.placed[self.seen :]
        self.seen = len(self.world.placed)

    def settle(self) -> None:
        """All feedback comes, then every instance says that it is idle."""
        while self.computing:
            self.move("report", 0)
            self.move("hold", 0)
        for _ in range(4):
            self.move("wait", 99)
            self.move("hold", 0)

    def _submit(self, choice: int) -> None:
        self.world.submit(f"r{choice}-{self.seen}")

    def _wait(self, choice: int) -> None:
        self.world.tick(choice / 100)

    def _hold(self, choice: int) -> None:
        self.world.hold(slots=3)

    def _list(self, choice: int) -> None:
        listed = self.computing[choice % 4 : choice % 4 + 2]
        self.world.hold(slots=3, running=[self.world.held(place) for place in listed])

    def _report(self, choice: int) -> None:
        if self.computing:
            self.world.report(self.computing.pop(choice % len(self.computing)))


@settings(max_examples=60, deadline=None)
@given(MOVES)
def test_nothing_leaks(moves: list[tuple[str, int]]) -> None:
    """After all feedback and a fresh capacity event every slot is free."""
    run = Moves()
    for name, choice in moves:
        run.move(name, choice)
    run.settle()
    assert run.world.core.in_flight == 0
    assert run.world.core._book.slots.unlisted() == 0
    assert believed(run.world)["edge"].free_at_s == (0.0, 0.0, 0.0)
