"""The caches of loaded classes that environments leave in a user's cache."""

import os
from pathlib import Path

from streams.broker import java


def test_only_the_newest_caches_are_kept(tmp_path: Path) -> None:
    """Every new environment makes one of its own; the oldest go."""
    made = tmp_path / "made"
    for number in range(6):
        made.write_bytes(b"classes")
        assert java._keep(made, tmp_path / f"{number}.aot")
        os.utime(tmp_path / f"{number}.aot", (number, number))
    assert sorted(file.name for file in tmp_path.glob("*.aot")) == [
        "2.aot", "3.aot", "4.aot", "5.aot",
    ]  # fmt: skip


def test_no_cache_was_made(tmp_path: Path) -> None:
    """A JVM that made none is told so; nothing is kept."""
    assert not java._keep(tmp_path / "none", tmp_path / "0.aot")
    assert list(tmp_path.iterdir()) == []
