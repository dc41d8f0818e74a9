"""Which faults a round has: drawn from a seed, the same for the same seed. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Final

from streams.chaos.schema import Fault, Kind

Targets = Mapping[Kind, Sequence[str]]
"""Everybody a kind of fault can happen to."""

BROKER: Final = "broker"
PRODUCER: Final = "producer"
_BAG: Final[tuple[Kind, ...]] = (
    *("kill", "kill", "kill", "pause", "pause", "stop", "stop"),
    *("cut", "stall", "delay", "slow", "full", "garble"),
)
"""What is drawn until it is empty, then anew: no kind is left out for long."""
_LASTS: Final[Mapping[Kind, tuple[float, float]]] = {
    "kill": (0.2, 3.0),
    "pause": (0.5, 9.0),
    "stop": (0.2, 6.0),
    "cut": (0.5, 6.0),
    "stall": (0.5, 8.0),
    "delay": (2.0, 8.0),
    "slow": (2.0, 6.0),
    "full": (1.0, 2.0),
    "garble": (0.1, 0.1),
}
_REST_S: Final = 1.0
_BROKER_REST_S: Final = 12.0
"""Without the broker nothing works: it is left alone for a while after each of its faults."""


def targets(apps: Sequence[str], sources: Sequence[str], functions: Sequence[str]) -> Targets:
    """Who there is, by what can happen to them."""
    processes = [*apps, *sources, *functions, BROKER]
    lines = [line(each, BROKER) for each in (*apps, *sources, *functions)]
    lines += [line("source", each) for each in functions]
    return {
        **dict.fromkeys(("kill", "pause", "stop"), processes),
        **dict.fromkeys(("cut", "stall", "delay"), lines),
        "slow": functions,
        "full": [BROKER],
        "garble": [PRODUCER],
    }


def line(one: str, other: str) -> str:
    """The name of the way between two."""
    return f"{one}~{other}"


def drawn(among: Targets, count: int, gap_s: float, random: Random) -> Iterator[Fault]:
    """So many faults, evenly over the kinds; nobody has two at a time."""
    bag: list[Kind] = []
    busy_s: dict[str, float] = {}
    at_s = 0.0
    for _ in range(count):
        at_s += random.uniform(0.4, 1.6) * gap_s
        free = {k: [n for n in names if busy_s.get(n, 0.0) <= at_s] for k, names in among.items()}
        kind = _next(bag, free, random)
        target = random.choice(free[kind])
        lasts_s = random.uniform(*_LASTS[kind])
        busy_s[target] = at_s + lasts_s + (_BROKER_REST_S if target == BROKER else _REST_S)
        yield Fault(at_s=round(at_s, 3), kind=kind, target=target, lasts_s=round(lasts_s, 3))


def _next(bag: list[Kind], free: Targets, random: Random) -> Kind:
    while True:
        if not bag:
            bag.extend(_BAG)
            random.shuffle(bag)
        for kind in bag:
            if free[kind]:
                bag.remove(kind)
                return kind
        bag.clear()
