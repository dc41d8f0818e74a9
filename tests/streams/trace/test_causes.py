"""What made a request late: each cause alone, and that the causes add up to the measured total."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.schema import Timing
from streams.schema import Choice
from streams.trace.causes import CAUSES, causes
from streams.trace.story import Story
from tests.support.histories import ARCHITECTURE, CONFIGURATION, Asked, History
from tests.support.stories import listed, story_of

BUDGET_S = 0.1
EXPECTED_S = 0.02
"""Of the computation, in each decision here."""


def request(history: History, **fields: Any) -> Asked:
    """A request with a tight deadline and a long life."""
    return history.ask(budget_s=BUDGET_S, life_s=60.0, **fields)


def placed(history: History, asked: Asked, **fields: Any) -> None:
    """The next attempt, at the present time."""
    chosen = Choice(
        pool="edge", architecture=ARCHITECTURE, configuration=CONFIGURATION, latency_s=0.03,
        slack_s=0.05, service_s=EXPECTED_S,
    )  # fmt: skip
    history.place(asked, **{"candidates": (chosen,), "predicted_s": 0.03, **fields})


def answered(history: History, asked: Asked, attempt: int = 1, **fields: Any) -> Story:
    """Answered at the present time, and concluded."""
    given = {"timing": Timing(compute_s=EXPECTED_S), **fields}
    _, told = history.answer(asked, attempt, **given)
    history.conclude(asked, told)
    return story_of(history, asked)


def dominant(story: Story) -> str:
    """The cause that cost most; the causes add up to what was measured."""
    spent = causes(story)
    outcome = story.outcome
    assert outcome is not None
    assert list(spent) == list(CAUSES)
    assert sum(spent.values()) == pytest.approx(outcome.concluded_s - outcome.accepted_s, abs=1e-6)
    assert all(seconds >= 0 for seconds in spent.values())
    return max(spent, key=lambda cause: spent[cause])


def test_the_broker_or_an_app_that_was_away() -> None:
    """A second between the append and the app."""
    history = History()
    asked = request(history)
    history.now_s += 1.0
    asked.life.received_s = history.now_s
    placed(history, asked)
    history.now_s += 0.03
    story = answered(history, asked)
    assert dominant(story) == "broker"
    assert causes(story)["broker"] == pytest.approx(1.0, abs=0.01)


def test_the_queue_of_the_app() -> None:
    """A second until a slot was free."""
    history = History()
    asked = request(history)
    history.now_s += 1.0
    placed(history, asked)
    history.now_s += 0.03
    story = answered(history, asked)
    assert dominant(story) == "queue"
    assert causes(story)["queue"] == pytest.approx(1.0, abs=0.01)


def test_the_queue_of_the_function() -> None:
    """It was placed behind another that took longer than expected."""
    history = History()
    asked = request(history)
    placed(history, asked)
    history.now_s += 1.03
    timing = Timing(queue_s=1.0, compute_s=EXPECTED_S)
    assert dominant(answered(history, asked, timing=timing)) == "queue"


def test_attempts_that_came_to_nothing() -> None:
    """The first one was never answered."""
    history = History()
    asked = request(history)
    placed(history, asked)
    history.now_s += 1.0
    placed(history, asked)
    history.now_s += 0.03
    story = answered(history, asked, 2)
    assert dominant(story) == "retries"
    assert causes(story)["retries"] == pytest.approx(1.0, abs=0.01)


def test_a_cold_start() -> None:
    """An instance had to be woken: it listed the placement a second later."""
    history = History()
    asked = request(history)
    placed(history, asked)
    history.now_s += 1.0
    listed_s = history.now_s
    history.now_s += 0.03
    story = answered(history, asked, cold=True)
    story.see([(listed(asked.identity), listed_s)])
    assert dominant(story) == "cold start"
    assert causes(story)["cold start"] == pytest.approx(1.0, abs=0.01)


def test_a_cold_start_that_no_capacity_event_tells_of_any_more() -> None:
    """Capacity is kept for an hour: later, all but the work of a first one is cold start."""
    history = History()
    asked = request(history)
    placed(history, asked)
    history.now_s += 1.03
    story = answered(history, asked, cold=True)
    assert dominant(story) == "cold start"


def test_the_first_computation_of_a_model_is_a_cold_start_too() -> None:
    """It takes longer than expected because it is the first."""
    history = History()
    asked = request(history)
    placed(history, asked)
    history.now_s += 1.0
    story = answered(history, asked, cold=True, timing=Timing(compute_s=0.99))
    assert dominant(story) == "cold start"
    assert causes(story)["misprediction"] == 0.0


def test_the_way_there_and_back() -> None:
    """Neither queue nor computation accounts for the second."""
    history = History()
    asked = request(history)
    placed(history, asked)
    history.now_s += 1.0
    assert dominant(answered(history, asked)) == "transfer"


def test_a_computation_longer_than_expected() -> None:
    """What was expected is compute, the rest was mispredicted."""
    history = History()
    asked = request(history)
    placed(history, asked)
    history.now_s += 1.0
    story = answered(history, asked, timing=Timing(compute_s=0.95))
    assert dominant(story) == "misprediction"
    assert causes(story)["misprediction"] == pytest.approx(0.93, abs=0.001)
    assert causes(story)["compute"] == pytest.approx(EXPECTED_S)


def test_a_computation_as_long_as_expected() -> None:
    """The work itself took too long for the deadline."""
    history = History()
    asked = request(history)
    chosen = Choice(
        pool="edge", architecture=ARCHITECTURE, configuration=CONFIGURATION, latency_s=1.0,
        slack_s=-0.9, service_s=0.99,
    )  # fmt: skip
    placed(history, asked, candidates=(chosen,), predicted_s=1.0)
    history.now_s += 1.0
    story = answered(history, asked, timing=Timing(compute_s=0.99))
    assert dominant(story) == "compute"
    assert causes(story)["misprediction"] == 0.0


def test_decisions_of_older_releases_say_only_what_was_expected_in_all() -> None:
    """What the whole took longer than expected, the computation took longer."""
    history = History()
    asked = request(history)
    chosen = Choice(
        pool="edge", architecture=ARCHITECTURE, configuration=CONFIGURATION, latency_s=0.03,
        slack_s=0.05,
    )  # fmt: skip
    placed(history, asked, candidates=(chosen,), received_s=0.0)
    history.now_s += 1.0
    story = answered(history, asked, timing=Timing(compute_s=0.95))
    assert dominant(story) == "misprediction"


def test_a_request_that_was_never_placed_waited() -> None:
    """It expired in the queue."""
    history = History()
    asked = request(history)
    history.now_s += 60.0
    history.give_up(asked, "expired", "expired")
    assert dominant(story_of(history, asked)) == "queue"


def test_a_request_that_expired_in_an_attempt_lost_it_there() -> None:
    """It was placed at once and never answered."""
    history = History()
    asked = request(history)
    placed(history, asked)
    history.now_s += 60.0
    history.give_up(asked, "expired", "expired")
    assert dominant(story_of(history, asked)) == "retries"


def test_without_an_outcome_there_is_nothing_to_add_up() -> None:
    """The time is not over."""
    history = History()
    asked = request(history)
    placed(history, asked)
    assert causes(story_of(history, asked)) == {}


seconds = st.floats(0.0, 5.0)


@given(
    waits=st.lists(seconds, min_size=1, max_size=4),
    broker=seconds,
    away=seconds,
    timing=st.builds(Timing, queue_s=seconds, compute_s=seconds),
    cold=st.booleans(),
    skew=st.floats(-0.2, 0.2),
)
def test_causes_add_up_whatever_happened(
    waits: list[float], broker: float, away: float, timing: Timing, cold: bool, skew: float
) -> None:
    """Any number of attempts, and clocks that differ: nothing is negative, nothing is left over."""
    history = History()
    asked = request(history)
    history.now_s += broker
    asked.life.received_s = history.now_s + skew
    for wait in waits:
        history.now_s += wait
        placed(history, asked)
    history.now_s += away
    dominant(answered(history, asked, len(waits), timing=timing, cold=cold))
