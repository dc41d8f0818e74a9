"""Everything about a stack that can be refused or fetched before a process runs."""

import msgspec

from profiles.errors import ProfileError
from profiles.schema import Profile
from scheduler.estimator import Estimator
from scheduler.registry import variant
from scheduler.warming import warm
from streams.broker.options import Progress
from streams.errors import StreamsError
from streams.settings import Settings
from streams.stack import models, profiled
from streams.stack.plan import Pacing
from streams.stack.schema import StackFile


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A stack that can start: its models are on this machine, its figures are known."""

    stack: StackFile
    settings: Settings
    pacing: Pacing
    profiles: tuple[Profile, ...]


def prepare(stack: StackFile, place: str, settings: Settings, progress: Progress) -> Prepared:
    """Check policy, architectures and profiles, then fetch models; ``place`` is for messages.

    Raises:
        StreamsError: names the stack file, the field, what was found and what is allowed.
        SchedulerError: an unknown policy or parameter.
        ProfileError: a file of profiles that cannot be used.
        PermanentError, TemporaryError: a model cannot be used, or not be fetched now.
    """
    variant(settings.policy, Estimator(()), settings.policy_parameters)
    progress("making the scheduler ready (half a minute the first time)", 0, 0)
    warm(settings.policy, settings.policy_parameters)
    try:
        factors = profiled.pacing(stack)
    except ProfileError as error:
        raise StreamsError(f"{place}: pools: {error}") from None
    own = profiled.measured(settings)
    catalogue = models.open_for(stack, settings.cache, progress)
    preferred = models.fetch(stack, catalogue, place, progress)
    return Prepared(
        stack=stack,
        settings=settings,
        pacing=factors,
        profiles=profiled.of_stack(own, stack, preferred),
    )
