"""Machines and models: one YAML file each in bench/evaluation/mixes/, with the sources."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from profiles import shipped
from scheduler.errors import SchedulerError
from scheduler.simulator import document
from scheduler.simulator.types import Seconds, from_profiles

FOLDER = Path(__file__).parent / "mixes"


class Mix(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `bench/evaluation/mixes/README.md` describes; ``pools`` as in a scenario file."""

    name: str
    about: str
    pools: tuple[dict[str, Any], ...]
    sources: dict[str, Any]
    slows: str
    fails: str
    profiles: dict[str, dict[str, float | dict[int, float]]] = {}
    measured: tuple[str, ...] = ()
    mix: dict[str, float] = {}

    @property
    def table(self) -> Mapping[str, Mapping[str, float | Mapping[int, float]]]:
        """Seconds by model and architecture, and by batch size where that is known."""
        return _measured(self.measured) if self.measured else self.profiles


def names() -> list[str]:
    """All mixes that there are."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@cache
def mix(name: str) -> Mix:
    """The mix of this name.

    Raises:
        SchedulerError: there is no such mix, or its file is wrong.
    """
    path = FOLDER / f"{name}.yaml"
    if not path.exists():
        raise SchedulerError(f"mix: found {name!r}, allowed: {', '.join(names())}")
    fields = document.read(path.read_text(encoding="utf-8"), path.name)
    return document.converted(fields, Mix, path.name, {"": Mix.__struct_fields__})


def _measured(machines: Sequence[str]) -> dict[str, dict[str, Seconds]]:
    """Our own models, the fastest configuration of each, on machines of the demo."""
    profiles = shipped.for_stack(shipped.measured(), set(machines))
    return {
        model: {name: seconds for name, seconds in columns.items() if name in machines}
        for model, columns in from_profiles(profiles).items()
    }
