"""Requests that are computed together."""

import numpy as np
import pytest

from scheduler.kernel.filling import ROW, SIZE, SLOT
from scheduler.kernel.starting import CROWD, decide
from scheduler.kernel.state import Slots, World
from tests.scheduler.kernel.test_planning import FAIR, NONE, idle, machines, waiting


def batching(service: list[list[float]], counts: list[int], together: list[float]) -> World:
    """Machines where so many together take so many times as long as one."""
    world = machines(service, counts, [1.0] * len(counts))
    batch = np.tile(np.array(together), (len(service), len(counts), 1))
    return world._replace(batch=batch)


def started(world: World, slots: Slots, *requests: tuple[int, float]) -> list[tuple[int, int, int]]:
    """Row, slot and size of each start."""
    queue, count = waiting(*requests)
    found = decide(0.0, world, slots, queue, count, NONE, 0, FAIR)
    return [(int(row[ROW]), int(row[SLOT]), int(row[SIZE])) for row in found]


def test_crowd_is_computed_together() -> None:
    """With many waiting a slot takes those that can end together in time."""
    world = batching([[1.0]], [1], [1.0, 1.2, 1.4, 1.6])
    found = started(world, idle(1), *[(0, 1.7)] * 4)
    assert found == [(0, 0, 4), (1, 0, 0), (2, 0, 0), (3, 0, 0)]


def test_one_by_one_while_there_is_room() -> None:
    """As long as all can be met one by one nothing waits for a batch."""
    world = batching([[1.0]], [2], [1.0, 1.2])
    requests = [(0, 10.0)] * (CROWD * 2 - 1)
    assert [size for _, _, size in started(world, idle(2), *requests)] == [1, 1]


def test_deadlines_bound_a_batch() -> None:
    """Nobody is made late by those that join, nor does join who would be late."""
    world = batching([[1.0]], [1], [1.0, 1.4, 1.8])
    found = started(world, idle(1), (0, 1.5), (0, 1.6), (0, 1.7))
    assert [size for _, _, size in found] == [2, 0]


def test_other_models_do_not_join() -> None:
    """A batch is of one model."""
    world = batching([[1.0], [1.0]], [1], [1.0, 1.1])
    found = started(world, idle(1), (0, 3.0), (1, 3.0), (1, 3.1), (0, 3.2))
    assert [row for row, _, _ in found] == [0, 3]


@pytest.mark.parametrize("together", [[1.0, 2.0], [1.0, 2.5]])
def test_a_batch_must_pay(together: list[float]) -> None:
    """Where two together take as long as one after the other, or longer, they go one by one."""
    world = batching([[1.0]], [1], together)
    assert [size for _, _, size in started(world, idle(1), *[(0, 9.0)] * 4)] == [1]
