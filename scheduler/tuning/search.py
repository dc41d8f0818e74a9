"""Cross-entropy search for the weights that would have served the past best."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from scheduler.kernel.running import PLANNED, Belief, Run, Stream, fresh
from scheduler.kernel.simulating import advance
from scheduler.kernel.state import Floats, Slots, World
from scheduler.tuning.closing import closed
from scheduler.tuning.past import Past
from scheduler.tuning.point import Point, deviations

POPULATION = 24
ELITE = 6
STEP = 0.7
"""How far mean and deviations move towards those of the elite."""
REQUESTS = 1200
FEWEST_REQUESTS = 200
MOST_PLANNED = 200_000
"""So many rows are planned in a run at most, about: more would take too long."""
WORST_WEIGHT = 0.1
"""What the violation ratio of the worst model counts beside that of all requests."""
EXCESS_WEIGHT = 0.1
"""What the mean excess over the mean QoS counts."""
TRIALS = 2
"""Streams on which the final candidates are compared."""


class Problem(NamedTuple):
    """The machines as believed, what came, where the search starts."""

    world: World
    past: Past
    start: Point
    others: tuple[Point, ...]
    """Further candidates of the final comparison."""
    unit: float
    patience: float
    early_s: float
    generations: int
    narrow: float
    """The share of the first deviations with which the search begins."""
    seed: int


def search(problem: Problem) -> Point:
    """The best of mean and best point of the search and of where it started.

    First it is searched which pools to close to long requests (`scheduler.tuning.closing`). Then
    each generation draws ``POPULATION`` points around the mean and plays all of them on one stream
    of up to ``REQUESTS`` requests drawn from the past, a new one each time, so that none is fitted.
    Source: R. Y. Rubinstein, The Cross-Entropy Method for Combinatorial and Continuous
    Optimization, Methodology and Computing in Applied Probability 1(2), 1999.
    """
    generator = np.random.default_rng(problem.seed)
    count = affordable(problem, generator)
    start = closed(problem.start, problem.world, lambda: _trial(problem, count, generator))
    mean, deviation = start.vector(), deviations(problem.world) * problem.narrow
    best = mean
    for _ in range(problem.generations):
        stream = problem.past.stream(problem.world, count, generator)
        drawn = generator.normal(mean, deviation, (POPULATION, mean.size))
        drawn[0], drawn[1] = mean, best
        scores = [score(problem, start.moved(vector), stream) for vector in drawn]
        elite = drawn[np.argsort(scores, kind="stable")[:ELITE]]
        best = elite[0]
        mean = mean + STEP * (elite.mean(axis=0) - mean)
        deviation = deviation + STEP * (elite.std(axis=0) - deviation)
    return final(problem, [start.moved(mean), start.moved(best)], count, generator)


def _trial(
    problem: Problem, count: int, generator: np.random.Generator
) -> Callable[[Point], float]:
    """Scores candidates on one stream, drawn now."""
    stream = problem.past.stream(problem.world, count, generator)
    return lambda candidate: score(problem, candidate, stream)


def affordable(problem: Problem, generator: np.random.Generator) -> int:
    """How long a stream may be: where much more comes than can be served, queues are long."""
    tried = problem.past.stream(problem.world, FEWEST_REQUESTS, generator)
    planned = run(problem, problem.start, tried).counts[PLANNED] / FEWEST_REQUESTS
    most = MOST_PLANNED / max(1.0, float(planned))
    return int(min(REQUESTS, max(FEWEST_REQUESTS, most)))


def final(
    problem: Problem, found: list[Point], count: int, generator: np.random.Generator
) -> Point:
    """Of the found and the known points the best on streams that none has seen."""
    candidates = [problem.start, *problem.others, *found]
    totals = np.zeros(len(candidates))
    for _ in range(TRIALS):
        stream = problem.past.stream(problem.world, count, generator)
        totals += [score(problem, candidate, stream) for candidate in candidates]
    return candidates[int(np.argmin(totals))]


def score(problem: Problem, candidate: Point, stream: Stream) -> float:
    """Violation ratio + ``WORST_WEIGHT`` x that of the worst model + ``EXCESS_WEIGHT`` x excess.

    The excess is the mean time past the deadline over the mean time to it.
    """
    excess_s = np.maximum(0.0, play(problem, candidate, stream) - stream.due)
    late = excess_s > 0.0
    counts = np.bincount(stream.model)
    worst = np.bincount(stream.model, weights=late)[counts > 0] / counts[counts > 0]
    excess = excess_s.mean() / (stream.due - stream.arrival).mean()
    return float(late.mean() + WORST_WEIGHT * worst.max() + EXCESS_WEIGHT * excess)


def play(problem: Problem, candidate: Point, stream: Stream) -> Floats:
    """When each request would be answered, in seconds."""
    return run(problem, candidate, stream).end


def run(problem: Problem, candidate: Point, stream: Stream) -> Run:
    """The whole run of a candidate on a stream, nothing learned meanwhile."""
    world, slots = problem.world, problem.world.slot_begin.size - 1
    played = fresh(stream.arrival.size, slots)
    advance(
        played,
        world._replace(factor=candidate.factor(world)),
        Slots(np.full(slots, -np.inf), np.zeros(slots, np.int64)),
        stream,
        Belief(world.service, np.zeros((1, 1, 1)), 0.0),
        candidate.rule(problem.unit, problem.patience, problem.early_s),
        candidate.shift_s(world),
        stream.arrival.size + 1,
        False,
    )
    return played
