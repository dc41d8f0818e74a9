"""What a policy is told of the slots."""

import pytest

from scheduler.simulator.belief import TICK_S, Belief
from scheduler.simulator.engine import simulate
from scheduler.simulator.layout import layout
from scheduler.types import Candidate, Placement
from tests.support.scenarios import asked, one, scenario
from tests.support.straight import Straight

WORLD = scenario({"a": {"edge": 1.0}, "b": {"edge": 1.0}}, one("edge", 2, cold_start_s=2.0))


def placement(model: str = "a", start_s: float = 0.0, service_s: float = 1.0) -> Placement:
    """A placement that expects this."""
    return Placement(
        key="0",
        model=model,
        pool="edge",
        configuration="",
        attempt=1,
        expected_start_s=start_s,
        expected_end_s=start_s + service_s,
        latest_end_s=9.0,
        candidates=(),
        reason="",
    )


@pytest.fixture
def belief() -> Belief:
    """Of two idle slots."""
    return Belief(WORLD, layout(WORLD))


def free(belief: Belief, now_s: float) -> tuple[float, ...]:
    """What is told of the slots."""
    return belief.states(now_s)[0].free_at_s


def test_idle(belief: Belief) -> None:
    """Idle slots are free at 0, and named in file order; a warm pool has nothing to wake."""
    (pool,) = belief.states(5.0)
    assert (pool.free_at_s, pool.slots, pool.wakeable) == ((0.0, 0.0), ("edge#0", "edge#1"), 0)
    assert (pool.models, pool.cold_start_s) == (frozenset({"a", "b"}), 2.0)


def test_placements_follow_each_other(belief: Belief) -> None:
    """Each runs from when it reaches the slot or the one before should have ended."""
    belief.placed(0, placement(), 1, 3.0, 0.0)
    belief.placed(0, placement(start_s=9.0), 2, 3.5, 0.0)
    assert free(belief, 0.0) == (5.0, 0.0)
    assert belief.soonest(0) == 1


def test_what_starts_together_is_a_batch(belief: Belief) -> None:
    """Of one model and meant to start at once: the slot is free when the longest is done."""
    belief.placed(0, placement(start_s=1.0), 1, 1.0, 0.0)
    belief.placed(0, placement(start_s=1.0, service_s=1.5), 2, 1.0, 0.0)
    assert free(belief, 0.0) == (2.5, 0.0)
    belief.placed(0, placement("b", start_s=1.0), 3, 1.0, 0.0)
    assert free(belief, 0.0) == (3.5, 0.0)


def test_the_estimate_is_that_of_the_chosen_candidate(belief: Belief) -> None:
    """Its service where it is listed, else what lies between start and answer without the hop."""
    belief.placed(0, placement(service_s=1.25), 1, 0.0, 0.25)
    chosen = Candidate(
        pool="edge",
        architecture="edge",
        configuration="",
        latency_s=1.0,
        slack_s=0.0,
        service_s=0.75,
    )
    listed = placement()
    values = {name: getattr(listed, name) for name in listed.__struct_fields__}
    belief.placed(1, Placement(**values | {"candidates": (chosen,)}), 2, 0.0, 0.25)
    assert free(belief, 0.0) == (1.0, 0.75)


def test_ends_put_it_right(belief: Belief) -> None:
    """An early end frees the slot, the rest follows from there."""
    belief.placed(0, placement(), 1, 0.0, 0.0)
    belief.placed(0, placement(start_s=1.0), 2, 0.0, 0.0)
    belief.ended(0, 1, 0.5)
    assert belief.outdated(0.5)
    assert free(belief, 0.5) == (1.5, 0.0)
    assert not belief.outdated(0.5)


def test_what_is_overdue_is_expected_to_last(belief: Belief) -> None:
    """A run that should have ended t seconds ago needs t more, and that changes by itself."""
    belief.placed(0, placement(), 1, 0.0, 0.0)
    belief.placed(0, placement(start_s=1.0), 2, 0.0, 0.0)
    belief.states(0.0)
    assert not belief.outdated(0.9)
    assert belief.outdated(1.5)
    assert free(belief, 1.5)[0] == pytest.approx(3.0 + TICK_S)
    assert free(belief, 1.75)[0] == pytest.approx(3.5 + TICK_S)


def test_the_policy_is_not_told_what_it_knows() -> None:
    """Its own placements are no news; ends are, at the next question."""
    policy = Straight("edge")
    simulate(WORLD, asked([(t, "a", 9.0) for t in (0.0, 0.25, 0.5, 3.0)]), policy)
    assert [now_s for now_s, _ in policy.told] == [0.0, 3.0]
