"""All runs, in several processes; a run that was made before is not made again."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import Any

from bench.evaluation import cells, variants
from bench.evaluation.cells import Cell
from bench.evaluation.playing import Task, play

ROOT = Path(__file__).resolve().parents[2]
RUNS = "runs.jsonl"
Record = dict[str, Any]
"""One line of the file: key, cell, variant, seed, and the figures of `playing.play`."""


def tasks(
    asked: Iterable[Cell], policies: Sequence[str] | None, seeds: int, drift_seeds: int
) -> list[Task]:
    """Every cell with every policy that is judged in it, seed by seed.

    Drift cells have seeds of their own number; a bracket is made for the first seeds only.
    """
    found = []
    for cell in asked:
        count = drift_seeds if cell.drifts else seeds
        judged = judged_in(cell) if policies is None else list(policies)
        found += [Task(cell, variant, seed) for variant in judged for seed in range(count)]
        if cell.bracketed and policies is None:
            found += [Task(cell, variants.BRACKET, seed) for seed in range(BRACKET_SEEDS)]
    return found


BRACKET_SEEDS = 1
"""A bracket takes up to a minute."""


def judged_in(cell: Cell) -> list[str]:
    """Who is judged in a cell."""
    own = variants.ours()
    if cell.judged == "all":
        return [*variants.baselines(), *own]
    if cell.drifts and own:
        own = [*own, variants.ORACLE]
    if cell.group == "energy" and variants.is_known(variants.SAVING):
        own = [*own, variants.SAVING]
    return [*variants.BESIDE_OURS, *own]


def run(
    wanted: Sequence[Task], folder: Path, jobs: int, told: Callable[[int, int], None]
) -> list[Record]:
    """The records of all tasks, in their order; new ones are added to the file in ``folder``.

    ``told`` is called with how many of how many are done after each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = {record["key"]: record for record in _read(folder / RUNS)}
    keys = [key(task) for task in wanted]
    missing = [task for task, name in zip(wanted, keys, strict=True) if name not in known]
    with (folder / RUNS).open("a", encoding="utf-8") as lines:
        for done, record in enumerate(_played(missing, jobs), 1):
            known[record["key"]] = record
            lines.write(json.dumps(record) + "\n")
            lines.flush()
            told(done, len(missing))
    return [known[name] for name in keys]


def key(task: Task) -> str:
    """The same as long as neither the scenario, the policy, the seed nor the code changes."""
    parts = (cells.text(task.cell), repr(task.cell), task.variant, str(task.seed), code_version())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


@cache
def code_version() -> str:
    """A short hash of everything that decides or simulates, and of what is measured here."""
    sources = sorted(
        path
        for folder in ("scheduler", "profiles", "bench/evaluation/traces")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".csv", ".yaml"} and "__pycache__" not in path.parts
    )
    own = [ROOT / "bench" / "evaluation" / name for name in ("playing.py", "oracle.py")]
    digest = hashlib.sha256()
    for path in (*sources, *own):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def record(task: Task) -> Record:
    """One run as a line of the file."""
    return {
        "key": key(task),
        "cell": task.cell.name,
        "variant": task.variant,
        "seed": task.seed,
        **play(task),
    }


def _played(missing: Sequence[Task], jobs: int) -> Iterator[Record]:
    if jobs == 1:
        yield from map(record, missing)
        return
    code_version()
    with ProcessPoolExecutor(jobs) as pool:
        for future in as_completed([pool.submit(record, task) for task in missing]):
            yield future.result()


def _read(path: Path) -> Iterator[Record]:
    """The lines of an earlier run; one that was cut off in the middle is left out."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(found, dict) and "key" in found:
            yield found


def cores() -> int:
    """How many processes may run at once."""
    return os.cpu_count() or 1
