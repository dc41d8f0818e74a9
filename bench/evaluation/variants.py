"""Who is judged, written as `scheduler.registry.parse` reads it."""

from typing import Final

from scheduler import registry
from scheduler.errors import SchedulerError

OURS: Final = "synergai"
UNTUNED: Final = "synergai:tune=off"
SAVING: Final = "synergai:energy=save"
"""Ours with energy as second objective."""
ORACLE: Final = "synergai told of the drift"
BRACKET: Final = "a clairvoyant"
"""No policy: what is known of the best possible."""
PUBLISHED: Final = "slo-mael"
PUBLISHED_LAST: Final = "slo-mael:doomed=last"
WINDOW: Final = "window=4"
WINDOWED: Final = f"slo-mael:{WINDOW}"
FIRST_TIER: Final = (
    "round-robin",
    "best-static",
    "least-loaded",
    "edf",
    "least-slack",
    "mael",
    "slo-mael",
    "kairos",
)
SECOND_TIER: Final = ("clockwork", "infaas", "alpaserve", "llm-d")
BESIDE_OURS: Final = (PUBLISHED, PUBLISHED_LAST, "kairos:doomed=last")
"""In cells that compare ours with ours."""


def baselines() -> list[str]:
    """Every baseline in each form that it has: as published, and with the doomed last."""
    return [
        variant
        for name in (*FIRST_TIER, *SECOND_TIER)
        for variant in _forms(name)
        if is_known(variant)
    ]


def ours() -> list[str]:
    """Our forms that this version has."""
    return [variant for variant in (OURS, UNTUNED) if is_known(variant)]


def is_known(variant: str) -> bool:
    """Whether this version has such a policy, with such parameters."""
    try:
        name, parameters = registry.parse(variant)
        _, kind = registry.load(name)
    except SchedulerError:
        return False
    return parameters.keys() <= set(kind.__struct_fields__)


def is_ours(variant: str) -> bool:
    """Whether it is a form of ours."""
    return variant.partition(":")[0] == OURS


def _forms(name: str) -> list[str]:
    windows = ["", WINDOW] if name == PUBLISHED else [""]
    forms = []
    for window in windows:
        for doomed in ("", "doomed=last"):
            parameters = ",".join(part for part in (doomed, window) if part)
            forms.append(f"{name}:{parameters}" if parameters else name)
    return forms
