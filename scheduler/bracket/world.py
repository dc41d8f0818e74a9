"""The problem of a scenario: when which machine could run which request in time."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf, nextafter
from typing import NamedTuple

from scheduler.bracket.problem import Problem, Way, build
from scheduler.simulator.layout import Layout, layout
from scheduler.simulator.truth import Truth
from scheduler.simulator.types import Drift, Scenario
from scheduler.simulator.workload import Workload


class Spell(NamedTuple):
    """A time in which a machine is up and no faster or slower than its factor says."""

    first_s: float
    """A run may start from here"""
    before_s: float
    """to before here"""
    end_s: float
    """and must end by here."""
    factor: float


class Machine(NamedTuple):
    """What one slot can be used as, and when; slots that are equal here are alike."""

    pools: tuple[int, ...]
    spells: tuple[Spell, ...]


class Known(NamedTuple):
    """All that a clairvoyant knows."""

    scenario: Scenario
    workload: Workload
    truth: Truth
    cold: bool


def problem_of(scenario: Scenario, workload: Workload, seed: int, *, cold: bool) -> Problem:
    """All ways to meet the requests of a run with this seed, with their true service times.

    With ``cold`` each run in a pool that starts at zero waits for a start of its own, as if nothing
    had woken the pool before; without, such pools are warm. The truth lies between the two.
    """
    places = layout(scenario)
    known = Known(scenario, workload, Truth(scenario, places, workload, seed), cold)
    groups: dict[Machine, int] = {}
    for slot, pools in enumerate(places.slot_pools):
        machine = Machine(pools, tuple(_spells(scenario, places, slot)))
        groups[machine] = groups.get(machine, 0) + 1
    ways = [
        way
        for group, machine in enumerate(groups)
        for pool in machine.pools
        for request in range(workload.arrival_s.size)
        for way in _ways(known, request, group, pool, machine.spells)
    ]
    return build(workload.arrival_s.size, list(groups.values()), ways)


def _spells(scenario: Scenario, places: Layout, slot: int) -> Iterator[Spell]:
    """The times between its changes of speed, cut by its outages."""
    factors = {-inf: 1.0}
    for drift in sorted(scenario.drift, key=lambda drift: drift.at_s):
        if _concerns(drift, scenario, places, slot):
            factors[drift.at_s] = drift.factor
    outages = sorted(_outages(scenario, places, slot))
    for first_s, before_s in pairwise([*factors, inf]):
        for up_s, down_s in _up(outages):
            if max(first_s, up_s) < min(before_s, down_s):
                yield Spell(max(first_s, up_s), min(before_s, down_s), down_s, factors[first_s])


def _concerns(drift: Drift, scenario: Scenario, places: Layout, slot: int) -> bool:
    return any(
        (drift.architecture == scenario.pools[pool].architecture)
        or (drift.pool == scenario.pools[pool].name)
        for pool in places.slot_pools[slot]
        if drift.instance in {None, places.pool_slots[pool].index(slot)}
    )


def _outages(scenario: Scenario, places: Layout, slot: int) -> Iterator[tuple[float, float]]:
    for outage in scenario.outages:
        for pool in places.slot_pools[slot]:
            index = places.pool_slots[pool].index(slot)
            if outage.pool == scenario.pools[pool].name and outage.instance in {None, index}:
                yield outage.from_s, outage.to_s


def _up(outages: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """The times between outages that are in order of their beginning."""
    up_s = -inf
    for from_s, to_s in outages:
        if up_s < from_s:
            yield up_s, from_s
        up_s = max(up_s, to_s)
    if up_s < inf:
        yield up_s, inf


def _ways(
    known: Known, request: int, group: int, pool: int, spells: Sequence[Spell]
) -> Iterator[Way]:
    """Alone and in every batch, of equal times in the largest, in every spell."""
    one, arrival_s = known.scenario.pools[pool], float(known.workload.arrival_s[request])
    hop_s = known.scenario.round_trip_s(one) / 2
    size_bytes = int(known.workload.size_bytes[request])
    release_s = arrival_s + hop_s + size_bytes * known.scenario.per_byte_s(one)
    if known.cold and one.start == "cold":
        release_s += one.cold_start_s or 0.0
    due_s = arrival_s + float(known.workload.qos_s[request]) - hop_s
    expires_s = nextafter(arrival_s + float(known.workload.expiry_s[request]), -inf)
    times, work = known.truth.times[known.truth.model[request]][pool], known.truth.work[request]
    for batch, seconds in enumerate(times, start=1):
        if batch > 1 and seconds in times[batch:]:
            continue
        for spell in spells:
            length_s = seconds * work * spell.factor
            last_s = min(due_s, spell.end_s) - length_s
            last_s = min(last_s, nextafter(spell.before_s, -inf), expires_s)
            yield Way(request, group, max(release_s, spell.first_s), last_s, length_s, batch)
