"""Writes cells as files that `synergai simulate` reads."""

from collections.abc import Iterable
from pathlib import Path

from bench.evaluation import cells, traces
from bench.evaluation.cells import Cell
from bench.evaluation.playing import tuning_s


def export(asked: Iterable[Cell], seeds: int, folder: Path) -> list[str]:
    """The commands, without policies, that run each cell as it is run here, seed by seed.

    Cells with a trace have a file per seed, since each seed has its own stretch of it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [command for cell in asked for command in _written(cell, seeds, folder)]


def _written(cell: Cell, seeds: int, folder: Path) -> list[str]:
    commands, stem = [], cell.name.replace("/", "--")
    searching = f"--tuning {tuning_s(cells.scenario(cell)):.9g}"
    for seed in range(seeds):
        stretch = traces.stretch(cell, seed)
        name = f"{stem}--seed-{seed}" if len(stretch) else stem
        if len(stretch):
            lines = ["arrival_s", *(f"{at_s:.3f}" for at_s in stretch)]
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        text = cells.text(cell, f"{name}.csv" if len(stretch) else None)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        commands.append(f"synergai simulate {folder / name}.yaml --seed {seed} {searching}")
    return commands
