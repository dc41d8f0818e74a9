"""The policies by name; a new one is a file in `scheduler.policies` and a line here."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from scheduler.errors import SchedulerError
from scheduler.estimator import Estimator
from scheduler.policies.edf import EdfParameters, EdfPolicy
from scheduler.policy import Policy

Entry = tuple[Callable[[Estimator, Any], Policy], type[msgspec.Struct]]
"""What makes the policy, and the struct of its parameters."""

_POLICIES: Final[dict[str, Entry]] = {
    EdfPolicy.name: (EdfPolicy, EdfParameters),
}


def names() -> tuple[str, ...]:
    """All policies that `build` knows."""
    return tuple(sorted(_POLICIES))


def build(
    name: str, estimator: Estimator, parameters: Mapping[str, object] | None = None
) -> Policy:
    """Makes the policy ``name``; parameters that are not given keep their defaults.

    Raises:
        SchedulerError: the policy or a parameter is unknown, or a value is not allowed.
    """
    if name not in _POLICIES:
        raise SchedulerError(f"policy: found {name!r}, allowed: {', '.join(names())}")
    make, kind = _POLICIES[name]
    given = {key: _value(name, kind, key, value) for key, value in (parameters or {}).items()}
    return make(estimator, kind(**given))


def _value(policy: str, kind: type[msgspec.Struct], key: str, value: object) -> object:
    types = {field.name: field.type for field in msgspec.structs.fields(kind)}
    place = f"policy {policy}: parameter {key!r}"
    if key not in types:
        raise SchedulerError(f"{place}: unknown, allowed: {', '.join(types)}")
    try:
        return msgspec.convert(value, types[key], strict=False)
    except msgspec.ValidationError as error:
        allowed = next(meta.description for meta in types[key].__metadata__)
        raise SchedulerError(f"{place}: found {value!r}, allowed: {allowed}") from error
