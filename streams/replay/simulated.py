"""A recording played against a policy on a virtual clock, on the machines of a stack file. Pure."""

from collections.abc import Sequence
from math import isfinite

import msgspec

from profiles.schema import Profile
from scheduler.simulator import workload
from scheduler.simulator.playing import play as simulate
from scheduler.simulator.run import Run as Played
from scheduler.simulator.types import Scenario
from streams.replay import worlds
from streams.replay.lives import life
from streams.replay.run import Repeats, Run, row
from streams.replay.schema import Ended, Entry
from streams.replay.worlds import Seconds
from streams.settings import Settings
from streams.stack.schema import StackFile


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how it is played."""

    stack: StackFile
    place: str
    """The stack file's name, for messages."""
    profiles: tuple[Profile, ...]
    policy: str
    settings: Settings
    """Budget and grace of requests that ask for none."""
    speed: float = 1.0
    seed: int = 0


def play(entries: Sequence[Entry], recording: str, setup: Setup) -> Run:
    """The run. Malformed requests and models without a pool are rejected, as live.

    A request's work is what its function reported over the profile where it ran, if the recording
    has its outcome and such a profile is known; else the median of its model, else 1.

    Raises:
        StreamsError: a model of the stack has no profile anywhere.
        SchedulerError: the policy is wrong.
    """
    repeats = Repeats()
    again = [repeats(entry, entry.partition) for entry in entries]
    seconds = worlds.seconds(setup.stack, setup.profiles, setup.place, entries)
    served = {model for pool in setup.stack.pools for model in pool.models or setup.stack.models}
    turns = [
        number
        for number, entry in enumerate(entries)
        if not again[number] and not entry.malformed and entry.model in served
    ]
    ended = _played([entries[turn] for turn in turns], entries, seconds, setup)
    by_turn = dict(zip(turns, ended, strict=True))
    rows = [
        row(entry, by_turn.get(number) or _refused(entry), repeat=again[number], speed=setup.speed)
        if not again[number]
        else row(entry, None, repeat=True, speed=setup.speed)
        for number, entry in enumerate(entries)
    ]
    return Run(
        source="simulated",
        recording=recording,
        policy=setup.policy,
        stack=setup.place,
        notes=_notes(entries, setup),
        rows=tuple(rows),
    )


def _played(
    playable: Sequence[Entry], entries: Sequence[Entry], seconds: Seconds, setup: Setup
) -> list[Ended]:
    if not playable:
        return []
    scenario = worlds.scenario(setup.stack, setup.place, seconds, entries)
    requests = _workload(playable, seconds, setup, scenario.models)
    played = simulate(scenario, requests, setup.policy, seed=setup.seed)
    return [_ended(turn, scenario, requests, played) for turn in range(len(playable))]


def _workload(
    playable: Sequence[Entry], seconds: Seconds, setup: Setup, models: Sequence[str]
) -> workload.Workload:
    index = {model: number for number, model in enumerate(models)}
    lives = [life(entry, setup.settings) for entry in playable]
    return workload.of(
        models,
        [entry.at_s / setup.speed for entry in playable],
        [index[entry.model] for entry in playable],
        [budget_s for budget_s, _ in lives],
        work=worlds.works(playable, seconds),
        expiry_s=[life_s for _, life_s in lives],
        priority=[entry.priority for entry in playable],
        size_bytes=[entry.size for entry in playable],
    )


def _ended(turn: int, scenario: Scenario, requests: workload.Workload, played: Played) -> Ended:
    end_s, arrival_s = float(played.end_s[turn]), float(requests.arrival_s[turn])
    attempts, number = int(played.attempts[turn]), int(played.pool[turn])
    if not isfinite(end_s):
        return Ended(kind="expired", reason="expired", attempts=attempts)
    pool, excess_s = scenario.pools[number], end_s - float(requests.deadline_s[turn])
    return Ended(
        kind="late" if excess_s > 0 else "met",
        reason="answered",
        pool=pool.name,
        architecture=pool.architecture,
        configuration=pool.configuration,
        attempt=attempts,
        attempts=attempts,
        latency_s=round(end_s - arrival_s, 6),
        hop_s=round(scenario.round_trip_s(pool), 6),
        excess_s=round(max(0.0, excess_s), 6),
    )


def _refused(entry: Entry) -> Ended:
    return Ended(kind="rejected", reason="malformed" if entry.malformed else "unknown-model")


def _notes(entries: Sequence[Entry], setup: Setup) -> tuple[str, ...]:
    notes = [f"simulated: {setup.place} on a virtual clock, policy {setup.policy}"]
    if setup.stack.emulated:
        notes.append(f"emulated by published ratios: {', '.join(setup.stack.emulated)}")
    if not worlds.hops(entries):
        assumed = f"{worlds.HOP_S * 1e3:g} ms each way and the profiles' own times"
        notes.append(f"assumed, since the recording has no outcomes: {assumed}")
    return tuple(notes)
