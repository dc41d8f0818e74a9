"""What the simulator is told of a stack and of the requests of a recording. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Final

import msgspec

from profiles.schema import Profile
from scheduler.simulator.types import Recorded, Scenario, World
from streams.errors import StreamsError
from streams.replay.schema import Entry
from streams.stack import simulated as machines
from streams.stack.schema import StackFile
from streams.stack.simulated import Sizes, column, single

HOP_S: Final = 0.003
"""Each way, where the recording does not tell: a broker and an event source on one machine."""
Seconds = Mapping[str, Mapping[str, Sizes]]
"""By model, then by architecture and configuration."""


def seconds(
    stack: StackFile, profiles: Sequence[Profile], place: str, entries: Sequence[Entry]
) -> dict[str, dict[str, Sizes]]:
    """Of the profiles; what they lack is the median of what the recording saw.

    Raises:
        StreamsError: a model of the stack has no profile anywhere; ``place`` names the stack file.
    """
    found = machines.seconds(stack, profiles)
    seen: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for entry in entries:
        if entry.outcome and entry.outcome.service_s > 0:
            where = column(entry.outcome.architecture, entry.outcome.configuration)
            seen[entry.model, where].append(entry.outcome.service_s)
    places = {column(pool.architecture, pool.configuration.key) for pool in stack.pools}
    for (model, where), values in seen.items():
        if model in found and where in places:
            found[model].setdefault(where, {1: median(values)})
    for model, columns in found.items():
        if not columns:
            help_ = "measure it (synergai profile measure) or record with --outcomes"
            raise StreamsError(f"{place}: models: {model} has no profile; {help_}")
    return found


def scenario(stack: StackFile, place: str, known: Seconds, entries: Sequence[Entry]) -> Scenario:
    """The stack's pools, with the hops that the recording saw."""
    seen = hops(entries)
    usual_s = fmean(seen.values()) if seen else HOP_S
    world = World(
        name=place,
        profiles={model: dict(columns) for model, columns in known.items()},
        pools=tuple(
            machines.pool(spec, stack, seen.get(spec.name, usual_s)) for spec in stack.pools
        ),
    )
    return Scenario(requests=Recorded(file=place), **msgspec.structs.asdict(world))


def hops(entries: Sequence[Entry]) -> dict[str, float]:
    """Half of what answered requests spent on the way, by pool, in the mean."""
    seen: defaultdict[str, list[float]] = defaultdict(list)
    for entry in entries:
        if entry.outcome and entry.outcome.kind in {"met", "late"}:
            seen[entry.outcome.pool].append(entry.outcome.hop_s / 2)
    return {pool: fmean(values) for pool, values in seen.items()}


def works(playable: Sequence[Entry], medians: Seconds) -> list[float]:
    """Service over profile, as reported; the median of the model, else 1, where nothing was."""
    known = [_work(entry, medians) for entry in playable]
    seen: defaultdict[str, list[float]] = defaultdict(list)
    for entry, work in zip(playable, known, strict=True):
        if work is not None:
            seen[entry.model].append(work)
    usual = {model: median(works) for model, works in seen.items()}
    pairs = zip(playable, known, strict=True)
    return [usual.get(entry.model, 1.0) if work is None else work for entry, work in pairs]


def _work(entry: Entry, medians: Seconds) -> float | None:
    seen = entry.outcome
    if seen is None or not seen.service_s > 0:
        return None
    sizes = medians[entry.model].get(column(seen.architecture, seen.configuration))
    return seen.service_s / single(sizes) if sizes else None
