"""The profiles that come with the project, and what a stack of emulated machines makes of them."""

from collections.abc import Iterable, Mapping
from importlib.resources import as_file, files
from pathlib import Path

from profiles import store
from profiles.emulate import emulate
from profiles.families import ALIASES, FAMILIES, Family, machine
from profiles.published import UNVERIFIED, pacing
from profiles.schema import Profile


def measured() -> tuple[Profile, ...]:
    """The catalogue as measured on the machine named in each source."""
    with as_file(files("profiles") / "data" / "measured") as folder:
        return store.load(Path(folder))


def everything(architecture: str | None = None) -> tuple[Profile, ...]:
    """The shipped profiles, measured and emulated: of gpu, xeon and jetson, or of one finer class.

    Raises:
        ProfileError: an architecture without published figures.
    """
    own = measured()
    finer = architecture not in {None, *ALIASES, *(profile.architecture for profile in own)}
    names = {"gpu", str(architecture)} if finer else set(ALIASES)
    return own + for_stack(own, names)


def for_stack(
    profiles: Iterable[Profile],
    architectures: Iterable[str] = tuple(ALIASES),
    families: Mapping[str, Family] = FAMILIES,
) -> tuple[Profile, ...]:
    """The profiles of this machine, slowed down for each emulated architecture of a stack.

    Raises:
        ProfileError: a model or architecture without published figures.
    """
    own = tuple(profiles)
    names = sorted(set(architectures))
    models = sorted({profile.model for profile in own})
    return emulate(own, pacing(names, models, families), basis(names))


def basis(architectures: Iterable[str]) -> str:
    """Where the factors of a stack come from, in words."""
    stack = ", ".join(f"{name} = {machine(name)}" for name in architectures)
    return f"published MLPerf Inference results per unit ({UNVERIFIED}) among {stack}"
