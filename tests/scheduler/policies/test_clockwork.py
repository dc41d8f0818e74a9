"""Clockwork."""

import pytest

from tests.support.decisions import pool
from tests.support.placing import arrived, later, slots, told

MIXED = {("net", "gpu"): 0.1, ("text", "gpu"): 0.4, ("net", "cpu"): 0.3, ("text", "cpu"): 0.8}


def test_only_what_is_in_time() -> None:
    """An idle slot that is too slow is left idle for a request that a busy one can still meet."""
    pools = [pool("cpu", "net"), pool("gpu", "net", free=(0.05,))]
    policy = told("clockwork", pools)
    assert not arrived(policy, [("a", "net", 0.2)])
    assert slots(later(policy, [pool("cpu", "net"), pool("gpu", "net")], 0.05)) == {"a": "gpu#0"}


def test_latest_start_first() -> None:
    """Of what is in time a slot takes what must start first, not what is due first."""
    policy = told("clockwork", [pool("gpu", "net", "text")], MIXED)
    assert slots(arrived(policy, [("a", "net", 0.6), ("b", "text", 0.8)])) == {"b": "gpu#0"}


def test_skips_what_this_slot_cannot_meet() -> None:
    """An urgent request that only a faster slot can meet does not keep others from this one."""
    pools = [pool("cpu", "net"), pool("gpu", "net", free=(0.05,))]
    placed = arrived(told("clockwork", pools), [("a", "net", 0.2), ("b", "net", 9.0)])
    assert slots(placed) == {"b": "cpu#0"}


@pytest.mark.parametrize("form", ["run", "drop"])
def test_rejected(form: str) -> None:
    """What nothing can meet yields to everything else, then runs on an idle slot or never."""
    policy = told(f"clockwork:rejected={form}", [pool("gpu", "net")])
    assert slots(arrived(policy, [("late", "net", 0.05), ("a", "net", 0.5)])) == {"a": "gpu#0"}
    assert policy.doomed(0.0) == ["late"]
    placed = later(policy, [pool("gpu", "net", free=(0.1,))], 0.1)
    assert [(item.key, item.doomed) for item in placed] == [("late", True)] * (form == "run")


def test_wakes_in_time() -> None:
    """A pool at zero is woken if its cold start leaves enough time."""
    pools = [pool("gpu", "net", free=(), wakeable=1, cold_start_s=0.5)]
    placed = arrived(told("clockwork", pools), [("a", "net", 0.7), ("b", "net", 0.7)])
    assert [(item.slot, item.doomed) for item in placed] == [("", False)]
