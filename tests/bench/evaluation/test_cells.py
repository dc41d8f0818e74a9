"""Cells are scenario files, and together they cover what the grid promises."""

from typing import get_args

import numpy as np
import pytest

from bench.evaluation import grid, traces
from bench.evaluation.cells import (
    Cell,
    Process,
    drift,
    feasible_capacity,
    feasible_load,
    scenario,
    text,
)
from scheduler.simulator import scenario as scenarios
from scheduler.simulator.generate import capacity, generate, rate

ALL = grid.full()
QUICK = grid.quick()


@pytest.mark.parametrize("cell", QUICK, ids=lambda cell: cell.name)
def test_a_cell_can_be_written_and_read_again(cell: Cell) -> None:
    """The text of a cell is a scenario file, and says the same when read anew."""
    assert scenarios.parse(text(cell), "again") == scenario(cell)


def test_names_are_unlike() -> None:
    """No cell hides another."""
    assert len({cell.name for cell in ALL}) == len(ALL)
    assert len({cell.name for cell in QUICK}) == len(QUICK)


def test_the_quick_grid_covers_every_dimension_once() -> None:
    """Each group, process, load, mix and hop of the full grid is in the short one too."""
    assert {cell.group for cell in QUICK} == {cell.group for cell in ALL}
    assert {cell.process for cell in QUICK} == set(get_args(Process))
    assert {cell.load for cell in QUICK} >= set(grid.LOADS)
    assert {cell.mix for cell in QUICK} == {cell.mix for cell in ALL}
    assert {cell.role for cell in QUICK} == {cell.role for cell in ALL}


def test_the_full_grid_crosses_mixes_processes_and_loads() -> None:
    """Nothing of the cross is left out."""
    crossed = {(c.mix, c.process, c.load) for c in ALL if c.group == "grid"}
    assert len(crossed) == len(grid.MIXES) * len(grid.PROCESSES) * len(grid.LOADS)


def test_models_with_a_network_take_5_ms_and_more() -> None:
    """With a hop longer than the model there would be little to decide."""
    for cell in (cell for cell in ALL if cell.hop_s):
        table = scenario(cell).profiles
        assert min(seconds[1] for columns in table.values() for seconds in columns.values()) > 0.005


def test_cells_are_chosen_by_what_their_name_holds() -> None:
    """A pattern stands anywhere in the name; none means all."""
    assert grid.chosen(QUICK, None) == QUICK
    assert {cell.process for cell in grid.chosen(QUICK, "mmpp")} == {"mmpp"}
    assert grid.chosen(QUICK, "hop*5ms") == [cell for cell in QUICK if cell.hop_s == 0.005]


def test_moments_of_trouble_lie_within_the_run() -> None:
    """A drift comes while requests still arrive, and slows an architecture down threefold."""
    cell = next(cell for cell in QUICK if cell.drifts)
    world = scenario(cell)
    found = drift(world)
    assert found is not None
    assert found.factor == 3.0
    assert found.at_s == pytest.approx(0.3 * cell.requests / (rate(world) or 0))
    assert any(pool.architecture == found.architecture for pool in world.pools)


def test_a_calm_cell_has_no_drift() -> None:
    """Nothing is made up."""
    assert drift(scenario(QUICK[0])) is None


def test_settling_cells_are_longer_by_200_requests_per_profile() -> None:
    """Two models on four architectures."""
    cell = Cell(mix="slow-models", load=0.7, settles=True)
    assert cell.skipped == 1600
    assert cell.requests == 1600 + cell.count


def test_feasible_capacity_is_never_above_the_fluid_one() -> None:
    """Fewer places to run cannot serve more; the load over it is at least the load."""
    for name in grid.MIXES:
        world = scenario(Cell(mix=name, load=0.7))
        assert feasible_capacity(world) <= capacity(world) * (1 + 1e-9)
        assert feasible_load(world, 0.7) >= 0.7 * (1 - 1e-9)


def test_feasible_capacity_of_two_machines_by_hand() -> None:
    """Where the slow one meets two deadlines of three it adds all it has; where none, nothing."""
    world = scenarios.parse(
        """
        name: by-hand
        profiles: {m: {fast: 0.1, slow: 0.35}}
        pools: [{name: fast, architecture: fast}, {name: slow, architecture: slow}]
        requests: {count: 10, load: 1.0, qos: [2, 4, 8]}
        """,
        "by hand",
    )
    assert feasible_capacity(world) == pytest.approx(10 + 1 / 0.35)
    tight = scenarios.parse(
        """
        name: by-hand
        profiles: {m: {fast: 0.1, slow: 0.35}}
        pools: [{name: fast, architecture: fast}, {name: slow, architecture: slow}]
        requests: {count: 10, load: 1.0, qos: [2, 3]}
        """,
        "by hand",
    )
    assert feasible_capacity(tight) == pytest.approx(10)


def test_stretches_of_a_trace_do_not_overlap_at_first() -> None:
    """Seeds see other minutes of the trace, and each as many requests as the cell has."""
    cell = Cell(mix="own-models", load=0.9, process="azure-llm-2023-code")
    first, second = traces.stretch(cell, 0), traces.stretch(cell, 1)
    assert len(first) == len(second) == cell.requests
    assert first[-1] <= second[0]
    assert len(traces.stretch(Cell(mix="own-models", load=0.9), 0)) == 0


def test_a_trace_is_stretched_to_the_rate_of_the_cell() -> None:
    """The mean gap of the requests is that of the load."""
    cell = Cell(mix="own-models", load=0.9, process="azure-llm-2023-conv")
    world = scenario(cell)
    asked = generate(world, 3, trace=traces.stretch(cell, 3))
    gaps = np.diff(asked.arrival_s)
    assert gaps.mean() == pytest.approx(1 / (rate(world) or 0))
