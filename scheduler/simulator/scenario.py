"""Scenario files: `parse` makes a checked scenario of the text of one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from profiles.schema import Profile
from scheduler.errors import SchedulerError
from scheduler.simulator import document
from scheduler.simulator.checking import check
from scheduler.simulator.types import (
    Burst,
    Drift,
    EstimateError,
    Generated,
    Outage,
    Pool,
    Power,
    Recorded,
    Scenario,
    Seconds,
    Sizes,
    World,
    from_profiles,
)

__all__ = ["References", "Scenario", "parse", "references"]

_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "": Scenario.__struct_fields__,
    "pools[]": Pool.__struct_fields__,
    "pools[].start": ("warm", "cold"),
    "pools[].power_w": Power.__struct_fields__,
    "estimate_error": EstimateError.__struct_fields__,
    "drift[]": Drift.__struct_fields__,
    "outages[]": Outage.__struct_fields__,
}
_GENERATED: Final = {
    "": Generated.__struct_fields__,
    "burst": Burst.__struct_fields__,
    "size_bytes": Sizes.__struct_fields__,
    "process": ("poisson", "gamma", "mmpp", "trace"),
}
_RECORDED: Final = {"": (*Recorded.__struct_fields__, "count and the others of what is drawn")}


class References(NamedTuple):
    """The files that a scenario names, as written in it."""

    profiles: str | None
    requests: str | None
    """With columns, or of a trace the arrival times."""


def references(text: str, place: str) -> References:
    """What must be read before `parse` and `scheduler.simulator.generate` can do their work.

    Raises:
        SchedulerError: the text is no YAML mapping.
    """
    fields = document.read(text, place)
    profiles, requests = fields.get("profiles"), fields.get("requests")
    file = requests.get("file") if isinstance(requests, dict) else None
    return References(
        profiles=profiles if isinstance(profiles, str) else None,
        requests=file if isinstance(file, str) else None,
    )


def parse(text: str, place: str, profiles: Sequence[Profile] | None = None) -> Scenario:
    """The scenario of a file; ``profiles`` are those of the folder that it names, if it does.

    Raises:
        SchedulerError: names the place, the field, what was found and what is allowed.
    """
    fields = document.read(text, place)
    fields["profiles"] = _by_model(fields.get("profiles"), place, profiles)
    requests = _requests(fields.pop("requests", None), place)
    world = document.converted(fields, World, place, _FIELDS)
    known = {field: getattr(world, field) for field in World.__struct_fields__}
    scenario = Scenario(requests=requests, **known)
    check(scenario, place)
    return scenario


def _by_model(written: Any, place: str, profiles: Sequence[Profile] | None) -> Any:
    """Seconds by model, architecture and batch size."""
    if isinstance(written, str):
        if profiles is None:
            raise SchedulerError(
                f"{place}: profiles: found the folder {written!r}, allowed: one that was read"
            )
        return from_profiles(profiles)
    if not isinstance(written, dict):
        raise SchedulerError(
            f"{place}: profiles: found {_kind(written)}, allowed: "
            "{model: {architecture: seconds, or {batch size: seconds}}}, or a folder of profiles"
        )
    return {
        model: {
            architecture: _by_size(seconds, f"{place}: profiles.{model}.{architecture}")
            for architecture, seconds in _columns(columns, f"{place}: profiles.{model}").items()
        }
        for model, columns in written.items()
    }


def _columns(written: Any, where: str) -> dict[Any, Any]:
    if not isinstance(written, dict):
        allowed = "{architecture: seconds, or {batch size: seconds}}"
        raise SchedulerError(f"{where}: found {written!r}, allowed: {allowed}")
    return written


def _by_size(written: Any, where: str) -> Seconds:
    """A single time is that of batch 1."""
    try:
        by_size = written if isinstance(written, dict) else {1: written}
        return msgspec.convert(by_size, Seconds, strict=False)
    except msgspec.ValidationError:
        allowed = "seconds, or {batch size: seconds of the batch}"
        raise SchedulerError(f"{where}: found {written!r}, allowed: {allowed}") from None


def _requests(written: Any, place: str) -> Recorded | Generated:
    where = f"{place}: requests"
    if not isinstance(written, dict):
        raise SchedulerError(
            f"{where}: found {_kind(written)}, "
            "allowed: {file: requests.csv}, or {count: 1500, load: 0.9, ...}"
        )
    if set(written) & {"count", "process"} or "file" not in written:
        return document.converted(written, Generated, where, _GENERATED)
    return document.converted(written, Recorded, where, _RECORDED)


def _kind(written: object) -> str:
    return "nothing" if written is None else type(written).__name__
