"""Payloads take time on the way to a pool: every policy counts it, none is told otherwise."""

from collections.abc import Sequence

import numpy as np
import pytest
from msgspec import structs

from scheduler.policy import Policy
from scheduler.registry import build, names, parse
from scheduler.simulator.engine import simulate
from scheduler.simulator.estimation import estimator as of_scenario
from scheduler.simulator.generate import generate
from scheduler.simulator.types import Generated, Scenario, Sizes
from scheduler.types import Placement, PoolState
from tests.support.decisions import estimator, pool, request
from tests.support.scenarios import one, play, scenario

SECONDS = {("net", "gpu"): 0.05, ("net", "board"): 0.2}
FAR = pool("gpu", "net", hop_s=0.004, bandwidth=1e6)
NEAR = pool("board", "net", hop_s=0.004, bandwidth=1e8)
BLIND = {"round-robin", "best-static", "least-loaded"}
"""Those that do not look at what a request itself takes."""
SEEING = [*sorted(set(names()) - BLIND), "mael:window=3", "slo-mael:window=2,doomed=last"]


def made(form: str) -> Policy:
    """A policy that knows the profiles."""
    name, parameters = parse(form)
    return build(name, estimator(SECONDS), parameters)


def placed(form: str, size: int, pools: Sequence[PoolState] = (FAR, NEAR)) -> Placement:
    """Where the only request goes, due in half a second."""
    tested = made(form)
    tested.capacity(pools, 0.0)
    tested.arrived(request("one", "net", 0.5, size=size), 0.0)
    (placement,) = tested.decide(0.0)
    return placement


@pytest.mark.parametrize("form", SEEING)
def test_a_big_request_goes_where_the_link_is_fast(form: str) -> None:
    """4 MB take 4 s to the fast machine and 0.04 s to the slow one."""
    assert placed(form, 4_000_000).pool == "board"


@pytest.mark.parametrize("form", [*names(), "kairos:doomed=last"])
def test_the_estimate_contains_the_payload(form: str) -> None:
    """Start, end and lease of a placement are later by what the payload takes."""
    light, heavy = (placed(form, size, [FAR]) for size in (0, 200_000))
    assert heavy.expected_start_s == pytest.approx(light.expected_start_s + 0.2)
    assert heavy.expected_end_s == pytest.approx(light.expected_end_s + 0.2)
    assert heavy.latest_end_s == pytest.approx(light.latest_end_s + 0.2)
    assert heavy.candidates[0].latency_s == pytest.approx(light.candidates[0].latency_s + 0.2)


@pytest.mark.parametrize("form", names())
def test_a_placement_leaves_so_early_that_its_payload_hides_behind_the_run_before(
    form: str,
) -> None:
    """It leaves 0.1 s before its slot is free, not sooner, and asks to be woken then."""
    tested = made(form)
    tested.capacity([pool("gpu", "net", free=(1.0,), bandwidth=1e6)], 0.0)
    tested.arrived(request("one", "net", 9.0, size=100_000), 0.0)
    assert list(tested.decide(0.0)) == []
    wake_s = tested.wake_at_s()
    assert wake_s is not None
    assert wake_s == pytest.approx(0.9, abs=0.003)
    (placement,) = tested.decide(0.9 + 1e-9)
    assert placement.expected_start_s == pytest.approx(1.0)


def test_what_cannot_be_there_in_time_is_late_from_the_start() -> None:
    """A deadline after the service but before the end of the transfer cannot be met."""
    for form in ("edf", "synergai", "least-slack:doomed=last", "slo-mael:doomed=last"):
        assert placed(form, 4_000_000, [FAR]).candidates[0].slack_s < 0
    for form in ("synergai", "least-slack", "slo-mael"):
        tested = made(form)
        tested.capacity([FAR], 0.0)
        tested.arrived(request("one", "net", 0.5, size=4_000_000), 0.0)
        assert list(tested.doomed(0.0)) == ["one"]


def far_and_near() -> Scenario:
    """Fast machines behind slow links, slow ones here; half of the payloads are large."""
    return scenario(
        {"net": {"gpu": 0.02, "board": 0.1}},
        one("gpu", 2, bandwidth_bytes_per_s=1e6),
        one("board", 4, bandwidth_bytes_per_s=1e8),
        requests=Generated(
            count=400, load=0.5, qos=(4.0, 8.0), size_bytes=Sizes(mean=100_000, cv=1.5)
        ),
    )


@pytest.mark.parametrize("form", [*names(), "slo-mael:doomed=last", "kairos:doomed=last"])
def test_all_are_answered(form: str) -> None:
    """With payloads of all sizes nothing is forgotten."""
    world = far_and_near()
    run = play(world, generate(world), form)
    assert np.isfinite(run.end_s).all()


def test_knowing_the_links_pays() -> None:
    """Told of the links our policy is late with less than half of what it is late with untold."""
    world = far_and_near()
    load = generate(world)
    known = build("synergai", of_scenario(world), {"tune": "off"})
    untold = Untold(build("synergai", of_scenario(world), {"tune": "off"}))
    late = [
        int((simulate(world, load, policy).end_s > load.deadline_s).sum())
        for policy in (known, untold)
    ]
    assert late[0] < late[1] / 2


class Untold:
    """A policy that hears of no bandwidth."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.name = policy.name
        self.arrived, self.withdrawn = policy.arrived, policy.withdrawn
        self.completed, self.decide = policy.completed, policy.decide
        self.wake_at_s, self.doomed = policy.wake_at_s, policy.doomed

    def capacity(self, pools: Sequence[PoolState], now_s: float) -> None:
        """The same pools without their links."""
        plain = [structs.replace(one, per_byte_s=0.0) for one in pools]
        self._policy.capacity(plain, now_s)
