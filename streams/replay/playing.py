"""From files to runs: what ``synergai replay`` and the pytest plugin share."""

from itertools import islice
from pathlib import Path

from profiles.schema import Profile
from streams.errors import StreamsError
from streams.replay.files import Recording
from streams.replay.run import Run
from streams.replay.schema import Entry
from streams.replay.settled import settled
from streams.replay.simulated import Setup, play
from streams.settings import Settings
from streams.stack import models, profiled
from streams.stack.schema import StackFile


def simulated(
    file: Path,
    stack_file: Path | None,
    policy: str | None,
    *,
    speed: float = 1.0,
    count: int | None = None,
    seed: int = 0,
) -> Run:
    """A recording on the machines of a stack file (None: this one), on a virtual clock.

    Raises:
        StreamsError: the recording or the stack file is wrong.
        SchedulerError: the policy is wrong.
        ProfileError: a file of profiles cannot be used.
    """
    stack, place, settings = settled(stack_file, policy)
    setup = Setup(
        stack=stack,
        place=place,
        profiles=profiles(stack, place, settings),
        policy=settings.policy,
        settings=settings,
        speed=speed,
        seed=seed,
    )
    recording = Recording(file)
    return play(entries(recording, count), recording.path.name, setup)


def profiles(stack: StackFile, place: str, settings: Settings) -> tuple[Profile, ...]:
    """What is known of a stack's machines; no model is fetched for it."""
    preferred = models.preferred(stack, settings.cache, place)
    return profiled.of_stack(profiled.measured(settings), stack, preferred)


def entries(recording: Recording, count: int | None) -> tuple[Entry, ...]:
    """The requests, or the first ``count``.

    Raises:
        StreamsError: a line is wrong, or there is no request.
    """
    found = tuple(islice(recording, count))
    if not found:
        raise StreamsError(f"{recording.path}: found no request, allowed: at least one line")
    return found
