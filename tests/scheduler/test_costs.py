"""What a second of work costs, and how much of all machines a request takes."""

import numpy as np
import pytest

from scheduler.costs import Weights, closings, factors, price, work
from scheduler.layout import Layout
from tests.support.decisions import estimator, pool

SECONDS = {("net", "gpu"): 0.01, ("net", "cpu"): 0.04, ("text", "gpu"): 0.02}
LAYOUT = Layout([pool("gpu", "net", "text"), pool("cpu", "net", free=(0.0, 0.0))])


def test_work_of_one_model() -> None:
    """One fast slot and two slow ones serve what all of them serve together."""
    world, shares = LAYOUT.world(estimator(SECONDS)), [1.0, 0.0]
    work_s = work(world, LAYOUT, price(world, LAYOUT, shares))
    assert 1 / work_s[0] == pytest.approx(1 / 0.01 + 2 / 0.04, rel=0.01)


def test_what_nobody_serves_is_no_work() -> None:
    """A model without a machine keeps none busy."""
    world = LAYOUT.world(estimator(SECONDS))
    world.service[LAYOUT.model_number["text"]] = np.inf
    work_s = work(world, LAYOUT, np.ones(2))
    assert work_s[LAYOUT.model_number["text"]] == 0.0 < work_s[LAYOUT.model_number["net"]]


def test_work_before_pools_are_known() -> None:
    """Weights may be restored before the first pool is told of."""
    empty = Layout([])
    assert work(empty.world(estimator(SECONDS)), empty, np.ones(0)).tolist() == []


def test_closed_pools_cost_infinitely_much() -> None:
    """A pool that is closed to a model has an infinite factor for it, and only for it."""
    world = LAYOUT.world(estimator(SECONDS))
    shut = closings(LAYOUT, Weights(closed={"net": ("gpu", "gone"), "other": ("gpu",)}))
    assert np.argwhere(np.isinf(factors(world, np.ones((2, 2)), 0.0, shut))).tolist() == [[0, 0]]


def test_a_model_that_is_closed_out_everywhere_goes_anywhere() -> None:
    """If the pools that were left to a model are gone its closings do not count."""
    world = LAYOUT.world(estimator(SECONDS))
    shut = closings(LAYOUT, Weights(closed={"text": ("gpu",), "net": ("gpu", "cpu")}))
    assert np.isfinite(factors(world, np.ones((2, 2)), 0.0, shut)).all()
