"""One tenant floods: the other is served nearly as if it were alone."""

from functools import cache
from typing import Final

import pytest

from scheduler.simulator.scenario import parse
from streams.core.fairness import BELOW, Fading, Fairness
from streams.requests import PRIORITIES
from tests.support.rivals import CALM, FLOOD, Rivals, workload

POINTS: Final = 0.04
MACHINES: Final = """
name: rivals
profiles:
  music: {{jetson: 0.140, xeon: 0.085, gpu: 0.068}}
  speech: {{jetson: 0.095, xeon: 0.038, gpu: 0.028}}
  bytes: {{jetson: 0.012, xeon: 0.010, gpu: 0.007}}
pools:
  - {{name: gpu, architecture: gpu}}
  - {{name: xeon, architecture: xeon, instances: 2}}
  - {{name: jetson, architecture: jetson, instances: 2}}
hop_s: 0.004
requests: {{count: {count}, load: {load}, mix: {{music: 1, speech: 4, bytes: 8}},
  work_cv: 0.3, qos: [6, 8, 12]}}
"""


@cache
def play(policy: str, seed: int, flood: float) -> Rivals:
    """The calm tenant at a quarter of the machines' load, the other at ``flood`` times that."""
    both = {CALM: workload(MACHINES, seed, load=0.25, count=400)}
    if flood:
        count = round(400 * flood)
        both[FLOOD] = workload(MACHINES, seed + 100, load=0.25 * flood, count=count)
    scenario = parse(MACHINES.format(load=1, count=1), "rivals")
    stack = Rivals(scenario, both, policy)
    stack.play()
    return stack


@pytest.mark.parametrize("policy", ["synergai:tune=off", "edf"])
def test_a_flood_makes_the_other_tenant_hardly_later(policy: str) -> None:
    """Ten times the requests of one: the other has a few points more violations than alone."""
    alone, beside = (play(policy, 0, flood).violations(CALM) for flood in (0, 10))
    assert beside <= alone + POINTS


def test_the_flood_has_what_is_left() -> None:
    """It is not refused, and what the other does not need is its own."""
    stack = play("synergai:tune=off", 0, 10)
    met = sum(outcome.kind == "met" for outcome in stack.of(FLOOD))
    assert met > 2000
    assert {outcome.kind for outcome in stack.of(FLOOD)} <= {"met", "late", "expired"}


def test_without_contention_nobody_is_over() -> None:
    """However unlike their demands are."""
    fair = Fairness({"a": 1.0, "b": 1.0})
    assert not any(fair.over("a", 1.0, 0.01 * n, contended=False) for n in range(500))


def shares(weights: dict[str, float], asked: dict[str, int]) -> dict[str, float]:
    """The part of each tenant's requests that is within, at 100 served a second."""
    fair = Fairness(weights)
    within = dict.fromkeys(asked, 0)
    for number in range(4000):
        now_s = number / 100
        fair.served(1.0, now_s)
        for name, times in asked.items():
            for _ in range(times):
                over = fair.over(name, 1.0, now_s, contended=True)
                within[name] += number >= 2000 and not over
    return {name: within[name] / (2000 * times) for name, times in asked.items()}


def test_who_asks_for_more_than_its_share_alone_goes_behind() -> None:
    """The one that asks for little keeps its place."""
    calm_and_flood = Fairness({"calm": 1.0, "flood": 1.0})
    found = {"calm": 0, "flood": 0}
    for number in range(4000):
        now_s = number / 100
        calm_and_flood.served(1.0, now_s)
        for _ in range(5):
            found["flood"] += calm_and_flood.over("flood", 1.0, now_s, contended=number > 2000)
        if number % 10 == 0:
            found["calm"] += calm_and_flood.over("calm", 1.0, now_s, contended=number > 2000)
    assert found == {"calm": 0, "flood": 5 * 1999}


def test_of_several_each_has_its_share() -> None:
    """However much each asks for: 80 of the 100 that are served are dealt by shares."""
    found = shares({"a": 1.0, "b": 1.0}, {"a": 1, "b": 4})
    assert found == {"a": pytest.approx(0.4, abs=0.01), "b": pytest.approx(0.1, abs=0.01)}


def test_weights_make_shares() -> None:
    """Three times the weight, three times as much within the share."""
    found = shares({"a": 3.0, "b": 1.0}, {"a": 2, "b": 2})
    assert found["a"] / found["b"] == pytest.approx(3.0, rel=0.05)


def test_fading_forgets() -> None:
    """A steady rate is found, and fades when nothing comes."""
    fading = Fading()
    for number in range(4000):
        fading.add(2.0, number / 100)
    assert fading.per_s(40.0) == pytest.approx(200.0, rel=0.02)
    assert fading.per_s(60.0) < 5.0


def test_what_is_over_is_below_every_priority() -> None:
    """The least urgent within its share goes before the most urgent beyond it."""
    least, most = PRIORITIES
    assert most - BELOW < least
