"""What came out of a run: one entry per request, in the order of the workload."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Run(NamedTuple):
    """When and where each request was computed, by its last attempt."""

    end_s: Floats
    """When the answer was there, hops included; infinite: never."""
    start_s: Floats
    """When the computation began; infinite: never."""
    pool: Ints
    """Index into the scenario's pools; -1: never."""
    slot: Ints
    """Index into the instances of all pools, in file order; -1: never."""
    batch: Ints
    """How many were computed together; 0: never."""
    attempts: Ints
    """How often it was placed."""
    last_s: float
    """When the run was over: the last answer or arrival."""
    energy_j: float
    overplaced: int = 0
    """Placements on a pool all of whose slots other workers had taken, unknown to its own."""
