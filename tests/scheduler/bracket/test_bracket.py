"""The bound is never above the truth, the schedule never below it, and both are close."""

import math

from hypothesis import given, settings

from scheduler.bracket.bracket import Bracket, bracket, violations
from scheduler.bracket.lines import Lines, run
from scheduler.bracket.problem import Problem, Way, build
from tests.scheduler.bracket.problems import fewest_violations, problems


def both(problem: Problem, seed: int = 1) -> Bracket:
    """The bracket of a problem that is as strict as it is relaxed."""
    return bracket(problem, problem, seed)


def assert_valid(problem: Problem, lines: Lines) -> None:
    """Every request in a line runs in one of its ways, after the one before it."""
    for line, pool in enumerate(lines.pool):
        free_s = -math.inf
        for request in lines.order[line, : lines.length[line]]:
            assert lines.line[request] == line
            start_s, end_s = run(problem, request, pool, free_s)
            assert (lines.start[request], lines.end[request]) == (start_s, end_s)
            assert end_s < math.inf
            free_s = end_s
    assert (lines.line >= 0).sum() == lines.length.sum()


@settings(max_examples=150, deadline=None)
@given(problems())
def test_the_fewest_possible_violations_lie_in_the_bracket(problem: Problem) -> None:
    """On small problems the bound is at most the best of all schedules, the search finds it."""
    found, fewest = both(problem), fewest_violations(problem)
    assert found.at_least <= fewest
    assert found.feasible == fewest
    assert_valid(problem, found.schedule)


def test_the_bound_is_tight_where_a_burst_fills_a_machine() -> None:
    """Ten requests of a second each that are due in four seconds on one machine: six are late."""
    problem = build(10, [1], [Way(request, 0, 0.0, 3.0, 1.0) for request in range(10)])
    found = both(problem)
    assert (found.at_least, found.feasible) == (6, 6)


def test_the_bound_knows_which_machine_a_request_can_use() -> None:
    """Two that only the fast machine can meet and one that either can: one violation."""
    only_fast = [Way(request, 0, 0.0, 0.5, 1.0) for request in range(2)]
    either = [Way(2, 0, 0.0, 3.0, 1.0), Way(2, 1, 0.0, 0.0, 4.0)]
    found = both(build(3, [1, 1], only_fast + either))
    assert (found.at_least, found.feasible) == (1, 1)


def test_a_batch_costs_a_request_its_share_only() -> None:
    """Four that need a second alone and two in a batch of four: the bound lets all four run."""
    alone = [Way(request, 0, 0.0, 1.5, 1.0) for request in range(4)]
    batched = [Way(request, 0, 0.0, 0.5, 2.0, 4) for request in range(4)]
    found = both(build(4, [1], alone + batched))
    assert found.at_least == 0
    assert found.feasible == 2


def test_a_request_without_a_way_is_a_violation() -> None:
    """What cannot be met anywhere is counted by both ends; nothing else is."""
    found = both(build(3, [1], [Way(0, 0, 0.0, 1.0, 1.0), Way(1, 0, 2.0, 1.0, 1.0)]))
    assert (found.at_least, found.feasible) == (2, 2)
    assert both(build(2, [1], []))[:2] == (2, 2)


def test_the_same_seed_gives_the_same_schedule() -> None:
    """The search draws from nothing but its seed."""
    problem = build(40, [2], [Way(i, 0, i * 0.3, i * 0.3 + 1.0, 0.7) for i in range(40)])
    first, second = both(problem, seed=3), both(problem, seed=3)
    assert first.feasible == second.feasible
    assert (first.schedule.line == second.schedule.line).all()


def test_rounding_never_adds_a_violation() -> None:
    """A bound on the met that is a hair below a whole number counts as that number."""
    assert violations(10, 9 - 1e-9) == 1
    assert violations(10, 8.5) == 2
    assert violations(10, 10.5) == 0
