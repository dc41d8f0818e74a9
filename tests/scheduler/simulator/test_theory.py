"""The simulator against queueing theory, and what must hold of any run."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.simulator import workload
from scheduler.simulator.engine import simulate
from scheduler.simulator.generate import generate
from scheduler.simulator.run import Run
from scheduler.simulator.types import EstimateError, Generated, Scenario
from tests.support.scenarios import one, play, scenario
from tests.support.straight import Straight

POLICIES = ["round-robin", "least-loaded", "edf", "slo-mael:doomed=last", "kairos"]


@pytest.mark.parametrize(("kind", "expected_s"), [("M/M/1", 1.0), ("M/D/1", 0.5)])
def test_mean_waiting(kind: str, expected_s: float) -> None:
    """At half load a request waits rho / (mu - lambda) in M/M/1, half of it in M/D/1."""
    draws, count = np.random.default_rng(5), 20_000
    arrival = np.cumsum(draws.exponential(2.0, count))
    work = draws.exponential(1.0, count) if kind == "M/M/1" else np.ones(count)
    load = workload.of(["a"], arrival, [0] * count, np.full(count, 100.0), work=work)
    run = simulate(scenario({"a": {"edge": 1.0}}, one("edge")), load, Straight("edge"))
    assert np.mean(run.start_s - arrival) == pytest.approx(expected_s, rel=0.1)


@st.composite
def worlds(draw: st.DrawFn) -> Scenario:
    """Small worlds of every kind that lose nothing."""
    seconds = st.floats(0.01, 1.0)
    pools = [
        one(name, draw(st.integers(1, 3)), start=draw(st.sampled_from(["warm", "cold"])))
        for name in ("edge", "gpu")
    ]
    profiles: dict[str, dict[str, float | dict[int, float]]] = {
        model: {"edge": draw(seconds), "gpu": {1: draw(seconds), 3: draw(seconds)}}
        for model in ("a", "b")
    }
    asked = Generated(
        count=draw(st.integers(1, 60)),
        load=draw(st.floats(0.3, 1.5)),
        seed=draw(st.integers(0, 99)),
        process=draw(st.sampled_from(["poisson", "gamma", "mmpp"])),
        work_cv=draw(st.sampled_from([0.0, 0.5])),
    )
    return scenario(
        profiles,
        *pools,
        requests=asked,
        hop_s=draw(st.sampled_from([0.0, 0.02])),
        estimate_error=EstimateError(per_profile=0.2, per_request=0.2),
    )


@settings(max_examples=40, deadline=None)
@given(worlds(), st.sampled_from(POLICIES))
def test_every_request_ends_once(world: Scenario, policy: str) -> None:
    """All end, after they arrived; on a slot no two batches are computed at a time."""
    requests = generate(world)
    run = play(world, requests, policy)
    assert np.isfinite(run.end_s).all()
    assert (run.attempts == 1).all()
    assert (run.start_s >= requests.arrival_s + world.hop_s - 1e-12).all()
    for batches in _by_slot(run, world.hop_s).values():
        for (_, end_s, _), (start_s, _, _) in pairwise(batches):
            assert start_s >= end_s - 1e-9
    sizes = [size for batches in _by_slot(run, world.hop_s).values() for _, _, size in batches]
    assert sum(sizes) == requests.work.size


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4), st.sampled_from(["edf", "least-loaded"]))
def test_work_is_conserved(seed: int, instances: int, policy: str) -> None:
    """Of one model on equal machines nothing waits while an instance idles."""
    drawn = Generated(count=80, load=1.0, seed=seed, qos=1000.0)
    world = scenario({"a": {"edge": 1.0}}, one("edge", instances), requests=drawn)
    requests = generate(world)
    run = play(world, requests, policy)
    begins, ends = np.sort(run.start_s), np.sort(run.end_s)
    for arrival_s, start_s in zip(requests.arrival_s, run.start_s, strict=True):
        moments = ends[(ends > arrival_s) & (ends < start_s - 1e-5)]
        for at_s in [arrival_s, *moments] if start_s > arrival_s + 1e-5 else []:
            later_s = at_s + 1e-5
            assert (begins <= later_s).sum() - (ends <= later_s).sum() == instances


@pytest.mark.parametrize("policy", POLICIES)
def test_the_seed_decides(policy: str) -> None:
    """The same scenario and seed give the same run, another seed another truth."""
    drawn = Generated(count=200, load=0.9, work_cv=0.3)
    world = scenario(
        {"a": {"edge": 0.02}, "b": {"edge": 0.05}},
        one("edge", 3),
        requests=drawn,
        estimate_error=EstimateError(per_profile=0.3, per_request=0.3),
    )
    requests = generate(world)
    first, same, other = (play(world, requests, policy, seed) for seed in (1, 1, 2))
    assert np.array_equal(first.end_s, same.end_s)
    assert not np.array_equal(first.end_s, other.end_s)


def _by_slot(run: Run, hop_s: float) -> dict[int, list[tuple[float, float, int]]]:
    """Start, end and size of every batch, in order, by slot."""
    found: dict[int, set[tuple[float, float, int]]] = {}
    columns = (run.slot, run.start_s, run.end_s, run.batch)
    for slot, start_s, end_s, size in zip(*(c.tolist() for c in columns), strict=True):
        found.setdefault(slot, set()).add((start_s, end_s - hop_s, size))
    return {slot: sorted(batches) for slot, batches in found.items()}
