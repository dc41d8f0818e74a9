"""What the app is told of a stack's machines: measured profiles, slowed down where emulated."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from functions.engine.configuration import AUTO
from profiles import published, shipped, store
from profiles.families import FAMILIES
from profiles.schema import Configuration, Profile
from streams.settings import Settings
from streams.stack.plan import Pacing
from streams.stack.schema import THIS_MACHINE, StackFile


def pacing(stack: StackFile) -> Pacing:
    """By which factors the emulated architectures of a stack answer later.

    Raises:
        ProfileError: an architecture without published figures; says which there are.
    """
    if not stack.emulated:
        return {}
    return published.pacing(stack.emulated, stack.models, {**FAMILIES, **stack.families})


def measured(settings: Settings) -> tuple[Profile, ...]:
    """The profiles of this machine: the user's (SYNERGAI_PROFILES), else those shipped.

    Raises:
        ProfileError: a file that cannot be used.
    """
    found = store.load(settings.profiles) if settings.profiles else shipped.measured()
    return tuple(profile for profile in found if profile.architecture == THIS_MACHINE)


def of_stack(
    own: Iterable[Profile], stack: StackFile, preferred: Mapping[str, str]
) -> tuple[Profile, ...]:
    """Profiles of every model of the stack on each of its architectures.

    ``preferred`` (model to engine) says what ``engine: auto`` means.
    """
    there = tuple(profile for profile in own if profile.model in stack.models)
    wanted = {pool.configuration for pool in stack.pools if pool.configuration.engine == AUTO}
    known = there + tuple(_auto(there, wanted, preferred))
    if not stack.emulated or not known:
        return known
    return known + shipped.for_stack(known, stack.emulated, {**FAMILIES, **stack.families})


def _auto(
    own: tuple[Profile, ...], wanted: Iterable[Configuration], preferred: Mapping[str, str]
) -> Iterator[Profile]:
    for configuration in sorted(wanted, key=lambda each: each.key):
        for model, engine in preferred.items():
            fitting = [
                profile
                for profile in own
                if (profile.model, profile.configuration.engine) == (model, engine)
                and profile.configuration.threads == configuration.threads
            ]
            if fitting:
                yield _as(
                    min(fitting, key=lambda each: _distance(each, configuration)), configuration
                )


def _distance(profile: Profile, configuration: Configuration) -> int:
    return abs(profile.configuration.batch - configuration.batch)


def _as(profile: Profile, configuration: Configuration) -> Profile:
    detail = f"{profile.source.detail}; as {profile.configuration.key}"
    source = msgspec.structs.replace(profile.source, detail=detail)
    return msgspec.structs.replace(profile, configuration=configuration, source=source)
