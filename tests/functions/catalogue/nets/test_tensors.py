"""A net that nothing surrounds."""

from pathlib import Path

import numpy as np
import pytest

from functions import runtimes
from functions.catalogue import own
from functions.errors import InputError
from tests.support.own_models import folder


def test_tensors_go_in_and_come_out(tmp_path: Path) -> None:
    """Each request on its own, as lists for a person."""
    model = own.load([folder(tmp_path)], ())["double"].model()
    session = runtimes.get(model.engine).load(model.file, 1)
    batch = [{"x": np.full((1, 4), number, np.float32)} for number in (1, 2)]
    results = model.processing.compute(session, batch)
    assert [model.processing.finish(result) for result in results] == [
        {"y": [[2.0] * 4]},
        {"y": [[4.0] * 4]},
    ]


def test_raw_media_are_refused(tmp_path: Path) -> None:
    """The message says what is taken."""
    model = own.load([folder(tmp_path)], ())["double"].model()
    with pytest.raises(InputError, match="found 'image/png', allowed: application/json"):
        model.processing.prepare(b"", "image/png")
