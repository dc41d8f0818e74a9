"""The golden files: ``EVENT/NUMBER.json``, one record each with what its reader made of it.

A file is never changed: old events lie in topics and are read after an upgrade. When a format
changes, the new form gets the next number: ``python -m tests.golden`` writes it.
"""

import base64
import json
from pathlib import Path
from typing import Any

import msgspec

from streams.ports import Headers, Record

FOLDER = Path(__file__).parent


class Golden(msgspec.Struct, frozen=True, kw_only=True):
    """One record, and what it means: what today's reader must still find in it."""

    key: str
    headers: Headers
    value: bytes
    meaning: dict[str, Any]

    def record(self) -> Record:
        """As it is consumed; always from the same place and time."""
        return Record(
            topic="synergai.default.requests", partition=2, offset=18, append_s=1769860800.004,
            key=self.key.encode(), headers=self.headers, value=self.value,
        )  # fmt: skip


def files(event: str) -> list[Path]:
    """All forms of an event, the oldest first."""
    return sorted((FOLDER / event).glob("*.json"), key=lambda file: int(file.stem))


def load(file: Path) -> Golden:
    """Read a file."""
    found = json.loads(file.read_text())
    text, octets = found.get("text"), found.get("base64", "")
    return Golden(
        key=found["key"],
        headers=tuple((name, value.encode()) for name, value in found["headers"]),
        value=base64.b64decode(octets) if text is None else text.encode(),
        meaning=found["meaning"],
    )


def is_new(event: str, golden: Golden) -> bool:
    """Whether the newest kept form of an event is another one."""
    there = files(event)
    return not there or _form(load(there[-1])) != _form(golden)


def render(golden: Golden) -> str:
    """The text of a file; the value as text where it is text."""
    fields = {
        "key": golden.key,
        "headers": [[name, value.decode()] for name, value in golden.headers],
        **_value(golden.value),
        "meaning": golden.meaning,
    }
    return json.dumps(fields, indent=2, ensure_ascii=False) + "\n"


def add(event: str, golden: Golden) -> Path:
    """Keep a form of an event under the next number."""
    file = FOLDER / event / f"{len(files(event)) + 1}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(render(golden))
    return file


def _form(golden: Golden) -> tuple[str, Headers, bytes]:
    return golden.key, golden.headers, golden.value


def _value(value: bytes) -> dict[str, str]:
    try:
        return {"text": value.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}
