"""The figures of a run."""

from math import inf

import msgspec
import numpy as np
import pytest

from scheduler.simulator.engine import simulate
from scheduler.simulator.results import summary
from scheduler.simulator.run import Run
from scheduler.simulator.types import Power
from tests.support.scenarios import asked, one, scenario
from tests.support.straight import Straight

WORLD = scenario({"a": {"edge": 1.0}, "b": {"edge": 1.0}}, one("edge"))


def ended(*end_s: float, last_s: float) -> Run:
    """A run with these ends."""
    none = np.zeros(len(end_s), np.int64)
    ends = np.array(end_s)
    return Run(ends, ends, none, none, none, none, last_s, 7.0)


def test_figures() -> None:
    """Nothing is excluded: what was never answered is a violation, and counts until the end."""
    load = asked([(0.0, "a", 2.0), (0.0, "b", 1.0), (1.0, "a", 1.0), (2.0, "b", 1.0)])
    found = summary(WORLD, load, ended(2.0, 3.0, inf, 4.0, last_s=4.0), decisions_us=[1.0, 3.0])
    assert found == {
        "requests": 4,
        "violations": 3,
        "violation_ratio": 0.75,
        "violation_ratio_middle80": 0.75,
        "excess_s_mean": pytest.approx((0 + 2 + 2 + 1) / 4),
        "goodput_rps": 0.25,
        "latency_s": {
            "p50": pytest.approx(2.5),
            "p90": pytest.approx(3.0),
            "p99": pytest.approx(3.0),
        },
        "worst_model": {"model": "b", "violation_ratio": 1.0},
        "energy_j": 7.0,
        "decision_us": {"p50": 2.0, "p99": pytest.approx(2.98)},
        "tuning_cpu_s": 0.0,
    }


def test_the_middle() -> None:
    """The first and the last tenth by order of arrival are left out of the one figure."""
    load = asked([(float(i), "a", 1.0) for i in range(20)])
    ends = [inf] * 2 + [i + 1.0 for i in range(2, 18)] + [inf] * 2
    found = summary(WORLD, load, ended(*ends, last_s=20.0))
    assert (found["violation_ratio_middle80"], found["violation_ratio"]) == (0.0, 0.2)
    assert found["decision_us"] == {"p50": None, "p99": None}


def test_a_deadline_is_met_to_the_instant() -> None:
    """An answer at the deadline is in time."""
    found = summary(WORLD, asked([(0.0, "a", 1.0)]), ended(1.0, last_s=1.0))
    assert found["violations"] == 0


def test_no_requests() -> None:
    """An empty run has figures too."""
    found = summary(WORLD, asked([]), ended(last_s=0.0))
    assert (found["violation_ratio"], found["goodput_rps"]) == (0.0, 0.0)
    assert found["worst_model"] == {"model": None, "violation_ratio": 0.0}


def test_energy() -> None:
    """Busy watts while it computes, idle watts otherwise, from the first arrival to the end."""
    world = scenario(
        {"a": {"edge": 1.0, "gpu": 0.5}},
        one("edge", 2, power_w=Power(idle=5.0, busy=20.0)),
        one("gpu", power_w=Power(idle=50.0, busy=70.0)),
    )
    run = simulate(world, asked([(1.0, "a", 9.0), (3.0, "a", 9.0)]), Straight("edge"))
    assert run.energy_j == pytest.approx(2 * 20 + (2 * 3 - 2) * 5 + 3 * 50)


def test_a_pool_at_zero_draws_nothing() -> None:
    """Until it has woken; the one that is never woken not at all."""
    power = Power(idle=5.0, busy=20.0)
    pools = [one(name, power_w=power, cold_start_s=2.0, start="cold") for name in ("edge", "gpu")]
    world = scenario({"a": {"edge": 1.0, "gpu": 1.0}}, *pools)
    run = simulate(world, asked([(1.0, "a", 9.0), (8.0, "a", 9.0)]), Straight("edge"))
    assert run.energy_j == pytest.approx(2 * 20 + 4 * 5)


def test_several_workers_have_one_more_figure() -> None:
    """Only where there are several workers it is said how often they met on a slot."""
    load = asked([(0.0, "a", 2.0)])
    alone = summary(WORLD, load, ended(2.0, last_s=4.0))
    several = summary(msgspec.structs.replace(WORLD, workers=2), load, ended(2.0, last_s=4.0))
    assert set(several) - set(alone) == {"overplaced"}
