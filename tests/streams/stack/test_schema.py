"""The stack file."""

from pathlib import Path

import pytest

from profiles.families import FAMILIES
from streams.errors import StreamsError
from streams.stack.profiled import pacing
from streams.stack.schema import THIS_MACHINE, load, this_machine


def _file(folder: Path, text: str) -> Path:
    path = folder / "stack.yaml"
    path.write_text(text)
    return path


def test_one_line_is_this_machine_with_nothing_emulated(tmp_path: Path) -> None:
    """Models alone make one pool of this machine's own architecture."""
    stack = load(_file(tmp_path, "models: [magika, silero-vad]"))
    assert [(pool.name, pool.architecture) for pool in stack.pools] == [("local", THIS_MACHINE)]


def test_model_folders_are_relative_to_the_file(tmp_path: Path) -> None:
    """A stack file and the models beside it can be moved together."""
    stack = load(_file(tmp_path, "models: [mine]\nmodel_folders: [mine]"))
    assert stack.model_folders == (str((tmp_path / "mine").resolve()),)


@pytest.mark.parametrize(
    ("text", "variant"),
    [
        ("", None),
        ("policy: kairos", "kairos"),
        ("policy: slo-mael:doomed=last", "slo-mael:doomed=last"),
        (
            "policy: {name: slo-mael, parameters: {window: 2, reset_sum: true}}",
            "slo-mael:window=2,reset_sum=true",
        ),
    ],
)
def test_policy(tmp_path: Path, text: str, variant: str | None) -> None:
    """A policy is written as a text or as fields, both are the same."""
    assert load(_file(tmp_path, f"models: [magika]\n{text}")).variant == variant


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found nothing, allowed: fields"),
        ("[magika]", "found a list, allowed: fields"),
        ("models: magika", "models: found text, allowed: a list"),
        ("models: []", "models: found none"),
        ("models: [a, a]", "models: found a, a, allowed: at least one, each once"),
        ("models: [a]\npools: []", "pools: found names []"),
        (
            "models: [a]\npools: [{architecture: gpu}]",
            "found no field 'name', which is",
        ),
        ("models: [a]\npools: [{name: x, slots: 65}]", "x: slots: found 65, allowed: 1 to 64"),
        ("models: [a]\npools: [{name: x, architecture: My Box}]", "found 'My Box', allowed"),
        (
            "models: [a]\npools: [{name: x, bandwidth_bytes_per_s: -1}]",
            "x: bandwidth_bytes_per_s: found -1, allowed: at least 0, finite",
        ),
        (
            "models: [a]\npools: [{name: x, power_w: {idle: 9, busy: 5}}]",
            "x: power_w: busy: found 5, allowed: at least idle, 9",
        ),
        (
            "models: [a]\npools: [{name: x, power_w: {max: 5}}]",
            "pools[0].power_w: found an unknown field 'max', allowed: idle, busy",
        ),
        (
            "models: [a]\npools: [{name: x, configuration: {engine: tensorrt}}]",
            "engine: found 'tensorrt', allowed: auto, onnxruntime, litert",
        ),
        (
            "models: [a]\npools: [{name: x, configuration: {engine: auto, threads: 0}}]",
            "configuration: threads: found 0, allowed: 1 to 64",
        ),
        (
            "models: [a]\nfamilies: {a: fish}",
            "found 'fish', allowed: vision, detection",
        ),
        (
            "models: [mine]\npools: [{name: x, architecture: gpu}]",
            "families: found none for mine, but gpu is emulated",
        ),
        (
            "models: [a]\nmodel: [b]",
            "unknown field 'model', allowed: models, pools",
        ),
        (
            "models: [a]\npools: [{name: x, instances: 0}]",
            "x: instances: found 0, allowed: 1 to 64",
        ),
        ("models: [a]\npools: [{name: X}]", "found 'X', allowed: lower-case"),
        ("models: [a]\npools: [{name: x}, {name: x}]", "each once"),
        ("models: [a]\npools: [{name: x, models: [b]}]", "found ['b'], allowed: ['a']"),
        (
            "models: [a]\npools: [{name: x, instances: two}]",
            "pools[0].instances: found text, allowed: a whole number",
        ),
        (
            "models: [a]\npools: [{name: x, configuration: {engin: auto}}]",
            "pools[0].configuration: found an unknown field 'engin', allowed: engine, precision",
        ),
        ("models: [", "no YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_place_found_and_allowed(
    tmp_path: Path, text: str, message: str
) -> None:
    """The message names the file, the field and what is allowed."""
    path = _file(tmp_path, text)
    with pytest.raises(StreamsError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """No stack trace for a typing mistake in a path."""
    with pytest.raises(StreamsError, match=r"nowhere\.yaml: cannot be read"):
        load(tmp_path / "nowhere.yaml")


def test_without_a_file_it_is_the_catalogue_on_this_machine() -> None:
    """All five models, one pool, nothing emulated."""
    stack = this_machine()
    assert (stack.models, stack.emulated) == (tuple(FAMILIES), ())


def test_the_emulated_are_all_but_this_machine(tmp_path: Path) -> None:
    """Each once, sorted."""
    pools = "[{name: a, architecture: xeon}, {name: b, architecture: gpu}, {name: c}]"
    assert load(_file(tmp_path, f"models: [magika]\npools: {pools}")).emulated == ("gpu", "xeon")


@pytest.mark.parametrize("name", ["examples/stack.yaml", "examples/unlike-machines.yaml"])
def test_the_examples_are_good(name: str) -> None:
    """What we show can be run: known models, architectures with published figures."""
    stack = load(Path(__file__).parents[3] / name)
    assert set(stack.models) <= set(FAMILIES)
    assert set(pacing(stack)) == set(stack.emulated)
    assert stack.emulated == (() if name == "examples/stack.yaml" else ("gpu", "jetson", "xeon"))
