"""How a picture becomes the one input tensor of a user's own net, as ``model.yaml`` says it."""

from collections.abc import Collection
from typing import Final, Literal

import msgspec

from functions.catalogue import media

_SIZES: Final = (8, 4096)


class ImageStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Scaling, layout and normalisation: ``(value in 0 to 1 - mean) / deviation`` per channel."""

    size: int
    """Pixels of width and of height; the proportions are kept, the rest is black."""
    layout: Literal["nchw", "nhwc"] = "nchw"
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    deviation: tuple[float, float, float] = (1.0, 1.0, 1.0)
    labels: str = ""
    """A text file in the folder with one class a line; empty: classes are numbers."""
    top: int = 5
    """So many of the likeliest classes are answered."""

    def wrong(self, media_types: Collection[str]) -> str:
        """What cannot be: the field, found and allowed; empty if all can."""
        low, high = _SIZES
        if not low <= self.size <= high:
            return f"image.size: found {self.size}, allowed: {low} to {high}"
        if min(self.deviation) <= 0:
            return f"image.deviation: found {list(self.deviation)}, allowed: above 0"
        if self.top < 1:
            return f"image.top: found {self.top}, allowed: at least 1"
        unknown = sorted(set(media_types) - set(media.PICTURES))
        allowed = ", ".join(media.PICTURES)
        return f"media_types: found {', '.join(unknown)}, allowed: {allowed}" if unknown else ""
