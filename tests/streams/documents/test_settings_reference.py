"""The reference of settings: fresh, complete, each explained."""

from pathlib import Path

from functions.settings import FunctionSettings, KafkaAccess
from streams.documents import settings
from streams.settings import Settings

FILE = Path(__file__).parents[3] / "docs" / "reference" / "settings.md"


def test_fresh() -> None:
    """The committed reference is what the structs say now; else run: make docs."""
    assert FILE.read_text() == settings.text()


def test_every_setting_is_explained() -> None:
    """Each field of the structs has its row, and each row says what it means."""
    rows = [line.split("|") for line in settings.text().splitlines() if "`SYNERGAI_" in line]
    names = [row[1].strip(" `") for row in rows]
    structs = (Settings, KafkaAccess, FunctionSettings)
    fields = [name for struct in structs for name in struct.__struct_fields__]
    assert names == [f"SYNERGAI_{name.upper()}" for name in fields]
    assert [name for name, row in zip(names, rows, strict=True) if not row[3].strip()] == []


def test_explains_what_stands_below() -> None:
    """The text below a field belongs to it; a field without one is left empty."""
    source = 'class A:\n    x: int = 1\n    """Of\n    x."""\n    y: int = 2\n    z: int = 3'
    assert list(settings.explained(source)) == [("x", "Of x."), ("y", ""), ("z", "")]
