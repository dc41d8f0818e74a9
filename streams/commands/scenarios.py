"""Scenario files with the files that they name, relative to them."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from profiles.errors import ProfileError
from profiles.store import load as load_profiles
from scheduler.errors import SchedulerError
from scheduler.simulator import generate, scenario, workload
from scheduler.simulator.scenario import Scenario
from scheduler.simulator.types import Generated
from scheduler.simulator.workload import Workload


class Loaded(NamedTuple):
    """A scenario, and its requests for a seed."""

    scenario: Scenario
    workload: Callable[[int], Workload]


def load(path: Path) -> Loaded:
    """Read a scenario, the folder of profiles and the file of requests that it names.

    Raises:
        SchedulerError: a file cannot be read, or names the file, the field, what was found and what
            is allowed.
    """
    text, place = _read(path, "a scenario"), str(path)
    named = scenario.references(text, place)
    profiles = None
    if named.profiles is not None:
        try:
            profiles = load_profiles(path.parent / named.profiles)
        except ProfileError as error:
            raise SchedulerError(f"{place}: profiles: {error}") from None
    world = scenario.parse(text, place, profiles)
    file = path.parent / named.requests if named.requests is not None else None
    if not isinstance(world.requests, Generated):
        requests = workload.read_csv(_read(file or path, "requests"), str(file))
        return Loaded(world, lambda _: requests)
    times = workload.read_arrivals(_read(file, "a trace"), str(file)) if file else ()
    return Loaded(world, lambda seed: generate.generate(world, seed, trace=times))


def _read(path: Path, what: str) -> str:
    try:
        return path.read_text()
    except OSError as error:
        raise SchedulerError(f"{path}: {what} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SchedulerError(f"{path}: found bytes that are no text, allowed: {what}") from None
