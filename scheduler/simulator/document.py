"""YAML as plain values, and what is wrong with them in the words of who wrote them."""

import re
from collections.abc import Hashable, Mapping
from typing import Any, TypeVar

import msgspec
import yaml

from scheduler.errors import SchedulerError

T = TypeVar("T")


class _Loader(yaml.SafeLoader):
    """Refuses a key written twice, of which YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping, if each key stands there once."""
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"found {key} twice, allowed: each key once", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read(text: str, place: str) -> dict[str, Any]:
    """The fields of a document.

    Raises:
        SchedulerError: it is no YAML, or no mapping of names.
    """
    try:
        fields = yaml.load(text, Loader=_Loader)  # noqa: S506  # a SafeLoader
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise SchedulerError(f"{place}: no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(fields, dict) or not all(isinstance(name, str) for name in fields):
        found = type(fields).__name__
        raise SchedulerError(f"{place}: found {found}, allowed: fields with names, e.g. name: mine")
    return fields


def converted(fields: object, kind: type[T], place: str, names: Mapping[str, tuple[str, ...]]) -> T:
    """The fields as values of ``kind``.

    ``names`` has the fields or words allowed by path, with [] for any index.

    Raises:
        SchedulerError: names the place, the field, what was found and what is allowed.
    """
    try:
        return msgspec.convert(fields, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SchedulerError(f"{place}: {_explained(str(error), names)}") from None


def _explained(message: str, names: Mapping[str, tuple[str, ...]]) -> str:
    """The field first, then found and allowed instead of msgspec's expected and got."""
    text, _, path = message.partition(" - at `")
    key = path.startswith("key")
    field = path.removeprefix("key` in `").removeprefix("$").rstrip("`").lstrip(".")
    allowed = names.get(re.sub(r"\[(\d+|\.\.\.)\]", "[]", field), ())
    if unknown := re.search(r"unknown field `(.*)`", text):
        said = f"found the field {unknown[1]!r}, allowed: {', '.join(allowed)}"
    elif missing := re.search(r"missing required field `(.*)`", text):
        said = f"found no field {missing[1]!r}, allowed: only with it"
    elif expected := re.search(r"Expected (.*), got (.*)", text):
        said = f"found {expected[2]}, allowed: {expected[1]}".replace("`", "")
    elif value := re.search(r"Invalid enum value (.*)", text):
        said = f"found {value[1]}, allowed: {', '.join(allowed)}"
    else:
        said = text
    said = f"a key: {said}" if key else said
    return f"{field}: {said}" if field else said
