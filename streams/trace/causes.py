"""What a request's time was spent on; the causes add up to the measured total. Pure."""

from collections.abc import Mapping
from typing import Final

from functions.schema import Feedback
from streams.schema import Decision, Outcome
from streams.trace.story import Story

CAUSES: Final[Mapping[str, str]] = {
    "broker": "between its event and the app",
    "queue": "waiting for a slot, in the app and in the function",
    "retries": "in attempts that came to nothing",
    "cold start": "until an instance was there and warm",
    "transfer": "on the way to the function and back",
    "compute": "being computed, as long as expected",
    "misprediction": "being computed, longer than expected",
}


def causes(story: Story) -> dict[str, float]:
    """Seconds by cause, in the order of `CAUSES`; empty while there is no outcome."""
    outcome = story.outcome
    if outcome is None:
        return {}
    budget = _Budget(max(0.0, outcome.concluded_s - outcome.accepted_s))
    first = _first(story)
    received_s = (first.received_s if first else 0.0) or outcome.received_s
    if received_s:
        budget.take("broker", received_s - outcome.accepted_s)
    if first is None:
        return budget.rest("queue")
    budget.take("queue", first.placed_s - max(received_s, outcome.accepted_s))
    winner = story.decided(outcome.attempt, outcome.pool) if outcome.instance else None
    if winner is None:
        return budget.rest("retries" if not outcome.instance else "transfer")
    budget.take("retries", winner.placed_s - first.placed_s)
    told = story.ended(outcome.attempt)
    if told is None:
        return budget.rest("transfer")
    _run(budget, outcome, winner, told)
    if told.cold:
        listed_s = story.listed_s(outcome.attempt)
        budget.take("cold start", budget.left_s if listed_s is None else listed_s - winner.placed_s)
    return budget.rest("transfer")


def _first(story: Story) -> Decision | None:
    return min((each for each, _ in story.decisions), key=lambda each: each.attempt, default=None)


def _run(budget: "_Budget", outcome: Outcome, winner: Decision, told: Feedback) -> None:
    """What the function says of the winning attempt."""
    timing = told.timing
    expected_s = _expected_s(outcome, winner, timing.service_s)
    budget.take("compute", min(timing.service_s, expected_s))
    extra_s = timing.service_s - expected_s
    budget.take("cold start" if told.cold else "misprediction", extra_s)
    budget.take("queue", timing.queue_s)


def _expected_s(outcome: Outcome, winner: Decision, service_s: float) -> float:
    """Expected in the slot; where the decision does not say, what its overrun leaves."""
    chosen = next((each for each in winner.candidates if each.pool == winner.pool), None)
    if chosen is not None and chosen.service_s:
        return chosen.service_s
    over_s = outcome.concluded_s - winner.placed_s - winner.predicted_s
    return max(0.0, service_s - max(0.0, over_s))


class _Budget:
    """Hands out the total, never more than is left of it: clocks may differ by milliseconds."""

    def __init__(self, total_s: float) -> None:
        self.left_s = total_s
        self._spent = dict.fromkeys(CAUSES, 0.0)

    def take(self, cause: str, seconds: float) -> None:
        """Spend up to what is left."""
        taken_s = min(self.left_s, max(0.0, seconds))
        self._spent[cause] += taken_s
        self.left_s -= taken_s

    def rest(self, cause: str) -> dict[str, float]:
        """What is left is due to ``cause``."""
        self.take(cause, self.left_s)
        return self._spent
