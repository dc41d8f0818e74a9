"""What msgspec says of a file, in the words of a person who writes YAML."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

_TYPES: Final = {
    "array": "a list",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "null": "nothing",
    "object": "fields",
    "str": "text",
}
_WRONG_TYPE: Final = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<found>[^`]+)`")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`")
_MISSING: Final = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_ENUM: Final = re.compile(r"Invalid enum value (?P<found>.*)")
_INDEX: Final = re.compile(r"\[[^\]]*\]")
_PLACE: Final = re.compile(r" - at `\$\.?(?P<place>[^`]*)`$")


def explained(message: str, fields: Mapping[str, Sequence[str]]) -> str:
    """Place, what was found and what is allowed; what is not understood stays as it is.

    ``fields``: the names allowed at each place, e.g. ``{"": ("models",), "pools[]": ("name",)}``.
    """
    at = _PLACE.search(message)
    place = at["place"] if at else ""
    text = message[: at.start()] if at else message
    allowed = ", ".join(fields.get(_INDEX.sub("[]", place), ()))
    start = f"{place}: " if place else ""
    if wrong := _WRONG_TYPE.fullmatch(text):
        return f"{start}found {_words(wrong['found'])}, allowed: {_words(wrong['wanted'])}"
    if unknown := _UNKNOWN.fullmatch(text):
        return f"{start}found an unknown field {unknown['name']!r}, allowed: {allowed}"
    if missing := _MISSING.fullmatch(text):
        return f"{start}found no field {missing['name']!r}, which is needed"
    if value := _ENUM.fullmatch(text):
        return f"{start}found {value['found']}, allowed: {allowed}"
    return f"{start}{text}"


def _words(types: str) -> str:
    return " or ".join(_TYPES.get(name.strip(), name.strip()) for name in types.split("|"))
