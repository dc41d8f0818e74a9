"""Random problems and what is found for them; as a program, printed."""

import sys

import numpy as np

from scheduler.bracket.ascent import ascend, grid_of
from scheduler.bracket.problem import Problem, Way, build
from scheduler.bracket.search import schedule

STEPS, ROUNDS, REQUESTS = 150, 150, 24


def problem(seed: int) -> Problem:
    """Requests of three lengths, many alike, on two kinds of machines."""
    draws = np.random.default_rng(seed)
    ways = []
    for request in range(REQUESTS):
        release_s, length_s = draws.uniform(0.0, 1.0), draws.choice([0.2, 0.5, 1.0])
        for pool, factor in ((0, 1.0), (1, draws.uniform(0.5, 2.0))):
            last_s = release_s + 2.5 * length_s - factor * length_s
            ways.append(Way(request, pool, release_s, last_s, factor * length_s))
    return build(REQUESTS, [1, 2], ways)


def found(seed: int) -> str:
    """The bound and the prices to nine digits, the schedule to the last bit."""
    drawn = problem(seed)
    grid = grid_of(drawn)
    met, price = ascend(drawn, grid, STEPS)
    lines = schedule(drawn, grid, price, ROUNDS, seed)
    return f"{met:.9g} {price.sum():.9g} {lines.line.tolist()} {lines.start.tolist()}"


if __name__ == "__main__":
    for number in range(int(sys.argv[1])):
        sys.stdout.write(f"{found(number)}\n")
