"""``python -m bench.evaluation``: run the grid, write docs/evaluation/."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.evaluation import export, grid, plots, report, results, runner
from bench.evaluation.cells import Cell
from scheduler.registry import split

QUICK_SEEDS, FULL_SEEDS = 3, 10
DRIFT_SEEDS = 20
"""Of drift cells in the full grid."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what is asked for; 0: it is done."""
    asked = _parser().parse_args(arguments)
    if asked.render:
        write(json.loads((asked.docs / "results.json").read_text(encoding="utf-8")), asked.docs)
        return 0
    cells = grid.chosen(grid.full() if asked.full else grid.quick(), asked.cells)
    seeds = asked.seeds or (FULL_SEEDS if asked.full else QUICK_SEEDS)
    if not cells:
        sys.stderr.write(f"--cells: found {asked.cells!r}, allowed: a part of a cell's name\n")
        return 2
    if asked.export:
        print("\n".join(export.export(cells, seeds, asked.export)))
        return 0
    _evaluate(asked, cells, seeds)
    return 0


def _evaluate(asked: argparse.Namespace, cells: Sequence[Cell], seeds: int) -> None:
    policies = split(asked.policies) if asked.policies else None
    drift_seeds = max(seeds, DRIFT_SEEDS) if asked.full and not asked.seeds else seeds
    tasks = runner.tasks(cells, policies, seeds, drift_seeds)
    records = runner.run(tasks, asked.runs, asked.jobs, _progress)
    found = results.collect(
        cells,
        records,
        results.timed(policies),
        grid="full" if asked.full else "quick",
        seeds=seeds,
        drift_seeds=drift_seeds,
    )
    whole = policies is None and asked.cells is None
    write(found, asked.docs if whole else asked.runs / "partial")


def write(found: dict[str, object], folder: Path) -> None:
    """results.json, the plots, and the page that shows them."""
    found["plots"] = plots.write(found, folder)
    (folder / "results.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(report.render(found), encoding="utf-8")
    print(f"written: {folder}")


def _progress(done: int, of: int) -> None:
    if done % 50 == 0 or done == of:
        print(f"{done} of {of} runs", flush=True)


def _parser() -> argparse.ArgumentParser:
    root = runner.ROOT
    parser = argparse.ArgumentParser(prog="python -m bench.evaluation", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the whole grid; hours, resumable")
    parser.add_argument("--cells", metavar="PATTERN", help="only cells whose name holds it")
    parser.add_argument("--policies", metavar="A,B", help="only these, in all chosen cells")
    parser.add_argument("--seeds", type=int, metavar="N", help="3, with --full 10")
    parser.add_argument("--jobs", type=int, default=runner.cores(), metavar="N", help="processes")
    parser.add_argument("--export", type=Path, metavar="FOLDER", help="write scenario files only")
    parser.add_argument("--render", action="store_true", help="only page and plots, from results")
    parser.add_argument("--runs", type=Path, default=root / "build" / "evaluation")
    parser.add_argument("--docs", type=Path, default=root / "docs" / "evaluation")
    return parser


if __name__ == "__main__":
    sys.exit(main())
