"""Arrival times of the traces that ship, a stretch of their own for each seed."""

from functools import cache
from pathlib import Path

from bench.evaluation.cells import Cell
from scheduler.simulator.run import Floats
from scheduler.simulator.workload import read_arrivals

FOLDER = Path(__file__).parent / "traces"


def stretch(cell: Cell, seed: int) -> Floats | tuple[float, ...]:
    """As many arrivals as the cell has requests, from a moment that depends on the seed.

    The first seeds have stretches that do not overlap; without a trace there are no arrivals.
    """
    if not cell.process.startswith("azure"):
        return ()
    times = arrivals(cell.process)
    begin = seed * cell.requests % max(1, times.size - cell.requests + 1)
    return times[begin : begin + cell.requests]


@cache
def arrivals(process: str) -> Floats:
    """All arrival times of a trace, in seconds."""
    path = FOLDER / f"{process.replace('-', '_')}.csv"
    return read_arrivals(path.read_text(encoding="utf-8"), path.name)
