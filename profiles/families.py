"""Which published benchmarks speak for which models, and which machine a short name means.

A model is mapped by the structure of its net, not by the sort of its input: what a machine is good
at depends on convolutions, recurrence and attention. It is an approximation and is called one.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from profiles.errors import ProfileError

Family = Literal["vision", "detection", "speech", "language"]

BENCHMARKS: Final[Mapping[Family, tuple[str, ...]]] = {
    "vision": ("resnet50",),
    "detection": ("retinanet", "ssd-resnet34"),
    "speech": ("rnnt",),
    "language": ("bert-99",),
}
"""Family to the published benchmarks that stand for it."""

FAMILIES: Final[Mapping[str, Family]] = {
    "silero-vad": "speech",  # recurrent, small steps in sequence
    "magika": "language",  # embeds a sequence of bytes and classifies it
    "basic-pitch": "vision",  # convolutions over a spectrogram
    "wake-word": "vision",  # convolutions over a spectrogram
    "face-detection": "detection",  # single-shot detector with anchors
}
"""Model of the catalogue to the family it is nearest to; a stack may add its own models."""

ALIASES: Final[Mapping[str, str]] = {
    "gpu": "l4",
    "xeon": "xeon-spr-8480",
    "jetson": "jetson-agx-orin",
}
"""Short architecture to the class it stands for: all three of one benchmark round."""


def family(model: str, families: Mapping[str, Family] = FAMILIES) -> Family:
    """The family of a model; the name of a family stands for itself.

    Raises:
        ProfileError: the model is in no family; lists those that are.
    """
    if model in families:
        return families[model]
    for name in get_args(Family):
        if name == model:
            return name  # type: ignore[no-any-return]  # get_args is untyped
    raise ProfileError(
        f"model: found {model!r}, which is in no family of models with published figures; "
        f"allowed: {', '.join(sorted(families))}, or a family: {', '.join(get_args(Family))}"
    )


def machine(architecture: str) -> str:
    """The class of machine that an architecture's name means; finer classes mean themselves."""
    return ALIASES.get(architecture, architecture)
