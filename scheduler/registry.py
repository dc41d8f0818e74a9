"""The policies by name; a new one is a file in `scheduler.policies` and a line here."""

import importlib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from scheduler.errors import SchedulerError
from scheduler.estimator import Estimator
from scheduler.policy import Policy


class Entry(NamedTuple):
    """Where a policy is: its module in `scheduler.policies`, its class, that of its parameters."""

    module: str
    policy: str
    parameters: str


_POLICIES: Final[dict[str, Entry]] = {
    "alpaserve": Entry("alpaserve", "AlpaServePolicy", "AlpaServeParameters"),
    "best-static": Entry("best_static", "BestStaticPolicy", "BestStaticParameters"),
    "clockwork": Entry("clockwork", "ClockworkPolicy", "ClockworkParameters"),
    "edf": Entry("edf", "EdfPolicy", "EdfParameters"),
    "infaas": Entry("infaas", "InfaasPolicy", "InfaasParameters"),
    "kairos": Entry("kairos", "KairosPolicy", "KairosParameters"),
    "least-loaded": Entry("least_loaded", "LeastLoadedPolicy", "LeastLoadedParameters"),
    "least-slack": Entry("least_slack", "LeastSlackPolicy", "LeastSlackParameters"),
    "llm-d": Entry("llm_d", "LlmDPolicy", "LlmDParameters"),
    "mael": Entry("mael", "MaelPolicy", "MaelParameters"),
    "round-robin": Entry("round_robin", "RoundRobinPolicy", "RoundRobinParameters"),
    "slo-mael": Entry("slo_mael", "SloMaelPolicy", "SloMaelParameters"),
    "synergai": Entry("synergai", "SynergaiPolicy", "SynergaiParameters"),
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
    make, kind = load(name)
    given = {key: _value(name, kind, key, value) for key, value in (parameters or {}).items()}
    policy: Policy = make(estimator, kind(**given))
    return policy


def variant(
    text: str, estimator: Estimator, parameters: Mapping[str, object] | None = None
) -> Policy:
    """Makes the policy that `parse` reads; ``parameters`` are added to those in the text.

    Raises:
        SchedulerError: as `parse` and `build`, or a parameter stands in both.
    """
    name, given = parse(text)
    both = sorted(given.keys() & (parameters or {}).keys())
    if both:
        raise SchedulerError(
            f"policy {name}: parameter {both[0]!r}: found twice, in {text!r} and beside it, "
            "allowed: once"
        )
    return build(name, estimator, {**(parameters or {}), **given})


def load(name: str) -> tuple[type[Any], type[msgspec.Struct]]:
    """The class of the policy ``name`` and that of its parameters; imported only now.

    Raises:
        SchedulerError: the policy is unknown, or a library it needs is not installed.
    """
    if name not in _POLICIES:
        raise SchedulerError(f"policy: found {name!r}, allowed: {', '.join(names())}")
    entry = _POLICIES[name]
    try:
        module = importlib.import_module(f"scheduler.policies.{entry.module}")
    except ModuleNotFoundError as error:
        raise SchedulerError(
            f"policy {name}: needs {error.name}, which is not installed; pip install synergai[app]"
        ) from error
    return getattr(module, entry.policy), getattr(module, entry.parameters)


def parse(text: str) -> tuple[str, dict[str, str]]:
    """Name and parameters of a policy written as ``slo-mael:doomed=last,window=5``.

    Raises:
        SchedulerError: the policy is unknown, or a parameter has no value or comes twice. What the
            values may be, `build` checks.
    """
    name, _, rest = text.strip().partition(":")
    if name not in _POLICIES:
        raise SchedulerError(f"policy: found {name!r}, allowed: {', '.join(names())}")
    given: dict[str, str] = {}
    for part in rest.split(",") if rest else ():
        key, equals, value = (word.strip() for word in part.partition("="))
        if not (key and equals and value) or key in given:
            raise SchedulerError(
                f"policy {name}: parameters: found {part!r}, allowed: name=value, each name once"
            )
        given[key] = value
    return name, given


def spelled(name: str, parameters: Mapping[str, object]) -> str:
    """The text that `parse` reads as this name and these parameters."""
    values = (f"{key}={_word(value)}" for key, value in parameters.items())
    return ":".join([name, *([",".join(values)] if parameters else [])])


def split(text: str) -> list[str]:
    """The variants in a list like ``edf,slo-mael:doomed=last,window=5,kairos``.

    A part of the form name=value belongs to the policy before it.
    """
    variants: list[str] = []
    for part in text.split(","):
        if variants and "=" in part and ":" not in part:
            variants[-1] += f",{part}"
        elif part.strip():
            variants.append(part.strip())
    return variants


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


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
