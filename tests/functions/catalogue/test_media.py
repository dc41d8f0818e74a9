"""Media types."""

import pytest

from functions.catalogue.media import PICTURES, check, essence
from functions.errors import InputError


def test_parameters_and_case_do_not_matter() -> None:
    """Only type and subtype count."""
    assert essence(" Image/PNG ; charset=binary") == "image/png"
    check("Image/PNG;q=1", PICTURES)


def test_what_was_found_is_cut_short() -> None:
    """A header of any length cannot flood a message."""
    with pytest.raises(InputError) as caught:
        check("x" * 10_000, PICTURES)
    assert len(str(caught.value)) < 200
