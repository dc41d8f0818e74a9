"""How a picture becomes a tensor, as it is said in a file."""

import msgspec
import pytest

from functions.catalogue.picture import ImageStep


def test_size_alone_is_enough() -> None:
    """The rest leaves the values between 0 and 1."""
    step = msgspec.convert({"size": 224}, ImageStep)
    assert (step.layout, step.mean, step.deviation) == ("nchw", (0.0,) * 3, (1.0,) * 3)
    assert step.wrong(()) == ""


@pytest.mark.parametrize(("size", "good"), [(7, False), (8, True), (4096, True), (4097, False)])
def test_sizes_have_limits(size: int, good: bool) -> None:
    """From 8 to 4,096 pixels."""
    assert (ImageStep(size=size).wrong(()) == "") == good
