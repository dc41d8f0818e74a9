"""Objects as text; the same objects give the same bytes."""

import json
from collections.abc import Iterable
from typing import Any

import yaml

from k8s.render.metadata import Manifest


class _Plain(yaml.SafeDumper):
    """Without anchors, which people and other tools stumble over."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write everything out."""
        return True


def _text(dumper: _Plain, text: str) -> yaml.ScalarNode:
    """Files inside of a ConfigMap as they are read: line by line."""
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Plain.add_representer(str, _text)


def as_yaml(manifests: Iterable[Manifest]) -> str:
    """One document per object."""
    return yaml.dump_all(
        manifests, Dumper=_Plain, sort_keys=False, explicit_start=True, width=100,
        allow_unicode=True,
    )  # fmt: skip


def as_json(manifests: Iterable[Manifest]) -> str:
    """One List of all objects."""
    whole = {"apiVersion": "v1", "kind": "List", "items": list(manifests)}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
