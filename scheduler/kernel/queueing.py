"""Rows in order of rank and key, in an array that its owner makes large enough."""

import numpy as np

from scheduler.kernel.jit import borrowing, compiled
from scheduler.kernel.opening import least_s, linked
from scheduler.kernel.state import (
    BYTES,
    COLUMNS,
    DUE,
    EXPIRY,
    KEY,
    MODEL,
    NUMBER,
    QOS,
    RANK,
    Floats,
    World,
)


@borrowing
def move(rows: Floats, source: int, target: int) -> None:
    """Copies one row over another."""
    for column in range(rows.shape[1]):
        rows[target, column] = rows[source, column]


@compiled
def row_of(
    due_s: float,
    shift_s: float,
    model: int,
    arrival_s: float,
    expiry_s: float,
    rank: float,
    number: int,
    size: float,
) -> Floats:
    """The row of a request of ``size`` bytes that came at ``arrival_s``."""
    row = np.empty(COLUMNS)
    row[KEY], row[DUE], row[MODEL] = due_s + shift_s, due_s, model
    row[QOS], row[EXPIRY] = due_s - arrival_s, expiry_s
    row[RANK], row[NUMBER], row[BYTES] = rank, number, size
    return row


@borrowing
def insert(queue: Floats, count: int, row: Floats) -> int:
    """Puts a row in its place behind its equals; returns the new count."""
    at = count
    while at > 0 and (
        queue[at - 1, RANK] > row[RANK]
        or (queue[at - 1, RANK] == row[RANK] and queue[at - 1, KEY] > row[KEY])
    ):
        move(queue, at - 1, at)
        at -= 1
    for column in range(row.size):
        queue[at, column] = row[column]
    return count + 1


@borrowing
def set_aside(
    now_s: float, world: World, queue: Floats, count: int, late: Floats, late_count: int
) -> tuple[int, int]:
    """Moves what would be late with all slots free to the end of ``late``, order kept."""
    kept, links = 0, linked(world)
    for row in range(count):
        best_s = least_s(world, queue, row) if links else world.best[int(queue[row, MODEL])]
        if queue[row, DUE] < now_s + best_s:
            for column in range(queue.shape[1]):
                late[late_count, column] = queue[row, column]
            late_count += 1
        else:
            if kept < row:
                move(queue, row, kept)
            kept += 1
    return kept, late_count


@compiled
def sort(queue: Floats, count: int, shift_s: Floats) -> None:
    """Orders all rows anew by deadline + ``shift_s`` of their model."""
    for row in range(count):
        queue[row, KEY] = queue[row, DUE] + shift_s[int(queue[row, MODEL])]
    rows = queue[:count].copy()
    kept = 0
    for row in range(count):
        kept = insert(queue, kept, rows[row])


@borrowing
def kept(rows: Floats, count: int) -> int:
    """Closes the gaps of rows whose number is -1; returns how many are left."""
    left = 0
    for row in range(count):
        if rows[row, NUMBER] >= 0.0:
            if left < row:
                move(rows, row, left)
            left += 1
    return left
