"""The documents as files."""

import json
from pathlib import Path

import yaml

from streams.documents import asyncapi, schemas


def contents() -> dict[str, str]:
    """Path inside the folder to text."""
    plain = json.loads(json.dumps(asyncapi.document()))  # without it YAML writes anchors
    text = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)
    files = {"asyncapi.yaml": text}
    for file, schema in schemas.documents().items():
        files[f"schemas/{file}"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return files


def write(folder: Path) -> None:
    """Write every file anew and remove schemas that are no more."""
    files = contents()
    (folder / "schemas").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    for found in (folder / "schemas").glob("*.json"):
        if f"schemas/{found.name}" not in files:
            found.unlink()
