"""The reference of all settings, from the structs that hold them."""

import ast
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from functions import settings as of_functions
from streams import settings as of_streams

_FOLDERS: Final = {"cache": "the user's cache folder", "data": "the user's data folder"}
_HEAD: Final = """\
# Settings
Every setting is an environment variable; flags of commands win. Times are in seconds, sizes in
bytes. Written by `make docs`.
"""
_PARTS: Final[Mapping[str, tuple[type[msgspec.Struct], str]]] = {
    "App, client commands and local stack": (
        of_streams.Settings,
        inspect.getsource(of_streams.Settings),
    ),
    "The way to Kafka, of every process": (
        of_functions.KafkaAccess,
        inspect.getsource(of_functions.KafkaAccess),
    ),
    "Functions": (
        of_functions.FunctionSettings,
        inspect.getsource(of_functions.FunctionSettings),
    ),
}


def text() -> str:
    """The reference as Markdown."""
    return "\n".join([_HEAD, *(_table(title, *part) for title, part in _PARTS.items())])


def explained(source: str) -> Iterator[tuple[str, str]]:
    """Each field of a class with the text that stands below it; empty where none does."""
    (described,) = ast.parse(source).body
    body = described.body if isinstance(described, ast.ClassDef) else []
    for statement, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target.id, _said(following)


def _table(title: str, struct: type[msgspec.Struct], source: str) -> str:
    defaults = {field.name: _default(field) for field in msgspec.structs.fields(struct)}
    rows = [
        f"| `SYNERGAI_{name.upper()}` | {defaults[name]} | {said} |"
        for name, said in explained(source)
    ]
    head = ["| variable | default | meaning |", "|---|---|---|"]
    return "\n".join([f"## {title}", *head, *rows, ""])


def _said(statement: ast.stmt | None) -> str:
    found = statement.value if isinstance(statement, ast.Expr) else None
    said = found.value if isinstance(found, ast.Constant) else ""
    return " ".join(str(said).split()).replace("``", "`").replace("<", "&lt;")


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.name in _FOLDERS:
        return _FOLDERS[field.name]
    found = field.default_factory() if callable(field.default_factory) else field.default
    if found in (None, "", (), {}):
        return ""
    shown = ",".join(map(str, found)) if isinstance(found, tuple) else found
    return f"`{shown:g}`" if isinstance(shown, float) else f"`{shown}`"


def write(folder: Path) -> None:
    """Write the reference into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.md").write_text(text())
