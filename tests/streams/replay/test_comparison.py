"""Two runs side by side."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streams.commands.compare import compare as command
from streams.errors import StreamsError
from streams.replay.comparison import compare
from streams.replay.run import Row, Run, save
from streams.replay.schema import Ended
from tests.support.recordings import entry, written


def run(*ends: tuple[str, float] | None, models: str = "aabb", first: int = 0) -> Run:
    """Requests that ended so; a met one ran on the gpu, a late one at the edge."""
    rows = [
        Row(
            name=f"t/0/{first + number}", at_s=number / 10, model=models[number % 4],
            ended=end and Ended(
                kind="met" if end[0] == "met" else "late", latency_s=end[1],
                pool="gpu" if end[0] == "met" else "edge",
            ),
        )
        for number, end in enumerate(ends)
    ]  # fmt: skip
    return Run(source="live", recording="a.jsonl", rows=tuple(rows))


MET, LATE = ("met", 0.1), ("late", 0.4)
A = run(MET, MET, LATE, MET, MET)
B = run(MET, LATE, MET, LATE, None)


def test_what_changed() -> None:
    """Paired by request: what is no longer met, what is now, models, pools, latencies."""
    found = compare(A, B)
    assert (found["requests"], found["points"]) == (5, 40.0)
    assert found["no_longer_met"] == ["t/0/1", "t/0/3", "t/0/4"]
    assert found["now_met"] == ["t/0/2"]
    assert [found[side]["violation_ratio"] for side in ("first", "second")] == [0.2, 0.6]
    assert found["second"]["outcomes"] == {"met": 2, "late": 2, "missing": 1}
    assert found["latency_change_s"] == {"answered_by_both": 4, "mean": 0.075, "p50": 0.15}
    assert {name: group["requests"] for name, group in found["by_model"].items()} == {
        "a": 3, "b": 2,
    }  # fmt: skip
    assert found["by_pool"]["edge"]["second"]["requests"] == 2
    assert found["by_pool"]["none"]["first"]["violation_ratio"] == 0.0
    low, high = found["points_interval"]
    assert low <= 40.0 <= high


def test_the_other_way_round() -> None:
    """Differences change their sign, nothing else does."""
    there, back = compare(A, B), compare(B, A)
    assert back["points"] == -there["points"]
    assert back["mcnemar_p"] == there["mcnemar_p"]
    assert (back["now_met"], back["no_longer_met"]) == (there["no_longer_met"], there["now_met"])


def test_only_what_is_in_both_counts() -> None:
    """The rest is counted apart; runs of different recordings cannot be compared."""
    found = compare(A, run(MET, MET, MET, first=3))
    assert (found["requests"], found["only_first"], found["only_second"]) == (2, 3, 1)
    with pytest.raises(StreamsError, match="found no request that is in both"):
        compare(A, run(MET, first=99))


def told(folder: Path, *arguments: str) -> Result:
    """The command on both runs."""
    save(A, folder / "a.json")
    save(B, folder / "b.json")
    names = [str(folder / name) for name in ("a.json", "b.json")]
    return CliRunner().invoke(command, [*names, *arguments], env={"COLUMNS": "200"})


def test_the_command(tmp_path: Path) -> None:
    """Tables and the requests that changed, or JSON; worse is no failure unless that is asked."""
    ended = told(tmp_path)
    assert ended.exit_code == 0, ended.output
    assert "violations B less A: +40.00 points, 95 % " in ended.output
    assert "met in A, not in B: 3 requests: t/0/1, t/0/3, t/0/4" in ended.output
    assert json.loads(told(tmp_path, "--output", "json").stdout)["points"] == 40.0


@pytest.mark.parametrize(("points", "code"), [("39.9", 1), ("40", 0), ("-1", 2)])
def test_fail_if_worse(tmp_path: Path, points: str, code: int) -> None:
    """By more than so many points, and it is said."""
    ended = told(tmp_path, "--fail-if-worse", points)
    assert ended.exit_code == code
    assert (code == 1) == ("+40.00 points more violations, allowed: at most 39.9" in ended.output)


def test_a_recording_is_a_run(tmp_path: Path) -> None:
    """What was seen when it was recorded is compared with what a replay of it came to."""
    seen = Ended(kind="met", latency_s=0.1, pool="gpu")
    file = written(tmp_path / "a.jsonl", [entry(n, n / 10, outcome=seen) for n in range(5)])
    save(B, tmp_path / "b.json")
    ended = CliRunner().invoke(command, [str(file), str(tmp_path / "b.json"), "--output", "json"])
    assert json.loads(ended.output)["first"]["outcomes"] == {"met": 5}
