"""What applying changes, as a unified diff of YAML."""

from collections.abc import Iterable
from difflib import unified_diff

import yaml

from k8s.applying.steps import Applied, bare
from k8s.ports import Object


def difference(applied: Iterable[Applied]) -> str:
    """Of all objects that change; empty: nothing does."""
    return "".join(_of(each) for each in applied if each.effect != "unchanged")


def _of(applied: Applied) -> str:
    name = str(applied.ref)
    lines = unified_diff(_lines(applied.before), _lines(applied.after), f"{name}, now", name)
    return "".join(lines)


def _lines(found: Object | None) -> list[str]:
    if found is None:
        return []
    return yaml.safe_dump(bare(found), sort_keys=True).splitlines(keepends=True)
