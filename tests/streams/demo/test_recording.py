"""A run of the demo as the simulator reads it."""

from csv import DictReader
from io import StringIO
from pathlib import Path

import pytest

from profiles.schema import Configuration, Latency, Profile, Source
from scheduler.simulator.playing import play
from scheduler.simulator.types import Recorded
from streams.commands.scenarios import load
from streams.demo.recording import record
from streams.demo.workload import Shot
from streams.schema import Breakdown, Outcome, OutcomeKind
from streams.stack.schema import PoolSpec, StackFile

AUTO = Configuration(engine="auto")
STACK = StackFile(
    models=("magika", "silero-vad"),
    pools=(
        PoolSpec(name="fast", architecture="gpu"),
        PoolSpec(name="slow", architecture="jetson", instances=2, slots=3, models=("magika",)),
    ),
)
SECONDS = {("magika", "gpu"): 0.01, ("magika", "jetson"): 0.04, ("silero-vad", "gpu"): 0.03}


def _profile(model: str, architecture: str, seconds: float, engine: str = "auto") -> Profile:
    latency = Latency(mean_s=9.0, p50_s=seconds, p90_s=9.0, p99_s=9.0)
    return Profile(
        model=model, architecture=architecture, configuration=Configuration(engine=engine),
        latency_by_batch={1: latency}, source=Source(kind="derived", detail="for a test"),
    )  # fmt: skip


PROFILES = [
    *(_profile(model, architecture, s) for (model, architecture), s in SECONDS.items()),
    _profile("magika", "gpu", 5.0, "onnxruntime"),
    _profile("magika", "xeon", 5.0),
]


def _outcome(
    name: str,
    pool: PoolSpec,
    *,
    accepted_s: float,
    service_s: float,
    hop_s: float = 0.004,
    kind: OutcomeKind = "met",
    model: str = "magika",
) -> Outcome:
    spent = Breakdown(hop_s=hop_s, service_s=service_s)
    return Outcome(
        identity=name, request_id=name, tenant="t", source="s", model=model, kind=kind, reason="",
        pool=pool.name, architecture=pool.architecture, configuration=AUTO.key,
        accepted_s=accepted_s, budget_s=0.2, breakdown=spent,
    )  # fmt: skip


FAST, SLOW = STACK.pools
OUTCOMES = [
    _outcome("b", SLOW, accepted_s=101.5, service_s=0.06, hop_s=0.01),
    _outcome("a", FAST, accepted_s=100.0, service_s=0.02, hop_s=0.002, kind="late"),
    _outcome("c", FAST, accepted_s=102.0, service_s=0.0, hop_s=0.0, kind="expired"),
    _outcome("d", FAST, accepted_s=101.0, service_s=0.03, hop_s=0.006, model="silero-vad"),
]
SHOTS = [
    Shot(request_id=name, at_s=at_s, model=model, budget_s=0.3)
    for name, at_s, model in (
        ("a", 0.1, "magika"), ("b", 1.4, "magika"), ("c", 1.9, "magika"),
        ("d", 1.0, "silero-vad"), ("e", 5.0, "silero-vad"),
    )
]  # fmt: skip
MADE = record(STACK, PROFILES, SHOTS, OUTCOMES, grace_s=60.0)


def _rows(text: str) -> list[dict[str, str]]:
    return list(DictReader(StringIO(text)))


def test_requests_are_as_the_broker_had_them() -> None:
    """In order of append, from 0; work is what was reported over the profile where it ran."""
    rows = [(row["arrival_s"], row["model"], row["qos_s"]) for row in _rows(MADE.requests)]
    assert rows[:4] == [
        ("0.0", "magika", "0.2"), ("1.0", "silero-vad", "0.2"), ("1.5", "magika", "0.2"),
        ("2.0", "magika", "0.2"),
    ]  # fmt: skip
    works = [float(row["work"]) for row in _rows(MADE.requests)]
    assert works[:3] == [2.0, 1.0, 1.5]
    assert {row["expiry_s"] for row in _rows(MADE.requests)} == {"60.2", "60.3"}


def test_what_was_not_computed_is_replayed_all_the_same() -> None:
    """An expired request and a lost one have the median work of their model."""
    expired, lost = _rows(MADE.requests)[3:]
    assert (expired["work"], lost["work"]) == ("1.75", "1.0")
    assert (lost["arrival_s"], lost["qos_s"]) == ("5.0", "0.3")
    assert [row["kind"] for row in _rows(MADE.answers)] == ["late", "met", "met", "expired", "lost"]


def test_the_scenario_is_the_stack_as_it_was(tmp_path: Path) -> None:
    """Medians by configuration; a slot is an instance; hops are means, halved, of answers alone."""
    for name, text in MADE.files.items():
        (tmp_path / name).write_text(text)
    scenario, workload = load(tmp_path / "scenario.yaml")
    assert scenario.profiles == {
        "magika": {f"gpu/{AUTO.key}": {1: 0.01}, f"jetson/{AUTO.key}": {1: 0.04}},
        "silero-vad": {f"gpu/{AUTO.key}": {1: 0.03}},
    }
    fast, slow = scenario.pools
    assert (fast.instances, slow.instances) == (1, 6)
    assert [fast.hop_s, slow.hop_s] == pytest.approx([0.002, 0.005])
    assert (fast.models, slow.models) == (("magika", "silero-vad"), ("magika",))
    assert scenario.requests == Recorded(file="requests.csv")
    run = play(scenario, workload(0), "edf")
    assert (run.end_s - workload(0).arrival_s)[:2] == pytest.approx([0.024, 0.034])


def test_nothing_at_all_can_be_written() -> None:
    """A run in which every request was lost."""
    assert len(_rows(record(STACK, PROFILES, SHOTS, [], 60.0).requests)) == len(SHOTS)
