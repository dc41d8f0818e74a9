"""Queues and events in arrays."""

from heapq import heapify, heappop

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scheduler.kernel import events
from scheduler.kernel.queueing import insert, kept, set_aside, sort
from scheduler.kernel.state import COLUMNS, DUE, KEY, MODEL, NUMBER, RANK
from tests.scheduler.kernel.test_planning import machines

KEYS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5)), max_size=30)


@given(KEYS)
def test_insert_orders(entries: list[tuple[int, int]]) -> None:
    """Rows stand by rank, then key, then as they came."""
    rows, count = np.zeros((len(entries) + 1, COLUMNS)), 0
    for number, (rank, key) in enumerate(entries):
        row = np.zeros(COLUMNS)
        row[RANK], row[KEY], row[NUMBER] = rank, key, number
        count = insert(rows, count, row)
    found = [(int(r[RANK]), int(r[KEY]), int(r[NUMBER])) for r in rows[:count]]
    assert found == sorted((rank, key, n) for n, (rank, key) in enumerate(entries))


@given(st.lists(st.integers(-1, 9), max_size=30))
def test_kept_closes_gaps(numbers: list[int]) -> None:
    """What is not marked as gone stays, in order."""
    rows = np.zeros((len(numbers) + 1, COLUMNS))
    rows[: len(numbers), NUMBER] = numbers
    count = kept(rows, len(numbers))
    assert rows[:count, NUMBER].tolist() == [number for number in numbers if number >= 0]


@given(st.lists(st.floats(0, 10), max_size=30), st.floats(0, 10))
def test_set_aside_splits(due: list[float], now_s: float) -> None:
    """What cannot be met is late from then on, the rest waits, both in order."""
    queue, late = np.zeros((len(due) + 1, COLUMNS)), np.zeros((len(due) + 1, COLUMNS))
    queue[: len(due), DUE] = due
    world = machines([[1.0]], [1], [1.0])
    count, late_count = set_aside(now_s, world, queue, len(due), late, 0)
    assert queue[:count, DUE].tolist() == [at for at in due if at >= now_s + 1.0]
    assert late[:late_count, DUE].tolist() == [at for at in due if at < now_s + 1.0]


def test_sort_by_shifted_deadline() -> None:
    """A shift of a model moves its requests in the queue."""
    queue = np.zeros((3, COLUMNS))
    queue[:, DUE], queue[:, MODEL] = [1.0, 2.0, 3.0], [0, 1, 0]
    sort(queue, 3, np.array([5.0, 0.0]))
    assert queue[:, DUE].tolist() == [2.0, 1.0, 3.0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=40))
def test_events_in_order(entries: list[tuple[int, int]]) -> None:
    """Events come by time, then by kind, then as they were added."""
    heap, count = np.zeros((len(entries) + 1, events.COLUMNS)), 0
    expected = [(float(at), kind, turn) for turn, (at, kind) in enumerate(entries)]
    for at_s, kind, turn in expected:
        count = events.push(heap, count, at_s, kind, turn, turn)
    heapify(expected)
    while count:
        assert tuple(heap[0, :3]) == heappop(expected)
        count = events.pop(heap, count)
    assert not expected
