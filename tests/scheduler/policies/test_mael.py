"""MAEL."""

from tests.support.decisions import pool
from tests.support.placing import arrived, later, slots, told

GPU_AND_CPU = {("net", "gpu"): 0.1, ("net", "cpu"): 0.35}


def test_least_backlog_and_service() -> None:
    """The fast slot is worth waiting for until its backlog makes up for the slow one's service."""
    policy = told("mael", [pool("gpu", "net"), pool("cpu", "net")], GPU_AND_CPU)
    requests = [(key, "net", 9.0) for key in "abcd"]
    assert slots(arrived(policy, requests)) == {"a": "gpu#0", "d": "cpu#0"}


def test_nothing_is_moved() -> None:
    """What was bound stays bound when another slot turns out to be free earlier."""
    policy = told("mael", [pool("gpu", "net"), pool("cpu", "net", free=(9.0,))])
    assert slots(arrived(policy, [("a", "net", 9.0), ("b", "net", 9.0)])) == {"a": "gpu#0"}
    assert not later(policy, [pool("gpu", "net", free=(0.1,)), pool("cpu", "net")], 0.05)


def test_a_window_waits_until_it_is_full() -> None:
    """With all slots busy fewer requests than the window are not bound yet."""
    policy = told("mael:window=2", [pool("gpu", "net", free=(1.0,))])
    arrived(policy, [("a", "net", 9.0)])
    assert slots(later(policy, [pool("gpu", "net"), pool("cpu", "net")], 0.5)) == {"a": "gpu#0"}


def test_a_window_is_the_best_together() -> None:
    """Two at once get the fast slot in the order that makes the sum of latencies least."""
    seconds = {
        ("net", "gpu"): 0.2,
        ("net", "cpu"): 0.3,
        ("text", "gpu"): 0.2,
        ("text", "cpu"): 2.0,
    }
    pools = [pool("gpu", "net", "text"), pool("cpu", "net", "text")]
    requests = [("a", "net", 9.0), ("b", "text", 9.0)]
    assert slots(arrived(told("mael:window=2", pools, seconds), requests)) == {
        "a": "cpu#0",
        "b": "gpu#0",
    }
    assert slots(arrived(told("mael", pools, seconds), requests)) == {"a": "gpu#0"}


def test_a_window_is_shortened() -> None:
    """More assignments than allowed are not tried: the last request is then assigned on its own."""
    seconds = {
        ("net", "gpu"): 0.2,
        ("net", "cpu"): 0.3,
        ("text", "gpu"): 0.2,
        ("text", "cpu"): 2.0,
    }
    pools = [pool("gpu", "net", "text"), pool("cpu", "net", "text")]
    requests = [("a", "net", 9.0), ("b", "text", 9.0)]
    for most, expected in ((3, {"a": "gpu#0"}), (4, {"a": "cpu#0", "b": "gpu#0"})):
        policy = told(f"mael:window=2,most_assignments={most}", pools, seconds)
        assert slots(arrived(policy, requests)) == expected
