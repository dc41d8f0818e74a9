"""YAML in which a key stands once: YAML itself would silently keep the last."""

from collections.abc import Hashable
from typing import Any

import yaml


class OnceLoader(yaml.SafeLoader):
    """A safe loader that refuses a key written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping, each key once."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            text = f"found {', '.join(twice)} twice, allowed: each key once"
            raise yaml.constructor.ConstructorError(None, None, text, node.start_mark)
        return super().construct_mapping(node, deep=deep)


def parsed(content: bytes) -> Any:
    """What a document of YAML says; its own complaints in one line.

    Raises:
        ValueError: no YAML, or a key twice.
    """
    try:
        return yaml.load(content, Loader=OnceLoader)  # noqa: S506  # a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, TypeError) as error:
        raise ValueError(" ".join(str(error).split())) from None
