"""Recordings on a virtual clock."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from profiles.schema import Latency, Profile, Source
from streams.commands.replay import replay
from streams.errors import StreamsError
from streams.replay import worlds
from streams.replay.figures import figures
from streams.replay.lives import life
from streams.replay.run import load
from streams.replay.schema import Ended, Entry
from streams.replay.simulated import Setup, play
from streams.settings import Settings
from streams.stack.schema import PoolSpec, StackFile
from tests.support.recordings import entry, written

STACK = StackFile(
    models=("quick", "slow"),
    pools=(
        PoolSpec(name="fast", architecture="gpu"),
        PoolSpec(name="edge", architecture="jetson", models=("quick",)),
    ),
)
AUTO = STACK.pools[0].configuration
SECONDS = {("quick", "gpu"): 0.01, ("quick", "jetson"): 0.04, ("slow", "gpu"): 0.1}


def profile(model: str, architecture: str, seconds: float) -> Profile:
    """All quantiles alike."""
    latency = Latency(mean_s=seconds, p50_s=seconds, p90_s=seconds, p99_s=seconds)
    return Profile(
        model=model, architecture=architecture, configuration=AUTO,
        latency_by_batch={1: latency}, source=Source(kind="derived", detail="for a test"),
    )  # fmt: skip


def setup(policy: str = "edf", **fields: Any) -> Setup:
    """The stack with its profiles."""
    profiles = tuple(profile(*place, seconds) for place, seconds in SECONDS.items())
    given: dict[str, Any] = {"stack": STACK, "place": "stack.yaml", "profiles": profiles}
    return Setup(policy=policy, settings=Settings(), **(given | fields))


def seen(pool: PoolSpec, service_s: float, hop_s: float = 0.004) -> Ended:
    """An outcome on a pool."""
    return Ended(
        kind="met", pool=pool.name, architecture=pool.architecture,
        configuration=pool.configuration.key, service_s=service_s, hop_s=hop_s,
    )  # fmt: skip


def test_every_request_ends_as_it_would_live() -> None:
    """Met or late by the profile and the way; malformed and unknown ones are rejected."""
    entries = [
        entry(0, 0.0), entry(1, 1.0, model="slow"), entry(2, 2.0, model="strange"),
        entry(3, 3.0, malformed="no event"), entry(4, 4.0, id="r0"),
    ]  # fmt: skip
    run = play(entries, "a.jsonl", setup())
    kinds = [row.ended and (row.ended.kind, row.ended.reason) for row in run.rows]
    assert kinds == [
        ("met", "answered"), ("late", "answered"), ("rejected", "unknown-model"),
        ("rejected", "malformed"), None,
    ]  # fmt: skip
    assert [row.repeat for row in run.rows] == [False, False, False, False, True]
    answered = [row.ended.latency_s for row in run.rows[:2] if row.ended]
    assert answered == pytest.approx([0.016, 0.106])
    assert (run.source, run.policy, run.stack) == ("simulated", "edf", "stack.yaml")
    assert run.notes[-1].startswith("assumed, since the recording has no outcomes: 3 ms each way")


def test_what_was_seen_counts() -> None:
    """Hops by pool, works by what was reported over the profile, else the model's median."""
    fast, edge = STACK.pools
    entries = [
        entry(0, 0.0, outcome=seen(fast, 0.03, 0.01)), entry(1, 1.0, outcome=seen(edge, 0.04)),
        entry(2, 2.0),
    ]  # fmt: skip
    run = play(entries, "a.jsonl", setup())
    latencies = [row.ended.latency_s for row in run.rows if row.ended]
    assert latencies == pytest.approx([0.03 + 0.01, 0.01 + 0.01, 0.02 + 0.01])
    assert len(run.notes) == 2
    known = worlds.seconds(STACK, setup().profiles, "stack.yaml", entries)
    assert worlds.works(entries, known) == pytest.approx([3.0, 1.0, 2.0])


def test_speed_brings_requests_closer_and_leaves_deadlines() -> None:
    """At three times the speed a queue forms that there was not."""
    entries = [entry(n, n * 0.15, model="slow", budget_s=0.12) for n in range(30)]
    slow, fast = (figures(play(entries, "a", setup(speed=speed))) for speed in (1.0, 3.0))
    assert (slow["violation_ratio"], fast["violation_ratio"] > 0.5) == (0.0, True)


def test_a_life_is_the_apps() -> None:
    """Budget and expiry of requests that ask for none, and the longest life."""
    settings = Settings(default_budget_s=2.0, grace_s=10.0, longest_life_s=60.0)
    lives = [
        life(entry(0, 0.0, budget_s=budget_s, expiry_s=expiry_s), settings)
        for budget_s, expiry_s in ((0.5, None), (None, None), (None, 1.0), (70.0, None))
    ]
    assert lives == [(0.5, 10.5), (2.0, 12.0), (1.0, 1.0), (60.0, 60.0)]


def test_a_model_without_a_profile_needs_one_or_an_outcome() -> None:
    """The message says what helps; what the recording saw is enough."""
    stack = StackFile(models=("own",), pools=(PoolSpec(name="fast", architecture="gpu"),))
    given: list[Entry] = [entry(0, 0.0, model="own")]
    with pytest.raises(StreamsError, match=r"stack\.yaml: models: own has no profile; measure it"):
        play(given, "a", setup(stack=stack))
    given[0] = entry(0, 0.0, model="own", outcome=seen(stack.pools[0], 0.02))
    (row,) = play(given, "a", setup(stack=stack)).rows
    assert row.ended is not None
    assert row.ended.latency_s == pytest.approx(0.024)


def run(*arguments: str | Path) -> Result:
    """The command on a wide terminal."""
    return CliRunner().invoke(replay, list(map(str, arguments)), env={"COLUMNS": "200"})


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Twenty requests for a model of the catalogue."""
    given = [entry(n, n / 20, model="magika", budget_s=0.1) for n in range(20)]
    return written(tmp_path / "a.jsonl", given)


def test_the_command(recording: Path, tmp_path: Path) -> None:
    """A table or JSON, and a file that can be compared."""
    ended = run(recording, "--simulate", "--policy", "edf", "--save", tmp_path / "run.json")
    assert ended.exit_code == 0, ended.output
    assert "a.jsonl: 20 requests: 20 met; violations 0.00%" in ended.output
    stack = tmp_path / "stack.yaml"
    stack.write_text("models: [magika]\npolicy: fifo\npools: [{name: p, architecture: gpu}]")
    stack.write_text(stack.read_text().replace("fifo", "round-robin"))
    again = run(recording, "--simulate", "-f", stack, "--count", "5", "--output", "json")
    assert again.exit_code == 0, again.output
    found = json.loads(again.output)
    assert (found["requests"], found["policy"], list(found["by_pool"])) == (5, "round-robin", ["p"])
    assert load(tmp_path / "run.json").policy == "edf"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--simulate", "--policy", "magic"], "found 'magic', allowed: "),
        (["--simulate", "-f", "none.yaml"], "none.yaml: cannot be read"),
        (["--simulate", "--speed", "0"], "0.0 is not in the range"),
    ],
)
def test_mistakes(recording: Path, arguments: list[str], said: str) -> None:
    """A mistake is one message that says what was found and what is allowed."""
    ended = run(recording, *arguments)
    assert ended.exit_code != 0
    assert said in f"{ended.exception} {ended.output}"


def test_an_empty_recording(tmp_path: Path) -> None:
    """Nothing to play is said."""
    ended = run(written(tmp_path / "a.jsonl", []), "--simulate")
    assert "found no request, allowed: at least one line" in str(ended.exception)
