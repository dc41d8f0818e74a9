"""What pools promise."""

import pytest

from scheduler.fleet import Fleet
from tests.support.decisions import completion, estimator, pool

KNOWN = {("net", "gpu"): 0.1, ("net", "cpu"): 0.3}


def test_hop_hides_behind_the_run_before() -> None:
    """On an idle slot a request pays both ways, behind a longer run only the way back."""
    fleet = Fleet(estimator(KNOWN), 0.0)
    fleet.replace([pool("gpu", "net", hop_s=0.02), pool("cpu", "net", free=(1.0,), hop_s=0.02)])
    ends = {c.pool_name: c.end_s for c in fleet.choices("net", fleet.book, 0.0)}
    assert ends == pytest.approx({"gpu": 0.12, "cpu": 1.31})


def test_equal_ends_prefer_the_slower_pool() -> None:
    """Of two pools that answer at once, the one that computes longer is better: it spares speed."""
    fleet = Fleet(estimator(KNOWN), 0.0)
    fleet.replace([pool("gpu", "net", free=(0.5,)), pool("cpu", "net", free=(0.3,))])
    assert min(fleet.choices("net", fleet.book, 0.0)).pool_name == "cpu"


def test_best_latency() -> None:
    """The best latency is that with all slots free; a pool at zero counts with its cold start."""
    fleet = Fleet(estimator(KNOWN), 0.0)
    fleet.replace([pool("gpu", "net", free=(), cold_start_s=1.0), pool("cpu", "net", free=(9.0,))])
    assert fleet.best_latency_s("net") == pytest.approx(0.3)
    fleet.replace([pool("gpu", "net", free=(), cold_start_s=1.0)])
    assert fleet.best_latency_s("net") == pytest.approx(1.1)
    assert fleet.best_latency_s("other") is None


def test_gain() -> None:
    """Only a pool that is new, woke up or serves another model is a gain."""
    fleet = Fleet(estimator(KNOWN), 0.0)
    assert fleet.replace([pool("gpu", "net", free=())])
    assert fleet.replace([pool("gpu", "net", free=(1.0,))])
    assert not fleet.replace([pool("gpu", "net", free=(2.0, 3.0))])
    assert not fleet.replace([])
    assert fleet.replace([pool("gpu", "net", "text")])


def test_completion_of_an_unknown_pool() -> None:
    """What a pool that is gone reports late is ignored."""
    fleet = Fleet(estimator(KNOWN), 0.0)
    fleet.observe(completion("net", pool("gone", "net"), 5.0))
    fleet.replace([pool("gpu", "net")])
    assert fleet.best_latency_s("net") == pytest.approx(0.1)
