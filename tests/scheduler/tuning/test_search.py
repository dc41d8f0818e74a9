"""The search for weights, and what energy may cost."""

from math import inf

import numpy as np
import pytest

from scheduler.layout import Layout
from scheduler.tuning.past import History
from scheduler.tuning.point import CEILING, DEVIATIONS, LATE, WAIT, Point
from scheduler.tuning.saving import Saves, best, save
from scheduler.tuning.search import Problem, play, score, search
from tests.support.decisions import estimator, pool

SECONDS = {("net", "gpu"): 0.01, ("net", "cpu"): 0.05, ("text", "gpu"): 0.02, ("text", "cpu"): 0.03}


def problem(rate: float = 90.0, generations: int = 2) -> Problem:
    """A fast slot and two slow ones, two models, deadlines of a tenth of a second or two."""
    pools = [pool("gpu", "net", "text"), pool("cpu", "net", "text", free=(0.0, 0.0))]
    world = Layout(pools).world(estimator(SECONDS))
    draws, history, at_s = np.random.default_rng(3), History(), 0.0
    for _ in range(300):
        at_s += float(draws.exponential(1 / rate))
        history.arrived(str(draws.choice(["net", "text"])), at_s, float(draws.choice([0.1, 0.2])))
    single = np.zeros(len(DEVIATIONS))
    single[LATE], single[WAIT], single[CEILING] = 1.0, 0.15, np.log(100.0)
    return Problem(
        world=world,
        past=history.past({"net": 0, "text": 1}),
        start=Point(np.zeros((2, 2)), np.zeros(2), single, np.zeros((2, 2), np.bool_)),
        others=(),
        unit=0.015,
        patience=5.0,
        early_s=0.0,
        generations=generations,
        narrow=1.0,
        seed=4,
    )


def test_search_is_no_worse_than_its_start() -> None:
    """On streams of its past what is found misses no more than where it began."""
    asked = problem()
    found = search(asked)
    draws = np.random.default_rng(11)
    streams = [asked.past.stream(asked.world, 800, draws) for _ in range(4)]
    ours = np.mean([score(asked, found, stream) for stream in streams])
    before = np.mean([score(asked, asked.start, stream) for stream in streams])
    assert ours <= before + 0.01


def test_search_is_seeded() -> None:
    """The same problem has the same result."""
    first, second = search(problem()), search(problem())
    np.testing.assert_array_equal(first.vector(), second.vector())


@pytest.mark.parametrize("patience", [5.0, inf])
def test_play_answers_everything(patience: float) -> None:
    """Every request of a stream is answered in the end, late or not, with however much patience."""
    asked = problem()._replace(patience=patience)
    stream = asked.past.stream(asked.world, 200, np.random.default_rng(0))
    start = asked.start.moved(np.append(asked.start.vector()[:-1], np.log(0.1)))
    ends = play(asked, start, stream)
    assert np.isfinite(ends).all()
    assert (ends > stream.arrival).all()


def test_vector_and_back() -> None:
    """A point survives the way through its vector."""
    asked = problem()
    again = asked.start.moved(asked.start.vector())
    np.testing.assert_array_equal(again.vector(), asked.start.vector())


def test_saving_prefers_the_frugal_machine_where_there_is_time() -> None:
    """With slack the price of a joule moves work to what needs less."""
    asked = problem(rate=10.0)
    asked.world.watts[:] = [200.0, 1.0]
    assert save(asked, asked.start, Saves(1.02)).energy > 0.0


def test_no_watts_no_price() -> None:
    """Where nothing is known of power nothing changes."""
    asked = problem()
    assert save(asked, asked.start, Saves(1.02)) is asked.start


@pytest.mark.parametrize(
    ("saves", "number"),
    [
        (Saves(1.02), 1),
        (Saves(2.0), 2),
        (Saves(1.0, budget_w=30.0), 2),
        (Saves(1.0, budget_w=60.0), 1),
        (Saves(1.0, budget_w=5.0), 2),
        (Saves(1.0, inf), 1),
    ],
)
def test_best(saves: Saves, number: int) -> None:
    """The least draw within the tolerance, or the fewest violations within the budget."""
    assert best([0.1, 0.1, 0.2], [100.0, 50.0, 20.0], saves) == number
