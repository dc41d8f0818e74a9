"""What the app is told of a stack's machines."""

from pathlib import Path

import pytest

from profiles.errors import ProfileError
from profiles.schema import Configuration
from profiles.store import save
from streams.settings import Settings
from streams.stack.profiled import measured, of_stack, pacing
from streams.stack.schema import PoolSpec, StackFile
from tests.support.profiles import latency, profile

OWN = (
    profile(model="magika", configuration=Configuration(engine="onnxruntime")),
    profile(
        model="magika", configuration=Configuration(engine="litert"),
        latency_by_batch={1: latency(0.5)},
    ),
    profile(model="silero-vad"),
)  # fmt: skip
EMULATED = StackFile(
    models=("magika",),
    pools=(PoolSpec(name="gpu", architecture="gpu"), PoolSpec(name="edge", architecture="jetson")),
)


def test_auto_has_the_figures_of_the_preferred_engine() -> None:
    """A pool of ``engine: auto`` is found in the profiles under its own key, with its origin."""
    found = of_stack(OWN, StackFile(models=("magika",)), {"magika": "litert"})
    (auto,) = [each for each in found if each.configuration.key == "auto-fp32-t1-b1"]
    assert auto.latency().p50_s == 0.5
    assert "as litert-fp32-t1-b1" in auto.source.detail


def test_other_threads_are_not_taken_for_these() -> None:
    """A figure for one thread says nothing exact of two."""
    pool = PoolSpec(name="local", configuration=Configuration(engine="auto", threads=2))
    found = of_stack(OWN, StackFile(models=("magika",), pools=(pool,)), {"magika": "litert"})
    assert {each.configuration.threads for each in found} == {1}


def test_emulated_machines_are_slower_by_the_same_factors_as_their_answers() -> None:
    """Profile and pace agree, and the profile says emulated; other models are left out."""
    found = of_stack(OWN, EMULATED, {"magika": "onnxruntime"})
    factor = pacing(EMULATED)["jetson"]["magika"]
    by_architecture = {
        each.architecture: each for each in found if each.configuration.engine == "auto"
    }
    here, there = by_architecture["this-machine"], by_architecture["jetson"]
    assert there.latency().p50_s == pytest.approx(factor * here.latency().p50_s)
    assert (here.source.kind, there.source.kind) == ("measured", "emulated")
    assert {each.model for each in found} == {"magika"}


def test_this_machine_alone_is_not_paced() -> None:
    """Nothing emulated, no factors."""
    assert pacing(StackFile(models=("magika",))) == {}


def test_an_own_model_is_paced_by_its_family() -> None:
    """The stack file names the family."""
    stack = StackFile(models=("mine",), pools=EMULATED.pools, families={"mine": "vision"})
    assert pacing(stack)["gpu"]["mine"] == 1.0
    assert pacing(stack)["jetson"]["mine"] > 1.0


def test_an_architecture_without_figures_is_refused() -> None:
    """The message lists those that have some."""
    stack = StackFile(models=("magika",), pools=(PoolSpec(name="x", architecture="abacus"),))
    with pytest.raises(ProfileError, match="found 'abacus', which has no published figures"):
        pacing(stack)


def test_own_measurements_come_before_those_shipped(tmp_path: Path) -> None:
    """SYNERGAI_PROFILES names them; other architectures of the file are not this machine."""
    save([*OWN, profile(architecture="jetson")], tmp_path / "mine.yaml")
    found = measured(Settings(profiles=tmp_path / "mine.yaml"))
    assert {(each.model, each.architecture) for each in found} == {
        ("magika", "this-machine"),
        ("silero-vad", "this-machine"),
    }
