"""The deployment file: what it may say, what follows from it, and how mistakes are told."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from k8s.deployment import load
from k8s.errors import K8sError
from k8s.known import profiles_of
from k8s.render import render
from k8s.render.configuration import written as canonical
from tests.k8s.rendered import CASES, GOLDEN, written

SHORT = """
kafka: {bootstrap: "kafka.example.net:9092"}
images: {registry: registry.example.net/team, tag: 0.1.0}
models: [magika, silero-vad]
architectures: {jetson: , xeon: , gpu: , xeon-spr-8480: }
"""
EXAMPLE = Path(__file__).parents[2] / "examples" / "deployment.yaml"

MISTAKES = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text())


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["said"][:60])
def test_a_mistake_is_told_with_place_and_what_is_allowed(
    tmp_path: Path, mistake: dict[str, Any]
) -> None:
    """Field, what was found, what is allowed; the file's name where it is known."""
    path = written(tmp_path, SHORT, **mistake["change"])
    with pytest.raises(K8sError) as raised:
        render(load(path), profiles_of(load(path)))
    assert mistake["said"] in str(raised.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: [", "no YAML: "),
        ("name: a\nname: b\n", "no YAML: found name twice, allowed: each key once"),
        ("[]", "found a list, allowed: fields"),
        ("", "found nothing, allowed: fields"),
    ],
)
def test_what_is_no_file_of_ours(tmp_path: Path, content: str, said: str) -> None:
    """The file is named, and what it is instead."""
    path = tmp_path / "deployment.yaml"
    path.write_text(content)
    with pytest.raises(K8sError) as raised:
        load(path)
    assert str(raised.value).startswith(f"{path}: {said}")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """It is said, with its name."""
    with pytest.raises(K8sError, match=r"gone.yaml: cannot be read: No such file"):
        load(tmp_path / "gone.yaml")


def test_defaults_follow_from_the_name_of_an_architecture(tmp_path: Path) -> None:
    """Images, runtime class and the label that nodes are found by."""
    machines = load(written(tmp_path, SHORT)).architectures
    assert [(m.variant, m.runtime_class) for m in machines.values()] == [
        ("cuda", ""), ("l4t", "nvidia"), ("cpu", ""), ("cpu", ""),
    ]  # fmt: skip
    assert machines["jetson"].image == "registry.example.net/team/synergai-function-l4t:0.1.0"
    assert machines["xeon-spr-8480"].node_selector == {"synergai.org/architecture": "xeon-spr-8480"}


def test_an_empty_selector_means_any_node(tmp_path: Path) -> None:
    """What is given wins, nothing included."""
    path = written(tmp_path, SHORT, architectures={"xeon": {"node_selector": {}}})
    assert load(path).architectures["xeon"].node_selector == {}


def test_profiles_are_beside_the_file(tmp_path: Path) -> None:
    """Relative to the file, not to where the command runs."""
    assert load(written(tmp_path, SHORT, profiles="mine.yaml")).profiles == str(
        tmp_path / "mine.yaml"
    )


@pytest.mark.parametrize("path", [EXAMPLE, *(GOLDEN / c / "deployment.yaml" for c in CASES)])
def test_what_the_cluster_is_given_says_the_same(path: Path, tmp_path: Path) -> None:
    """The file inside of the ConfigMap is read to the same deployment, but for its profiles."""
    deployment = load(path)
    again = tmp_path / "again.yaml"
    again.write_text(canonical(deployment))
    there = load(again)
    assert there.profiles == "/etc/synergai/deployment/profiles.yaml"
    known = profiles_of(deployment)
    names = [m["metadata"]["name"] for m in render(there, known)]
    assert names == [m["metadata"]["name"] for m in render(deployment, known)]
    assert there.architectures == deployment.architectures


def test_the_example_is_short() -> None:
    """About twenty lines say everything."""
    lines = [line for line in EXAMPLE.read_text().splitlines() if not line.startswith("#")]
    assert len(lines) <= 20
    assert yaml.safe_load(EXAMPLE.read_text())["architectures"].keys() == {"jetson", "xeon", "gpu"}
