"""Which cells are run: a few that cover each dimension once, or all."""

from fnmatch import fnmatchcase
from typing import get_args

import msgspec

from bench.evaluation.cells import Cell, Process

MIXES = ("jetsons-and-t4", "orin-and-l4", "boards-xeons-gpu", "cpu-boards", "own-models")
PROCESSES: tuple[Process, ...] = get_args(Process)
LOADS = (0.5, 0.7, 0.9, 1.1, 1.3)
HOPS_S = (0.0, 0.002, 0.005)
ERROR_PER_PROFILE = 0.3
ERROR_PER_REQUEST = 0.5
DRIFT_COUNT = 3000
"""Enough that the slowed architecture sees 500 requests after the drift."""
BATCH_LOAD = 2.7
"""Over the capacity one by one: what batches are for."""
SLACK_LOAD = 0.5
METERED = ("boards-with-meters", "boards-and-server-with-meters")
WORKERS = 4
LONG_QOS = (8, 16, 32)
"""Time enough for a batch, or for a machine that is slower and needs less."""


def quick() -> list[Cell]:
    """Every dimension once."""
    curve = [Cell(mix=MIXES[0], load=load, bracketed=True) for load in LOADS]
    bursts = [
        Cell(mix="boards-xeons-gpu", load=0.7, process="gamma-2"),
        Cell(mix="cpu-boards", load=0.7, process="gamma-4"),
        Cell(mix="orin-and-l4", load=0.9, process="mmpp"),
        Cell(mix="own-models", load=0.9, process="azure-llm-2023-code"),
        Cell(mix="orin-and-l4", load=0.7, process="azure-llm-2023-conv"),
    ]
    hops = [_hop("slow-models", 0.9, hop_s) for hop_s in HOPS_S if hop_s > 0]
    workers = [cell for load in (0.5, 0.9) for cell in _workers(MIXES[0], load)]
    return [*curve, *bursts, *hops, *_special("slow-models", 0.7), *_single(), *workers]


def full() -> list[Cell]:
    """The whole grid."""
    grid = [
        Cell(mix=mix, load=load, process=process, bracketed=process == "poisson")
        for mix in MIXES
        for process in PROCESSES
        for load in LOADS
    ]
    hops = [
        _hop("slow-models", load, hop_s, process)
        for load in (0.7, 0.9, 1.1)
        for process in ("poisson", "mmpp")
        for hop_s in HOPS_S
    ]
    special = [cell for mix in MIXES for load in (0.5, 0.7) for cell in _special(mix, load)]
    workers = [
        cell for mix in MIXES[:3] for load in (0.5, 0.7, 0.9) for cell in _workers(mix, load)
    ]
    return [*grid, *hops, *special, *_single(), *workers]


def chosen(cells: list[Cell], pattern: str | None) -> list[Cell]:
    """Those whose name holds the pattern, in which * stands for anything; without one, all."""
    if pattern is None:
        return cells
    return [cell for cell in cells if fnmatchcase(cell.name, f"*{pattern}*")]


def _hop(mix: str, load: float, hop_s: float, process: Process = "poisson") -> Cell:
    return Cell(mix=mix, load=load, process=process, group="hop", hop_s=hop_s)


def _special(mix: str, load: float) -> list[Cell]:
    """What a figure of its own is about: errors, drift, outage."""
    return [
        Cell(mix=mix, load=load, group="outage", fails=True),
        *_pair(
            Cell(mix=mix, load=load, group="profile-error", judged="ours", settles=True),
            ("exact", {}),
            ("wrong", {"per_profile": ERROR_PER_PROFILE}),
        ),
        *_pair(
            Cell(mix=mix, load=load, group="request-error", judged="ours"),
            ("untold", {"per_request": ERROR_PER_REQUEST}),
            ("told", {"per_request": ERROR_PER_REQUEST, "told": True}),
        ),
        Cell(mix=mix, load=load, group="drift", judged="ours", drifts=True, count=DRIFT_COUNT),
    ]


def _single() -> list[Cell]:
    """Batches, and energy."""
    return [
        *_pair(
            Cell(mix="batches", load=BATCH_LOAD, group="batches", judged="ours", qos=LONG_QOS),
            ("batched", {"load": BATCH_LOAD}),
            ("one-by-one", {"one_by_one": True}),
        ),
        *(
            Cell(mix=mix, load=SLACK_LOAD, group="energy", judged="ours", qos=LONG_QOS)
            for mix in METERED
        ),
    ]


def _workers(mix: str, load: float) -> list[Cell]:
    """The same requests at one worker, and dealt among several."""
    cell = Cell(mix=mix, load=load, group="workers", judged="ours")
    return _pair(cell, ("one", {}), ("several", {"workers": WORKERS}))


def _pair(cell: Cell, *roles: tuple[str, dict[str, object]]) -> list[Cell]:
    return [msgspec.structs.replace(cell, role=role, **fields) for role, fields in roles]
