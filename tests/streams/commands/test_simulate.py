"""`synergai simulate`: its output, its files, and what it says of mistakes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from profiles.store import save
from scheduler.errors import SchedulerError
from streams.commands.simulate import Stopwatch, simulate
from tests.support.decisions import edf, profile

EXAMPLES = Path(__file__).parents[3] / "examples" / "scenarios"
PLAIN = """
name: plain
profiles: {a: {edge: 0.01}}
pools: [{name: edge, architecture: edge}]
requests: {count: 20, load: 0.5}
"""
FIGURES = [
    "requests",
    "violations",
    "violation_ratio",
    "violation_ratio_middle80",
    "excess_s_mean",
    "goodput_rps",
    "latency_s",
    "worst_model",
    "energy_j",
    "decision_us",
    "tuning_cpu_s",
]


def run(*arguments: str | Path) -> Result:
    """The command on a wide terminal."""
    return CliRunner().invoke(simulate, list(map(str, arguments)), env={"COLUMNS": "200"})


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """The smallest scenario."""
    path = tmp_path / "plain.yaml"
    path.write_text(PLAIN)
    return path


def test_json_has_the_figures_in_the_order_typed(plain: Path) -> None:
    """One object per scenario, the policies as typed, all figures of each, no bound unasked."""
    other = EXAMPLES / "recorded.yaml"
    typed = "slo-mael:doomed=last,margin_s=0,edf"
    ended = run(other, plain, "--policies", typed, "--output", "json")
    assert ended.exit_code == 0, ended.output
    results = json.loads(ended.output)
    assert [result["scenario"] for result in results] == ["recorded", "plain"]
    for result in results:
        assert list(result) == ["scenario", "policies"]
        assert list(result["policies"]) == ["slo-mael:doomed=last,margin_s=0", "edf"]
        for figures in result["policies"].values():
            assert list(figures) == FIGURES
            assert figures["decision_us"]["p50"] > 0
    assert results[0]["policies"]["edf"]["requests"] == 60


def test_table(plain: Path) -> None:
    """A table per scenario with a row per policy."""
    ended = run(plain, "--policies", "round-robin,edf")
    assert ended.exit_code == 0
    assert "plain: 20 requests" in ended.output
    assert "round-robin" in ended.output


def test_the_seed_decides(plain: Path) -> None:
    """The same seed gives the same figures, another one others."""

    def latency(seed: str) -> object:
        ended = run(plain, "--policies", "edf", "--seed", seed, "--output", "json")
        return json.loads(ended.output)[0]["policies"]["edf"]["latency_s"]

    assert latency("1") == latency("1")
    assert latency("1") != latency("2")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_examples(path: Path) -> None:
    """Every scenario of the examples runs."""
    ended = run(path, "--policies", "least-loaded", "--output", "json")
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.output)[0]["scenario"] == path.stem


def test_profiles_of_a_folder(tmp_path: Path, plain: Path) -> None:
    """A folder of profiles is found beside the scenario and gives the mean at batch 1."""
    save([profile("a", "edge", 0.02)], tmp_path / "mine" / "profiles.yaml")
    plain.write_text(PLAIN.replace("{a: {edge: 0.01}}", "mine"))
    ended = run(plain, "--policies", "edf", "--output", "json")
    assert json.loads(ended.output)[0]["policies"]["edf"]["latency_s"]["p50"] >= 0.02


def test_a_trace_beside_the_scenario(tmp_path: Path, plain: Path) -> None:
    """The times of a trace come from its file; without a rate they are what they are."""
    (tmp_path / "trace.csv").write_text("0\n0.5\n2\n")
    asked = "{count: 3, process: trace, file: trace.csv}"
    plain.write_text(PLAIN.replace("{count: 20, load: 0.5}", asked))
    ended = run(plain, "--policies", "edf", "--output", "json")
    assert json.loads(ended.output)[0]["policies"]["edf"]["goodput_rps"] == pytest.approx(3 / 2.01)


@pytest.mark.parametrize(
    ("text", "policies", "said"),
    [
        (PLAIN, "fastest", "found 'fastest', allowed:"),
        (PLAIN, "slo-mael:doomed=first", "found 'first', allowed: as-published or last"),
        (PLAIN, ",", "allowed: at least one policy"),
        (PLAIN.replace("{a: {edge: 0.01}}", "none"), "edf", "none"),
        (PLAIN.replace("{count: 20, load: 0.5}", "{file: x.csv}"), "edf", "x.csv: requests cannot"),
        (PLAIN.replace("load: 0.5", "lod: 0.5"), "edf", "found the field 'lod', allowed: count"),
        ("- 1", "edf", "found list, allowed: fields with names"),
    ],
)
def test_mistakes(plain: Path, text: str, policies: str, said: str) -> None:
    """A mistake is one message that says what was found and what is allowed."""
    plain.write_text(text)
    ended = run(plain, "--policies", policies)
    assert isinstance(ended.exception, SchedulerError | SystemExit)
    assert said in f"{ended.exception} {ended.output}"


def test_the_exit_code_of_a_mistake() -> None:
    """As a shell runs it: exit code 2, the message on standard error, no stack trace."""
    ended = subprocess.run(
        [sys.executable, "-m", "synergai", "simulate", "nowhere.yaml", "--policies", "edf"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("Error: nowhere.yaml: a scenario cannot be read")
    assert "Traceback" not in ended.stderr


class Counting:
    """A search that finds the answer."""

    def run(self) -> int:
        """It."""
        return 42


def test_the_stopwatch_changes_nothing() -> None:
    """It returns what policy and search do, and counts their time by the clocks it was given."""
    ticks, seconds = iter([0, 5_000]), iter([1.0, 1.5, 2.0, 2.25])
    watch = Stopwatch(lambda: next(ticks), lambda: next(seconds))
    assert list(watch.decide(edf({("a", "edge"): 1.0}), 0.0)) == []
    assert [watch.search(Counting()), watch.search(Counting())] == [42, 42]
    assert watch.decisions_us == [5.0]
    assert watch.tuning_cpu_s == 0.75
