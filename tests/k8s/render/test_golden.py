"""Whole outputs: what a deployment file is rendered to changes only where somebody meant it."""

import json

import pytest
import yaml

from k8s.render.order import step
from k8s.render.writing import as_json, as_yaml
from tests.k8s.rendered import CASES, GOLDEN, case


@pytest.mark.parametrize("name", CASES)
def test_rendered_as_it_is_kept(name: str) -> None:
    """Byte by byte; ``python -m tests.k8s.render`` writes the files anew."""
    assert as_yaml(case(name)) == (GOLDEN / name / "manifests.yaml").read_text()


@pytest.mark.parametrize("name", CASES)
def test_yaml_and_json_say_the_same(name: str) -> None:
    """A List of JSON holds the documents of the YAML, in the order in which they are created."""
    manifests = case(name)
    assert json.loads(as_json(manifests))["items"] == list(yaml.safe_load_all(as_yaml(manifests)))
    steps = [step(manifest) for manifest in manifests]
    assert steps == sorted(steps)


@pytest.mark.parametrize("name", CASES)
def test_no_two_objects_share_a_name(name: str) -> None:
    """Applied one after the other, none would overwrite another."""
    names = [(m["apiVersion"], m["kind"], m["metadata"]["name"]) for m in case(name)]
    assert len(set(names)) == len(names)
