"""What a second of each machine class is worth: the dual of the fluid throughput problem."""

from collections.abc import Sequence
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

Tableau = NDArray[np.float64]

TOLERANCE = 1e-9
STEPS_PER_COLUMN = 20
"""A bound on the pivots that is far above what is needed; the prices then are those of the last."""


def prices(
    service_s: Sequence[Sequence[float]], servers: Sequence[float], mix: Sequence[float]
) -> list[float]:
    """Price per second of each class; the mean over all servers is 1.

    With x[m, a] the rate of model m on class a and share mix[m] of the arrivals, the highest total
    rate L is that of::

        max L    with    sum_a x[m, a] = L mix[m],    sum_m x[m, a] service_s[m][a] <= servers[a]

    and the price of a is what one more server of it adds to L. ``service_s[m][a]`` is infinite
    where a does not serve m; a model that no class serves, or that never comes, is left out.
    Without any load every class costs 1. Solved by the simplex method with Bland's rule, in the
    order of (models x classes) pivots.
    """
    rows = [
        (row, share)
        for row, share in zip(service_s, mix, strict=True)
        if share > 0 and any(map(isfinite, row))
    ]
    if not rows or not any(servers):
        return [1.0] * len(servers)
    duals = _solve(_tableau(rows, servers), len(rows), len(servers))
    total = sum(price * count for price, count in zip(duals, servers, strict=True))
    return [price * sum(servers) / total for price in duals] if total > 0 else [1.0] * len(servers)


def full_rate(
    service_s: Sequence[Sequence[float]],
    servers: Sequence[float],
    mix: Sequence[float],
    price: Sequence[float],
) -> float:
    """L of `prices`, in requests per second: the worth of all servers over that of a request."""
    cheapest = [
        share * min((p * s for p, s in zip(price, row, strict=True) if s < inf), default=0.0)
        for row, share in zip(service_s, mix, strict=True)
    ]
    worth = sum(p * count for p, count in zip(price, servers, strict=True))
    return worth / sum(cheapest) if sum(cheapest) > 0 else 0.0


def _tableau(rows: Sequence[tuple[Sequence[float], float]], servers: Sequence[float]) -> Tableau:
    """Columns: L, one per (model, class) served, slacks, right side; the last row is the aim.

    Work is counted in seconds of the class that is best for it, so that all figures are near 1.
    """
    pairs = [(m, a) for m, (row, _) in enumerate(rows) for a, s in enumerate(row) if s < inf]
    models, classes = len(rows), len(servers)
    count = models + classes
    table = np.zeros((count + 1, 1 + len(pairs) + count + 1))
    best = [min(row) for row, _ in rows]
    table[:models, 0] = [share * s for (_, share), s in zip(rows, best, strict=True)]
    table[:models, 0] /= table[:models, 0].sum()
    for column, (m, a) in enumerate(pairs, start=1):
        table[m, column] = -1.0
        table[models + a, column] = rows[m][0][a] / best[m]
    table[:count, 1 + len(pairs) : -1] = np.eye(count)
    table[models:count, -1] = servers
    table[-1, 0] = -1.0
    return table


def _solve(table: Tableau, models: int, classes: int) -> list[float]:
    """Pivots to the optimum and reads the prices of the classes off the aim's row."""
    basis = list(range(table.shape[1] - 1 - models - classes, table.shape[1] - 1))
    for _ in range(STEPS_PER_COLUMN * table.shape[1]):
        entering = np.flatnonzero(table[-1, :-1] < -TOLERANCE)
        if not entering.size:
            break
        column = int(entering[0])
        row = _leaving(table, column, basis)
        basis[row] = column
        _pivot(table, row, column)
    return [max(0.0, float(price)) for price in table[-1, -1 - classes : -1]]


def _leaving(table: Tableau, column: int, basis: Sequence[int]) -> int:
    """The row that bounds the entering column first; of equals the lowest basic column."""
    steps = [
        (table[row, -1] / table[row, column], basis[row], row)
        for row in range(len(basis))
        if table[row, column] > TOLERANCE
    ]
    least = min(step for step, _, _ in steps)
    return min((b, row) for step, b, row in steps if step <= least + TOLERANCE)[1]


def _pivot(table: Tableau, row: int, column: int) -> None:
    table[row] /= table[row, column]
    factors = table[:, column].copy()
    factors[row] = 0.0
    table -= np.outer(factors, table[row])
