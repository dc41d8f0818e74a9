"""The packages that an extra of this project means, out of the running environment."""

from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "synergai"


def distributions(extra: str) -> dict[str, Distribution]:
    """Name to distribution of everything the extra needs, this project itself left out."""
    found: dict[str, Distribution] = {}
    waiting = [(PROJECT, frozenset({extra}))]
    while waiting:
        name, extras = waiting.pop()
        for wanted in _requirements(distribution(name), extras):
            key = canonicalize_name(wanted.name)
            if key not in found:
                found[key] = distribution(key)
                waiting.append((key, frozenset(wanted.extras)))
    return found


def tops(found: Distribution) -> set[tuple[Path, str]]:
    """Files and folders directly under site-packages that the distribution owns."""
    names = {path.parts[0] for path in found.files or ()} - {"..", "__pycache__"}
    here = ((Path(str(found.locate_file(name))), name) for name in names)
    return {(path, name) for path, name in here if path.exists() and path.suffix != ".pth"}


def _requirements(found: Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    environments = [{"extra": extra} for extra in extras or {""}]
    for text in found.requires or ():
        wanted = Requirement(text)
        if wanted.marker is None or any(wanted.marker.evaluate(each) for each in environments):
            yield wanted
