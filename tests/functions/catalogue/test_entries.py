"""The lines of the catalogue."""

from pathlib import Path

import pytest

from functions import runtimes
from functions.catalogue.entries import ENTRIES
from functions.catalogue.entry import Entry
from tests.support.catalogue import found, session


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.name)
def test_a_line_pins_everything(entry: Entry) -> None:
    """Wheel and files by SHA-256, the wheel's name by project and version, engines that exist."""
    for digest in (entry.wheel.sha256, *(member.sha256 for member in entry.members)):
        assert len(bytes.fromhex(digest)) == 32
    assert entry.wheel.file.startswith(f"{entry.wheel.project.replace('-', '_')}-")
    assert entry.wheel.version in entry.wheel.file
    assert set(entry.nets) <= set(runtimes.ENGINES)
    names = [member.name for member in entry.members]
    assert len(set(names)) == len(names)


@pytest.mark.models
@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.name)
def test_a_model_is_what_its_line_says(entry: Entry) -> None:
    """On each engine: sizes, media types, licence beside it, and a net that loads."""
    for engine, net in entry.nets.items():
        model = found(entry.name, engine)
        assert model.file.stat().st_size == net.size_bytes
        assert model.processing.media_types == entry.media_types
        assert (model.engine, model.version) == (engine, entry.wheel.version)
        assert session(entry.name, engine).inputs
        licence = (model.file.parent / "LICENCE.txt").read_text()
        assert ("Apache License" if entry.licence == "Apache-2.0" else "Permission is") in licence


@pytest.mark.models
@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.name)
def test_nets_with_a_batch_axis_are_the_ones_that_batch(entry: Entry) -> None:
    """A net whose first axis is fixed to 1 takes one request at a time."""
    free = session(entry.name).inputs[0].shape[0] == -1
    assert (entry.max_batch > 1) == free


def test_the_licence_of_a_wheel_without_its_text_is_shipped(tmp_path: Path) -> None:
    """The wheel of magika names Apache-2.0 and holds no text of it."""
    assert "Version 2.0, January 2004" in ENTRIES["magika"].licence_text(tmp_path)
