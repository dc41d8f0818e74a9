"""The reference of the deployment file: fresh, complete, each field explained."""

from pathlib import Path

from streams.documents import deployment

FILE = Path(__file__).parents[3] / "docs" / "reference" / "deployment.md"


def test_fresh() -> None:
    """The committed reference is what the structs say now; else run: make docs."""
    assert FILE.read_text() == deployment.text()


def test_every_field_is_explained() -> None:
    """Each row says what it means."""
    rows = [line.split("|") for line in deployment.text().splitlines() if line.startswith("| `")]
    assert len(rows) > 60
    assert [row[1] for row in rows if not row[3].strip()] == []
