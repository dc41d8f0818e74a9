"""From the bytes of a deployment file to its nouns; what is wrong is said with place and value."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

import msgspec

from k8s.errors import K8sError
from k8s.schema import (
    App,
    Architecture,
    Deployment,
    Images,
    Kafka,
    ModelVolume,
    Network,
    PoolSpec,
    Prewarm,
    Sasl,
    Scale,
    Tls,
    Toleration,
    TopicsBy,
    Variant,
)
from profiles.explained import explained
from profiles.once import parsed
from profiles.schema import Configuration

_T = TypeVar("_T")
_STEP: Final = re.compile(r"([A-Za-z_]+)|\[(\d+)\]")
_RANGE: Final = re.compile(r"^(?P<place>.*?: )?Expected `(?P<type>[a-z]+)` (?P<limit>[<>]=? .+)$")
_LIMITS: Final = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "configuration": Configuration.__struct_fields__,
    "model_volume": ModelVolume.__struct_fields__,
    "scale": Scale.__struct_fields__,
    "tolerations[]": Toleration.__struct_fields__,
    "tolerations[].effect": ("NoSchedule", "PreferNoSchedule", "NoExecute"),
    "tolerations[].operator": ("Equal", "Exists"),
    "variant": get_args(Variant),
}
_WHOLE: Final[Mapping[str, tuple[str, ...]]] = {
    "": Deployment.__struct_fields__,
    "app": App.__struct_fields__,
    "images": Images.__struct_fields__,
    "kafka": Kafka.__struct_fields__,
    "kafka.sasl": Sasl.__struct_fields__,
    "kafka.tls": Tls.__struct_fields__,
    "kafka.topics": get_args(TopicsBy),
    "network": Network.__struct_fields__,
    "prewarm": Prewarm.__struct_fields__,
}


def read(path: Path) -> Deployment:
    """The nouns of a file, each well formed; whether they fit together is not looked at.

    Raises:
        K8sError: names the file, the field, what was found and what is allowed.
    """
    try:
        fields = parsed(path.read_bytes())
    except OSError as error:
        raise K8sError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise K8sError(f"{path}: no YAML: {error}") from None
    if isinstance(fields, Mapping):
        fields = {name: _filled(name, part) for name, part in fields.items()}
        _each(fields, "architectures", Architecture, str(path))
        _each(fields, "pools", PoolSpec, str(path))
    return _converted(fields, Deployment, str(path), _WHOLE)


def _each(fields: Mapping[Any, Any], field: str, kind: type[Any], place: str) -> None:
    """Look at named parts one by one, since msgspec does not say the name."""
    there = fields.get(field)
    for name, part in there.items() if isinstance(there, Mapping) else ():
        allowed = {**_PARTS, "": kind.__struct_fields__}
        _converted(part, kind, f"{place}: {field}: {name}", allowed)


def _filled(name: Any, part: Any) -> Any:
    """``jetson:`` alone, which is YAML for nothing, means all defaults."""
    if name != "architectures" or not isinstance(part, Mapping):
        return part
    return {key: {} if value is None else value for key, value in part.items()}


def _converted(fields: Any, kind: type[_T], place: str, allowed: Mapping[str, Sequence[str]]) -> _T:
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        raise K8sError(f"{place}: {_said(str(error), fields, allowed)}") from None


def _said(message: str, fields: Any, allowed: Mapping[str, Sequence[str]]) -> str:
    text = explained(message, allowed)
    out_of_range = _RANGE.match(text)
    if not out_of_range:
        return text
    at = out_of_range["place"] or ""
    found = _at(fields, at.removesuffix(": "))
    sign, _, limit = out_of_range["limit"].partition(" ")
    return f"{at}found {found!r}, allowed: {_LIMITS[sign]} {limit}"


def _at(fields: Any, place: str) -> Any:
    for name, index in _STEP.findall(place):
        fields = fields[name] if name else fields[int(index)]
    return fields
