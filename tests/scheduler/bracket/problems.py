"""Small problems, drawn, and the answer to them by trying everything."""

import math
from functools import cache

from hypothesis import strategies as st

from scheduler.bracket.lines import run
from scheduler.bracket.problem import Problem, Way, build

TIMES = st.integers(0, 40).map(lambda tenths: tenths / 10)
LENGTHS = st.integers(1, 30).map(lambda tenths: tenths / 10)
INSTANCES = st.sampled_from([(1,), (2,), (1, 1), (1, 2)])


@st.composite
def problems(draw: st.DrawFn, most: int = 6) -> Problem:
    """Up to ``most`` requests on one or two pools of up to three instances."""
    instances = draw(INSTANCES)
    count = draw(st.integers(1, most))
    ways = []
    for request in range(count):
        release_s, life_s = draw(TIMES), draw(LENGTHS)
        for pool in range(len(instances)):
            length_s = draw(LENGTHS)
            last_s = release_s + life_s - length_s
            ways.append(Way(request, pool, release_s, last_s, length_s))
    return build(count, instances, ways)


def fewest_violations(problem: Problem) -> int:
    """Of all orders on all instances."""
    pools = [pool for pool, count in enumerate(problem.instances) for _ in range(count)]

    @cache
    def met(left: frozenset[int], free: tuple[float, ...]) -> int:
        most = 0
        for request in left:
            for line, pool in enumerate(pools):
                end_s = run(problem, request, pool, free[line])[1]
                if end_s < math.inf:
                    after = (*free[:line], end_s, *free[line + 1 :])
                    most = max(most, 1 + met(left - {request}, after))
        return most

    everything = frozenset(range(problem.requests))
    return problem.requests - met(everything, (-math.inf,) * len(pools))
