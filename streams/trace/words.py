"""Why a request went where it went, and what made it late, in plain sentences. Pure."""

from collections.abc import Mapping
from typing import Final

from streams.requests import Rejection
from streams.schema import Decision, Outcome
from streams.trace.causes import CAUSES, causes
from streams.trace.story import Story

_SHOWN_S: Final = 0.0005
"""Less is not worth a word."""


def sentences(story: Story) -> list[str]:
    """A few sentences."""
    outcome = story.outcome
    if outcome is None:
        return [*_placed(story, None), _open(story)]
    return [*_placed(story, outcome), _ended(outcome), *_spent(outcome, causes(story))]


def _placed(story: Story, outcome: Outcome | None) -> list[str]:
    """Where the attempt that counts went, and why there."""
    last = max([each.attempt for each, _ in story.decisions], default=0)
    number = outcome.attempt if outcome and outcome.instance else last
    decision = story.decided(number, outcome.pool if outcome else "")
    if decision is None:
        return [_nowhere(story, outcome)]
    said = [_chosen(story, decision)]
    if others := _others(decision):
        said.append(others)
    if number > 1:
        said.append(_before(story, number))
    return said


def _nowhere(story: Story, outcome: Outcome | None) -> str:
    refused = [each.read for each in story.asked if isinstance(each.read, Rejection)]
    if refused:
        return f"It was refused before any placement: {refused[0].message}."
    if outcome is not None and outcome.instance:
        return f"It ran on {outcome.pool}; the decision that put it there is not in the topic."
    return "It was never placed."


def _chosen(story: Story, decision: Decision) -> str:
    name = story.asked[0].read.envelope.request_id if story.asked else decision.request_id
    which = "" if decision.attempt == 1 else f" (attempt {decision.attempt})"
    doomed = " It could not meet its deadline anywhere any more." if decision.doomed else ""
    slack = f"{decision.slack_s:.3f} s to spare"
    if decision.slack_s < 0:
        slack = f"{-decision.slack_s:.3f} s too late"
    return (
        f"Request {name} (model {decision.model}) went to pool {decision.pool} "
        f"({decision.architecture}, {decision.configuration}){which}: policy {decision.policy} "
        f"expected an answer there in {decision.predicted_s:.3f} s, {slack}. Its reason: "
        f"{decision.reason}.{doomed}"
    )


def _others(decision: Decision) -> str:
    others = [each for each in decision.candidates if each.pool != decision.pool]
    if not others:
        return ""
    said = [
        f"{each.pool} ({each.architecture}) in {each.latency_s:.3f} s, slack {each.slack_s:.3f} s"
        for each in others
    ]
    return f"The others it looked at: {'; '.join(said)}."


def _before(story: Story, number: int) -> str:
    """What became of the attempts before."""
    said = []
    for attempt in range(1, number):
        decision, told = story.decided(attempt), story.ended(attempt)
        where = f"attempt {attempt} on {decision.pool}" if decision else f"attempt {attempt}"
        end = "was not answered within its lease"
        if told is not None:
            late = "answered, but later than the winner"
            end = late if told.verdict == "answered" else f"{told.verdict} ({told.reason})"
        said.append(f"{where} {end}")
    return f"Before it, {'; '.join(said)}."


def _open(story: Story) -> str:
    if not story.asked:
        return "There is no outcome, and no request either."
    return "It has no outcome yet."


def _ended(outcome: Outcome) -> str:
    total_s = outcome.concluded_s - outcome.accepted_s
    if outcome.kind == "met":
        return f"It was met: {total_s:.3f} s of the {outcome.budget_s:.3f} s it had."
    if outcome.kind == "late":
        return (
            f"It was late by {outcome.excess_s:.3f} s: it took {total_s:.3f} s and had "
            f"{outcome.budget_s:.3f} s."
        )
    why = outcome.message or outcome.reason
    return f"It ended as {outcome.kind} after {total_s:.3f} s ({outcome.reason}): {why}."


def _spent(outcome: Outcome, spent: Mapping[str, float]) -> list[str]:
    parts = [(cause, s) for cause, s in spent.items() if s >= _SHOWN_S]
    if not parts:
        return []
    told = [f"{s:.3f} s {CAUSES[cause]} ({cause})" for cause, s in parts]
    said = [f"Of that, {_joined(told)}."]
    if outcome.kind != "met":
        cause, most_s = max(parts, key=lambda part: part[1] if part[0] != "compute" else 0.0)
        said.append(_blame(cause, most_s, outcome))
    return said


def _blame(cause: str, most_s: float, outcome: Outcome) -> str:
    """The largest part besides the work itself."""
    if cause == "compute":
        return "Nothing but the work itself took time: its deadline was too tight for this pool."
    enough = ""
    if outcome.kind == "late":
        saved = most_s >= outcome.excess_s
        enough = (
            "; without it, it would have been met" if saved else "; that alone did not make it late"
        )
    return f"Besides the expected work, what cost it most was {cause}: {most_s:.3f} s{enough}."


def _joined(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
