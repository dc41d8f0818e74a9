"""The EDF policy in a small simulated world, seeded; figures are computed here."""

from collections.abc import Mapping
from random import Random

import pytest

from scheduler.estimator import Estimator
from scheduler.policies.edf import EdfParameters, EdfPolicy
from scheduler.policy import Policy
from scheduler.types import Request
from tests.support.decisions import estimator, pool, profile
from tests.support.round_robin import RoundRobin
from tests.support.simulated_pools import Answer, World

SECONDS = {
    ("net", "gpu"): 0.02,
    ("net", "cpu"): 0.08,
    ("text", "gpu"): 0.005,
    ("text", "cpu"): 0.008,
}
COUNT = 1500
FULL_RATE = 125.0
"""About what the two pools below can compute of the even mix when well shared, per second."""


def requests(seed: int, load: float) -> list[Request]:
    """Poisson arrivals of both models with deadlines 2 to 8 times their best time."""
    rng = Random(seed)
    now, found = 0.0, []
    for index in range(COUNT):
        now += rng.expovariate(FULL_RATE * load)
        model = rng.choice(["net", "text"])
        deadline = now + SECONDS[model, "gpu"] * rng.uniform(2, 8) + 0.004
        found.append(
            Request(
                key=str(index),
                model=model,
                arrival_s=now,
                deadline_s=deadline,
                expiry_s=deadline + 1000,
            )
        )
    return found


def play(
    policy: Policy, arrivals: list[Request], *, slower: Mapping[str, float] | None = None
) -> list[Answer]:
    """Answers of a gpu and a cpu pool whose service times scatter by 10 %."""
    rng = Random(11)
    factors = slower or {}

    def service(request: Request, where: str) -> float:
        scatter = rng.lognormvariate(0, 0.1)
        return SECONDS[request.model, where] * factors.get(where, 1.0) * scatter

    pools = [
        pool("gpu", "net", "text", free=(0.0,), hop_s=0.002),
        pool("cpu", "net", "text", free=(0.0, 0.0), hop_s=0.002),
    ]
    return World(policy, pools, service).run(arrivals)


def edf(known: Estimator) -> EdfPolicy:
    """The policy with its defaults."""
    return EdfPolicy(known, EdfParameters())


def violations(answers: list[Answer]) -> float:
    """Share of requests that were not met."""
    return sum(not answer.met for answer in answers) / COUNT


@pytest.mark.parametrize("load", [0.5, 0.8, 1.0])
def test_beats_round_robin(load: float) -> None:
    """At most half of the violations of round robin remain, whatever the load."""
    arrivals = requests(5, load)
    ours = violations(play(edf(estimator(SECONDS)), arrivals))
    theirs = violations(play(RoundRobin(estimator(SECONDS)), arrivals))
    assert ours <= theirs / 2, f"EDF {ours:.3f}, round robin {theirs:.3f}"


@pytest.mark.parametrize("load", [0.5, 2.0])
def test_everything_is_answered_once(load: float) -> None:
    """Also in overload every request is run exactly once, the doomed when slots are idle."""
    answers = play(edf(estimator(SECONDS)), requests(6, load))
    keys = [answer.request.key for answer in answers]
    assert len(keys) == len(set(keys)) == COUNT


def test_learns_a_slow_pool() -> None:
    """When the gpu is three times slower than profiled, learning beats believing the profile."""

    class Stubborn(Estimator):
        def observe(self, *_: object) -> None:
            """Learns nothing."""

    arrivals = requests(7, 0.5)
    wrong = {"gpu": 3.0}
    learned = violations(play(edf(estimator(SECONDS)), arrivals, slower=wrong))
    stubborn = Stubborn([profile(model, arch, s) for (model, arch), s in SECONDS.items()])
    believed = violations(play(edf(stubborn), arrivals, slower=wrong))
    assert learned < believed, f"learned {learned:.3f}, believed {believed:.3f}"


def test_same_seed_same_answers() -> None:
    """Two runs on the same requests are the same to the last digit."""
    arrivals = requests(8, 0.9)
    first = play(edf(estimator(SECONDS)), arrivals)
    assert first == play(edf(estimator(SECONDS)), arrivals)
