"""The whole evaluation in small: run, keep, resume, write, export."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.evaluation import grid, plots, report, results, runner, speed, variants
from bench.evaluation.__main__ import main, write
from bench.evaluation.cells import Cell
from bench.evaluation.playing import Task, play
from scheduler.errors import SchedulerError
from streams.commands.scenarios import load
from streams.commands.simulate import simulate as command
from tests.support.evaluated import ran

DOCS = Path(__file__).resolve().parents[3] / "docs" / "evaluation"
TINY = Cell(mix="slow-models", load=0.9, count=80)
POLICIES = ["edf", "slo-mael", variants.UNTUNED]


def quiet(done: int, of: int) -> None:
    """Says nothing of the progress."""


def test_a_run_is_the_same_when_it_is_made_again() -> None:
    """All but what a clock measured."""
    first, second = (play(Task(TINY, "edf", 3)) for _ in range(2))
    for record in (first, second):
        assert record.pop("decision_us")["p50"] > 0
    assert first == second


def test_seeds_differ_and_policies_share_their_requests() -> None:
    """Runs of one seed are paired: the same deadlines, whatever the policy."""
    runs = {(name, seed): play(Task(TINY, name, seed)) for name in POLICIES for seed in (0, 1)}
    for seed in (0, 1):
        assert len({runs[name, seed]["qos_s_mean"] for name in POLICIES}) == 1
    assert runs["edf", 0]["qos_s_mean"] != runs["edf", 1]["qos_s_mean"]


def test_an_unknown_policy_is_refused() -> None:
    """With the message of the registry."""
    with pytest.raises(SchedulerError, match="found 'nobody'"):
        play(Task(TINY, "nobody", 0))


def test_what_was_run_is_not_run_again(tmp_path: Path) -> None:
    """A line cut off in the middle is made anew, the others are read."""
    tasks = runner.tasks([TINY], ["edf"], 3, 3)
    whole = runner.run(tasks, tmp_path, 1, quiet)
    lines = (tmp_path / runner.RUNS).read_text().splitlines()
    (tmp_path / runner.RUNS).write_text("\n".join([*lines[:2], lines[2][:40]]))
    told: list[tuple[int, int]] = []
    again = runner.run(tasks, tmp_path, 1, lambda done, of: told.append((done, of)))
    assert told == [(1, 1)]
    assert [record["violations"] for record in again] == [record["violations"] for record in whole]
    assert again[:2] == whole[:2]


def test_several_processes_give_the_same_runs(tmp_path: Path) -> None:
    """However many, and in the order of the tasks."""
    tasks = runner.tasks([TINY], ["edf", "slo-mael"], 1, 1)
    alone = runner.run(tasks, tmp_path / "alone", 1, quiet)
    shared = runner.run(tasks, tmp_path / "shared", 2, quiet)
    assert [one["key"] for one in shared] == [one["key"] for one in alone]
    assert [one["violations"] for one in shared] == [one["violations"] for one in alone]


def test_a_key_is_of_scenario_policy_and_seed() -> None:
    """Another of any is another run."""
    other = Cell(mix="slow-models", load=0.8, count=80)
    tasks = [
        Task(TINY, "edf", 0),
        Task(TINY, "edf", 1),
        Task(TINY, "mael", 0),
        Task(other, "edf", 0),
    ]
    assert len({runner.key(task) for task in tasks}) == 4


def test_everyone_is_judged_in_cells_for_all() -> None:
    """Each baseline that never drops in both forms, SLO-MAEL with a window too, and ours."""
    judged = runner.judged_in(TINY)
    assert set(judged) >= set(variants.FIRST_TIER) | set(variants.ours())
    assert {"kairos:doomed=last", "slo-mael:doomed=last", variants.WINDOWED} <= set(judged)
    assert len(set(judged)) == len(judged)


def test_the_oracle_is_judged_where_something_drifts() -> None:
    """Nowhere else is there something to tell."""
    by_name = {cell.name: runner.judged_in(cell) for cell in grid.quick()}
    oracles = {name for name, judged in by_name.items() if variants.ORACLE in judged}
    assert oracles == {cell.name for cell in grid.quick() if cell.drifts}


def test_the_report_holds_what_was_run(tmp_path: Path) -> None:
    """Ours stands beside the best baseline, plots are drawn, and the page follows from the data."""
    cells = [TINY, Cell(mix="boards-with-meters", load=0.5, group="energy", count=60)]
    tasks = runner.tasks(cells, POLICIES, 2, 2)
    records = runner.run(tasks, tmp_path / "runs", 1, quiet)
    for record in records:
        record["variant"] = {variants.UNTUNED: variants.OURS}.get(
            record["variant"], record["variant"]
        )
    timed = speed.measure(["edf"], decisions=5)
    found = results.collect(cells, records, timed, grid="quick", seeds=2, drift_seeds=2)
    write(found, tmp_path / "docs")
    page = (tmp_path / "docs" / "README.md").read_text()
    kept = json.loads((tmp_path / "docs" / "results.json").read_text())
    assert page == report.render(kept)
    assert set(kept["plots"]) == {plot.file for plot in plots.PLOTS}
    assert all((tmp_path / "docs" / name).read_text().startswith("<?xml") for name in kept["plots"])
    figures = {figure["id"]: figure for figure in kept["figures"]}
    assert figures["published"]["value"] > 0
    assert figures["batches"]["met"] is None
    assert "| energy/boards-with-meters/poisson/load-0.5 | synergai |" in page
    assert "| grid/slow-models/poisson/load-0.9 |" in page
    (tmp_path / "docs" / "README.md").unlink()
    assert main(["--render", "--docs", str(tmp_path / "docs")]) == 0
    assert (tmp_path / "docs" / "README.md").read_text() == page


def test_one_seed_is_reported_without_an_upper_end(tmp_path: Path) -> None:
    """Nothing is known of the spread, so the worst cell is not measured, and the page says so."""
    ratios = {variants.OURS: 0.1, "edf": 0.2, variants.PUBLISHED: 0.4}
    records = [one for name, ratio in ratios.items() for one in ran(TINY, name, [ratio])]
    found = results.collect([TINY], records, [], grid="quick", seeds=1, drift_seeds=1)
    write(found, tmp_path)
    assert "| 0.5 [0, -] |" in (tmp_path / "README.md").read_text()
    figures = {figure["id"]: figure for figure in found["figures"]}
    assert figures["best"]["value"] == pytest.approx(0.5)
    assert figures["best-worst-cell"]["met"] is None


def test_a_clairvoyant_is_at_least_as_good_as_anyone() -> None:
    """The lower end is below every policy, and the schedule is not below the lower end."""
    ends = play(Task(TINY, variants.BRACKET, 0))
    assert ends["violations_at_least"] <= ends["violations_feasible"]
    for name in POLICIES:
        assert ends["violations_at_least"] <= play(Task(TINY, name, 0))["violations"]


def test_plots_of_nothing_are_not_drawn(tmp_path: Path) -> None:
    """Results without cells give no empty axes."""
    assert plots.write({"cells": [], "decisions": []}, tmp_path) == []


def test_a_part_of_the_grid_does_not_touch_the_documents(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Chosen cells or policies are reported beside the runs."""
    runs, docs = str(tmp_path / "runs"), str(tmp_path / "docs")
    chosen = ["--cells", "mmpp", "--policies", "edf", "--seeds", "1", "--jobs", "1"]
    assert main([*chosen, "--runs", runs, "--docs", docs]) == 0
    assert (tmp_path / "runs" / "partial" / "README.md").exists()
    assert not (tmp_path / "docs").exists()
    assert "1 of 1 runs" in capsys.readouterr().out


def test_a_pattern_without_cells_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage, exit code 2."""
    assert main(["--cells", "nothing-like-it"]) == 2
    assert "found 'nothing-like-it'" in capsys.readouterr().err


@pytest.mark.parametrize("pattern", ["mmpp", "azure-llm-2023-code", "outage"])
def test_an_exported_cell_gives_the_same_run_on_the_command_line(
    tmp_path: Path, pattern: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `synergai simulate` says of the files is what the evaluation says of the cell."""
    cell = grid.chosen(grid.quick(), pattern)[0]
    main(["--cells", pattern, "--seeds", "2", "--export", str(tmp_path)])
    line = capsys.readouterr().out.splitlines()[1].split()
    assert line[:2] == ["synergai", "simulate"]
    answer = CliRunner().invoke(command, [*line[2:], "--policies", "edf", "--output", "json"])
    said = json.loads(answer.output)[0]["policies"]["edf"]
    here = play(Task(cell, "edf", 1))
    for field in ("violations", "violation_ratio_middle80", "worst_model", "requests"):
        assert said[field] == here[field]
    assert said["excess_s_mean"] == pytest.approx(here["excess_s_mean"], rel=1e-3)
    assert load(Path(line[2])).scenario.name == cell.name


def test_decisions_are_timed_for_each_policy_and_scene() -> None:
    """Every policy beside every other, in both scenes."""
    timed = speed.measure(["edf", variants.PUBLISHED], decisions=3)
    assert {(one["scene"], one["policy"]) for one in timed} == {
        (scene.name, policy) for scene in speed.SCENES for policy in ("edf", variants.PUBLISHED)
    }
    assert all(0 < one["p50_us"] <= one["p99_us"] for one in timed)


@pytest.mark.skipif(not (DOCS / "results.json").exists(), reason="no evaluation was written")
def test_every_number_of_the_page_comes_from_the_results() -> None:
    """The page in docs/evaluation/ is what its results.json says, word by word."""
    kept = json.loads((DOCS / "results.json").read_text(encoding="utf-8"))
    assert (DOCS / "README.md").read_text(encoding="utf-8") == report.render(kept)
    assert all((DOCS / name).exists() for name in kept["plots"])
