"""``python -m tests.k8s.images.blocked NAMES MODULE…``: import modules where only NAMES are there.

NAMES: the file with the distributions of an image, ``name==version`` by line. Everything else that
is installed here cannot be found.
"""

import importlib
import re
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType
from typing import ClassVar


class _Without(PathFinder):
    """The finder of installed modules, but for what an image does not have."""

    absent: ClassVar[set[str]] = set()

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Nothing, or what is installed."""
        if fullname.partition(".")[0] in cls.absent:
            return None
        return super().find_spec(fullname, path, target)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main(names: Path, modules: Sequence[str]) -> None:
    """Import all of them."""
    there = {_plain(line.partition("==")[0]) for line in names.read_text().splitlines() if line}
    there.add("synergai")
    _Without.absent = {
        module
        for module, distributions in packages_distributions().items()
        if not {_plain(each) for each in distributions} & there
    }
    sys.meta_path[:] = [_Without if each is PathFinder else each for each in sys.meta_path]
    for module in modules:
        importlib.import_module(module)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
