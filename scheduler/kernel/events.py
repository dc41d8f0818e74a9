"""A heap of events in an array: time, order among equals, running number, what it concerns."""

from scheduler.kernel.jit import borrowing
from scheduler.kernel.queueing import move
from scheduler.kernel.state import Floats

TIME, ORDER, TURN, INDEX = 0, 1, 2, 3
COLUMNS = 4


@borrowing
def before(heap: Floats, left: int, right: int) -> bool:
    """Whether one event comes before another."""
    if heap[left, TIME] != heap[right, TIME]:
        return bool(heap[left, TIME] < heap[right, TIME])
    if heap[left, ORDER] != heap[right, ORDER]:
        return bool(heap[left, ORDER] < heap[right, ORDER])
    return bool(heap[left, TURN] < heap[right, TURN])


@borrowing
def swap(heap: Floats, left: int, right: int) -> None:
    """Exchanges two rows."""
    for column in range(COLUMNS):
        heap[left, column], heap[right, column] = heap[right, column], heap[left, column]


@borrowing
def push(heap: Floats, count: int, time_s: float, order: int, turn: int, index: int) -> int:
    """Adds an event; returns the new count."""
    at = count
    heap[at, TIME], heap[at, ORDER], heap[at, TURN], heap[at, INDEX] = time_s, order, turn, index
    while at > 0 and before(heap, at, (at - 1) // 2):
        swap(heap, at, (at - 1) // 2)
        at = (at - 1) // 2
    return count + 1


@borrowing
def pop(heap: Floats, count: int) -> int:
    """Takes the first event (row 0 before the call) out; returns the new count."""
    count -= 1
    move(heap, count, 0)
    at = 0
    while 2 * at + 1 < count:
        child = 2 * at + 1
        if child + 1 < count and before(heap, child + 1, child):
            child += 1
        if not before(heap, child, at):
            break
        swap(heap, child, at)
        at = child
    return count
