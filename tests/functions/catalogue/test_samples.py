"""The samples."""

import subprocess
import sys

import pytest

from functions.catalogue.entries import ENTRIES
from functions.catalogue.media import essence
from functions.catalogue.samples import SAMPLES, sample
from functions.errors import UnknownModelError
from profiles.families import FAMILIES


def test_every_model_of_the_catalogue_has_a_sample_and_a_family() -> None:
    """The names are the same everywhere."""
    assert set(SAMPLES) == set(ENTRIES) == set(FAMILIES)


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_a_sample_is_of_a_media_type_that_the_model_takes(name: str) -> None:
    """And small enough for every deployment."""
    body, media_type = sample(name)
    assert essence(media_type) in ENTRIES[name].media_types
    assert 0 < len(body) < 256 * 1024


def test_a_model_without_one_is_told_those_that_have() -> None:
    """The message lists them."""
    with pytest.raises(UnknownModelError, match=r"found model 'mine', allowed: basic-pitch"):
        sample("mine")


def test_a_producer_needs_no_image_or_audio_library() -> None:
    """``submit`` runs where only the client is installed."""
    code = (
        "import sys; from functions.catalogue.samples import sample; sample('basic-pitch');"
        "print([n for n in ('soundfile', 'soxr', 'PIL', 'onnxruntime') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
