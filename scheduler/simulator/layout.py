"""Pools and their slots by number, in file order."""

from typing import NamedTuple

from scheduler.simulator.types import Scenario


class Layout(NamedTuple):
    """Numbers of pools and slots; a slot that several pools share has one number."""

    slots: tuple[str, ...]
    """Their names: ``<pool>#<index>``, on a shared device ``<device>#<index>``."""
    pool_slots: tuple[tuple[int, ...], ...]
    slot_pools: tuple[tuple[int, ...], ...]


def layout(scenario: Scenario) -> Layout:
    """The slots of all pools, those of a pool one after the other."""
    numbers: dict[str, int] = {}
    owners: list[list[int]] = []
    members = []
    for index, pool in enumerate(scenario.pools):
        names = [f"{pool.device or pool.name}#{i}" for i in range(pool.instances)]
        for name in names:
            if numbers.setdefault(name, len(numbers)) == len(owners):
                owners.append([])
            owners[numbers[name]].append(index)
        members.append(tuple([numbers[name] for name in names]))
    return Layout(tuple(numbers), tuple(members), tuple([tuple(found) for found in owners]))
