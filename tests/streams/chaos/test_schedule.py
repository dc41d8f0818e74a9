"""Which faults a round has."""

from collections import Counter
from random import Random

from streams.chaos.schedule import drawn, line, targets

AMONG = targets(["app-1", "app-2"], ["source-1"], ["edge-1", "server-1"])


def test_the_same_seed_draws_the_same_faults() -> None:
    """Another seed draws others."""
    first, same, other = (list(drawn(AMONG, 50, 4.0, Random(seed))) for seed in (7, 7, 8))
    assert first == same
    assert first != other


def test_no_kind_is_left_out() -> None:
    """Every kind comes, in a few dozen faults, and no target is unknown."""
    faults = list(drawn(AMONG, 60, 4.0, Random(1)))
    assert {fault.kind for fault in faults} == set(AMONG)
    assert all(fault.target in AMONG[fault.kind] for fault in faults)


def test_nobody_has_two_faults_at_a_time() -> None:
    """And the broker rests between its own."""
    free_s: dict[str, float] = {}
    for fault in drawn(AMONG, 300, 2.0, Random(3)):
        assert fault.at_s >= free_s.get(fault.target, 0.0) - 0.01
        rest_s = 12.0 if fault.target == "broker" else 1.0
        free_s[fault.target] = fault.at_s + fault.lasts_s + rest_s


def test_every_process_and_every_way_can_be_hit() -> None:
    """Processes are killed, put to sleep and ended; the ways to the broker are cut."""
    hit = Counter(fault.target for fault in drawn(AMONG, 600, 3.0, Random(5)))
    assert {"app-1", "app-2", "source-1", "edge-1", "server-1", "broker"} <= set(hit)
    assert line("app-1", "broker") in hit
    assert line("source", "edge-1") in hit
