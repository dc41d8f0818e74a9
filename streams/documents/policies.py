"""What there is to say of a policy, from its class and the struct of its parameters."""

import inspect
from typing import Any

import msgspec

from scheduler import registry
from streams.documents.settings import explained

_SOURCE = "Source: "


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter: its default, what it may be, and what it does."""

    name: str
    default: float | int | str | bool
    allowed: str
    meaning: str


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """A policy in one sentence, where it is from, its rule in full, and its parameters."""

    name: str
    what: str
    source: str
    rule: str
    parameters: tuple[Parameter, ...]


def described(name: str) -> Description:
    """The description of a policy.

    Raises:
        SchedulerError: the policy is unknown, or a library it needs is not installed.
    """
    policy, parameters = registry.load(name)
    paragraphs = (inspect.getdoc(policy) or "").split("\n\n")
    sources = [text for text in paragraphs if text.startswith(_SOURCE)]
    rule = [text for text in paragraphs[1:] if text not in sources]
    return Description(
        name=name,
        what=_line(paragraphs[0]),
        source=_line(" ".join(sources).removeprefix(_SOURCE)),
        rule="\n\n".join(rule),
        parameters=tuple(_parameters(parameters)),
    )


def _parameters(struct: type[msgspec.Struct]) -> list[Parameter]:
    meanings: dict[str, str] = {}
    for kind in reversed(struct.__mro__):
        if issubclass(kind, msgspec.Struct) and kind is not msgspec.Struct:
            meanings |= explained(inspect.getsource(kind))
    return [_parameter(field, meanings[field.name]) for field in msgspec.structs.fields(struct)]


def _parameter(field: msgspec.structs.FieldInfo, meaning: str) -> Parameter:
    metadata: tuple[Any, ...] = field.type.__metadata__
    allowed = next(meta.description for meta in metadata)
    return Parameter(name=field.name, default=field.default, allowed=allowed, meaning=meaning)


def _line(text: str) -> str:
    return " ".join(text.split())
