"""Types of files."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.catalogue.samples import sample
from tests.support.catalogue import answered, computed, found, wav

ANY = "application/octet-stream"


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(9):
            text = " ".join(str(value * number) for value in range(400))
            archive.writestr(zipfile.ZipInfo(f"notes/{number}.txt", (2026, 11, 25, 9, 0, 0)), text)
    return out.getvalue()


@pytest.mark.models
def test_known_files_are_told_apart_in_one_batch() -> None:
    """A Python program, JSON, a zip, a picture, a sound."""
    json = b'{"name": "synergai", "models": [1, 2, 3], "nested": {"a": true, "b": null}}'
    bodies = [sample("magika")[0], json, _zip(), sample("face-detection")[0], wav(np.zeros(999))]
    types = [answer["type"] for answer in answered("magika", bodies, ANY)]
    assert types == ["python", "json", "zip", "jpeg", "wav"]


@pytest.mark.models
def test_the_answer_describes_the_type() -> None:
    """With media type, group and score."""
    (answer,) = answered("magika", [Path(__file__).read_bytes()], "text/plain")
    assert answer["description"] == "Python source"
    assert (answer["media_type"], answer["group"]) == ("text/x-python", "code")
    assert answer["score"] > 0.9


@pytest.mark.models
@pytest.mark.parametrize(
    ("body", "kind"), [(b"", "empty"), (b"hi", "txt"), (b"\xff\xfe", "unknown")]
)
def test_files_too_short_for_the_net_are_told_without_it(body: bytes, kind: str) -> None:
    """Empty, text, or unknown."""
    (answer,) = answered("magika", [body], ANY)
    assert (answer["type"], answer["score"]) == (kind, 1.0)


@pytest.mark.models
def test_the_net_sees_both_ends_of_a_long_file() -> None:
    """White space around it left out, places without a byte padded."""
    tensors = found("magika").processing.prepare(b"  " + b"a" * 3000 + b"b" * 3000 + b"\n", ANY)
    ids = tensors["bytes"][0]
    assert (ids[:1024] == ord("a")).all()
    assert (ids[1024:] == ord("b")).all()
    short = found("magika").processing.prepare(b"import os", ANY)["bytes"][0]
    assert (short[9:1024] == 256).all()
    assert (short[1024:-9] == 256).all()


@pytest.mark.models
def test_a_batch_scores_as_one_by_one() -> None:
    """Within the rounding of floats."""
    bodies = [sample("magika")[0], _zip()]
    for body, result in zip(bodies, computed("magika", bodies, ANY), strict=True):
        (alone,) = computed("magika", [body], ANY)
        assert np.abs(alone["scores"] - result["scores"]).max() < 1e-4


@pytest.mark.models
@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=9000))
def test_every_file_has_an_answer(body: bytes) -> None:
    """Whatever its bytes."""
    (answer,) = answered("magika", [body], ANY)
    assert answer["type"]
    assert 0.0 <= answer["score"] <= 1.0
