"""Which configuration a pool runs, from the profiles of its models; pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from k8s.errors import K8sError
from profiles.schema import Configuration, Profile

_MOST_THREADS: Final = 64
ByKey = Mapping[str, Profile]
"""Profiles of one model on one architecture by the key of their configuration."""


def on(
    architecture: str, models: Iterable[str], profiles: Iterable[Profile], cores: float | None
) -> dict[str, ByKey]:
    """What is known of each model there, with no more threads than ``cores``."""
    most = max(1, int(cores)) if cores else _MOST_THREADS
    known: dict[str, dict[str, Profile]] = {model: {} for model in models}
    for profile in profiles:
        fits = profile.architecture == architecture and profile.configuration.threads <= most
        if fits and profile.model in known:
            known[profile.model][profile.configuration.key] = profile
    return {model: dict(sorted(found.items())) for model, found in known.items()}


def chosen(known: Mapping[str, ByKey], place: str) -> Configuration:
    """The one that slows the models down least, each against its own fastest.

    Raises:
        K8sError: no configuration is known of all of them; says what is known.
    """
    unknown = [model for model, found in known.items() if not found]
    if unknown:
        raise K8sError(
            f"{place}: found no profile of {', '.join(unknown)}, allowed: models with profiles "
            "there (profiles: FILE), or a pool with a configuration of its own"
        )
    common = set.intersection(*(set(found) for found in known.values()))
    if not common:
        keys = "; ".join(f"{model}: {', '.join(found)}" for model, found in known.items())
        raise K8sError(
            f"{place}: found no configuration that all models have a profile of ({keys}), "
            "allowed: models that share one, or a pool with a configuration of its own"
        )
    some = next(iter(known.values()))
    return some[min(common, key=lambda key: _rank(key, known))].configuration


def grouped(known: Mapping[str, ByKey], place: str) -> dict[str, tuple[str, ...]]:
    """Models by the engine and precision that each is fastest with, in the order they come in.

    Raises:
        K8sError: a model without a profile.
    """
    groups: dict[str, list[str]] = {}
    for model, found in known.items():
        best = chosen({model: found}, place)
        groups.setdefault(f"{best.engine}-{best.precision}", []).append(model)
    return {name: tuple(models) for name, models in groups.items()}


def _rank(key: str, known: Mapping[str, ByKey]) -> tuple[float, int, int, str]:
    here = [found[key] for found in known.values()]
    slower = sum(_mean_s(p) / min(map(_mean_s, known[p.model].values())) for p in here)
    configuration = here[0].configuration
    return round(slower, 6), configuration.threads, configuration.batch, key


def _mean_s(profile: Profile) -> float:
    return profile.latency().mean_s


def of(profiles: Sequence[ByKey], key: str) -> list[Profile]:
    """The profiles of one configuration, where there are any."""
    return [found[key] for found in profiles if key in found]
