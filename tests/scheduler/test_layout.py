"""Pools as arrays."""

import numpy as np

from scheduler.layout import Layout, shape
from tests.support.decisions import estimator, pool

SECONDS = {("net", "gpu"): 0.01, ("net", "cpu"): 0.05, ("text", "cpu"): 0.02}


def test_numbers() -> None:
    """Models, pools and slots have numbers, what a pool does not serve is infinite."""
    layout = Layout([pool("gpu", "net"), pool("cpu", "net", "text", free=(0.0, 0.0))])
    world = layout.world(estimator(SECONDS))
    assert layout.models == ["net", "text"]
    assert layout.slots == ["gpu#0", "cpu#0", "cpu#1"]
    assert np.isinf(world.service[1, 0])
    assert world.service[0, 0] < world.service[0, 1]
    assert world.pool_slots[world.pool_begin[1] : world.pool_begin[2]].tolist() == [1, 2]


def test_shared_slots_are_one_group() -> None:
    """Two configurations on one board have the same slots, and count as one group."""
    layout = Layout(
        [
            pool("gpu-a", "net", slots=("board#0",)),
            pool("gpu-b", "net", slots=("board#0",)),
            pool("cpu", "net"),
        ]
    )
    assert layout.slots == ["board#0", "cpu#0"]
    assert layout.groups == [0, 0, 2]


def test_believed_free_times() -> None:
    """Of a shared slot the latest counts; what sleeps is free after its cold start."""
    pools = [
        pool("gpu-a", "net", free=(3.0,), slots=("board#0",)),
        pool("gpu-b", "net", free=(5.0,), slots=("board#0",)),
        pool("cpu", "net", free=(), wakeable=1, cold_start_s=2.0),
    ]
    layout = Layout(pools)
    world, slots = layout.world(estimator(SECONDS)), layout.slot_states()
    layout.believe(slots, world, pools)
    layout.wake_times(slots, 10.0)
    assert slots.free.tolist() == [5.0, 12.0]
    assert slots.asleep.tolist() == [0, 1]


def test_hops_change_in_place() -> None:
    """A hop that is measured anew changes the best latency at once."""
    layout = Layout([pool("gpu", "net", hop_s=0.0)])
    world, slots = layout.world(estimator(SECONDS)), layout.slot_states()
    before = float(world.best[0])
    layout.believe(slots, world, [pool("gpu", "net", hop_s=0.004)])
    assert world.best[0] == before + 0.004
    assert world.half_hop.tolist() == [0.002]


def test_shape_ignores_times() -> None:
    """Free times and hops need no new numbering, other slots do."""
    assert shape([pool("gpu", "net")]) == shape([pool("gpu", "net", free=(9.0,), hop_s=1.0)])
    assert shape([pool("gpu", "net")]) != shape([pool("gpu", "net", free=(0.0, 0.0))])
