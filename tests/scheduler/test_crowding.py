"""When more comes than can be done, and when that cannot be told yet."""

from collections.abc import Iterable

import numpy as np
import pytest

from scheduler.crowding import BLOCK, FEWEST, REMEMBERED, Crowding

WORK_S = {"net": 0.01, "text": 0.03}


def after(gaps: Iterable[float], models: Iterable[str]) -> Crowding:
    """What is known after these arrivals."""
    found, at_s = Crowding(), 0.0
    found.costs(WORK_S)
    for gap, model in zip(gaps, models, strict=True):
        at_s += gap
        found.arrived(model, at_s)
    return found


@pytest.mark.parametrize(("gap_s", "beyond"), [(0.0099, True), (0.0101, False)])
def test_regular_arrivals_are_told_apart_at_full_load(gap_s: float, beyond: bool) -> None:
    """Without spread the least too much is seen."""
    count = FEWEST * BLOCK
    assert after([gap_s] * count, ["net"] * count).beyond() == beyond


def test_few_arrivals_say_nothing() -> None:
    """However many come at once, that may be a burst."""
    count = FEWEST * BLOCK - 1
    assert not after([0.001] * count, ["net"] * count).beyond()


def test_work_counts_and_not_requests() -> None:
    """At the same rate dear requests are too many, cheap ones are not."""
    count = FEWEST * BLOCK
    assert after([0.02] * count, ["text"] * count).beyond()
    assert not after([0.02] * count, ["net"] * count).beyond()


def test_work_is_seen_at_what_it_costs_now() -> None:
    """Once estimates are put right, what came before is judged by them."""
    count = FEWEST * BLOCK
    found = after([0.02] * count, ["net"] * count)
    found.costs({"net": 0.03})
    assert found.beyond()


def test_long_bursts_leave_more_doubt() -> None:
    """Calm and busy stretches say less than as many independent gaps of the same mean."""
    draws = np.random.default_rng(5)
    pace = np.repeat(draws.permutation([0.4, 1.6] * 5), 160)
    gaps = draws.exponential(0.0094, 1600) * pace
    mixed, shuffled = (after(each, ["net"] * 1600) for each in (gaps, draws.permutation(gaps)))
    assert shuffled.beyond()
    assert not mixed.beyond()


def test_what_is_long_ago_is_forgotten() -> None:
    """After enough calm blocks a crowd is over."""
    crowd, calm = FEWEST * BLOCK, REMEMBERED * BLOCK
    found = after([0.001] * crowd + [0.02] * calm, ["net"] * (crowd + calm))
    assert not found.beyond()


def test_times_that_go_back_do_no_harm() -> None:
    """Arrivals of several producers are not quite in order."""
    draws = np.random.default_rng(1)
    found = Crowding()
    found.costs(WORK_S)
    for at_s in np.arange(0.0, 20.0, 0.02) + draws.uniform(0.0, 0.5, 1000):
        found.arrived("net", float(at_s))
    assert not found.beyond()
