"""The requests that wait, as the rows that the kernel plans."""

import numpy as np

from scheduler.kernel import queueing
from scheduler.kernel.state import COLUMNS, NUMBER, Floats, World
from scheduler.layout import Layout
from scheduler.types import Request

FIRST_ROWS = 64


class Backlog:
    """Two arrays of rows, those that can be met in order and the late as they became so.

    Requests of a model that no pool serves wait beside them until one does.
    """

    def __init__(self) -> None:
        self.queue: Floats = np.empty((FIRST_ROWS, COLUMNS))
        self.late: Floats = np.empty((FIRST_ROWS, COLUMNS))
        self.count = 0
        self.late_count = 0
        self._unserved: dict[str, Request] = {}
        self._requests: dict[int, Request] = {}
        self._numbers: dict[str, int] = {}
        self._next = 0

    def __bool__(self) -> bool:
        return self.count + self.late_count > 0

    def add(self, request: Request, layout: Layout, shift_s: float) -> None:
        """Puts a request in its place."""
        model = layout.model_number.get(request.model)
        if model is None:
            self._unserved[request.key] = request
            return
        due_s = min(request.deadline_s, request.expiry_s)
        row = queueing.row_of(
            due_s,
            shift_s,
            model,
            request.arrival_s,
            request.expiry_s,
            float(-request.priority),
            self._next,
            float(request.size_bytes),
        )
        self._requests[self._next], self._numbers[request.key] = request, self._next
        self._next += 1
        self._grow()
        self.count = queueing.insert(self.queue, self.count, row)

    def remove(self, key: str) -> None:
        """Forgets a request; unknown keys are ignored."""
        self._unserved.pop(key, None)
        number = self._numbers.pop(key, None)
        if number is None:
            return
        del self._requests[number]
        for rows, count in ((self.queue, self.count), (self.late, self.late_count)):
            rows[:count][rows[:count, NUMBER] == number, NUMBER] = -1.0
        self.close()

    def take(self, rows: Floats, row: int) -> Request:
        """Takes a request out; its row stays as a gap until `close`."""
        request = self._requests.pop(int(rows[row, NUMBER]))
        del self._numbers[request.key]
        rows[row, NUMBER] = -1.0
        return request

    def close(self) -> None:
        """Closes the gaps."""
        if self.count:
            self.count = queueing.kept(self.queue, self.count)
        if self.late_count:
            self.late_count = queueing.kept(self.late, self.late_count)

    def set_aside(self, now_s: float, world: World) -> None:
        """Moves what would be late even with all slots free to the late."""
        if self.count:
            self.count, self.late_count = queueing.set_aside(
                now_s, world, self.queue, self.count, self.late, self.late_count
            )

    def late_keys(self) -> list[str]:
        """Keys of the late."""
        numbers = self.late[: self.late_count, NUMBER].astype(np.int64).tolist()
        return [self._requests[number].key for number in numbers]

    def drain(self) -> list[Request]:
        """Takes out everything, in order of arrival."""
        drained = [*self._requests.values(), *self._unserved.values()]
        self._requests, self._numbers, self._unserved = {}, {}, {}
        self.count = self.late_count = 0
        return drained

    def sort(self, shift_s: Floats) -> None:
        """Puts all in order anew; ``shift_s`` by model."""
        queueing.sort(self.queue, self.count, shift_s)

    def _grow(self) -> None:
        needed = self.count + self.late_count + 1
        if needed > self.queue.shape[0]:
            self.queue = _larger(self.queue)
            self.late = _larger(self.late)


def _larger(rows: Floats) -> Floats:
    grown = np.empty((2 * rows.shape[0], rows.shape[1]))
    grown[: rows.shape[0]] = rows
    return grown
