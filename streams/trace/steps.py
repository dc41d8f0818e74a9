"""The steps of a request in the order of time. Pure."""

from collections.abc import Iterator

import msgspec

from functions.schema import Feedback
from streams.requests import Accepted
from streams.schema import Decision, Outcome
from streams.trace.story import Asked, Story


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened. ``at_s`` is POSIX seconds on the broker's clock."""

    at_s: float
    what: str
    attempt: int = 0
    where: str = ""
    detail: str = ""
    place: str = ""


def steps(story: Story) -> list[Step]:
    """Everything that is known, earliest first; what came at one time, causes first."""
    found = [
        *(_asked(asked, number) for number, asked in enumerate(story.asked)),
        *(
            step
            for decision, seen in story.decisions
            for step in _decided(decision, str(seen.place))
        ),
        *_sent(story),
        *_listed(story),
        *_results(story),
        *(_told(told, seen.append_s, str(seen.place)) for told, seen in story.feedback),
        *(_ended(outcome, seen.append_s, str(seen.place)) for outcome, seen in story.outcomes),
        *(
            Step(at_s=append_s, what="dead letter", detail="the original bytes", place=str(place))
            for append_s, place in story.letters
        ),
    ]
    return sorted(found, key=lambda step: step.at_s)


def _asked(asked: Asked, number: int) -> Step:
    read = asked.read
    if isinstance(read, Accepted):
        append_s = read.envelope.record.append_s
        detail = (
            f"model {read.envelope.model}, {len(read.value)} bytes, deadline in "
            f"{read.deadline_s - append_s:.3f} s, expiry in {read.expiry_s - append_s:.3f} s"
        )
    else:
        detail = f"{read.reason}: {read.message}"
    return Step(
        at_s=asked.record.append_s,
        what="repeated" if number else "request",
        detail=detail,
        place=str(asked.place),
    )


def _decided(decision: Decision, place: str) -> Iterator[Step]:
    if decision.received_s and decision.attempt == 1:
        yield Step(at_s=decision.received_s, what="received", detail="by the app")
    detail = (
        f"{decision.policy}: {decision.reason}; expected in {decision.predicted_s:.3f} s, slack "
        f"{decision.slack_s:.3f} s, lease {decision.lease_expiry_s - decision.placed_s:.3f} s"
        f"{'; doomed' if decision.doomed else ''}"
    )
    where = f"{decision.pool} ({decision.architecture}, {decision.configuration})"
    yield Step(
        at_s=decision.placed_s,
        what="placed",
        attempt=decision.attempt,
        where=where,
        detail=detail,
        place=place,
    )
    others = [each for each in decision.candidates if each.pool != decision.pool]
    if others:
        seen = ", ".join(
            f"{each.pool} in {each.latency_s:.3f} s (slack {each.slack_s:.3f} s)" for each in others
        )
        yield Step(at_s=decision.placed_s, what="not chosen", attempt=decision.attempt, detail=seen)


def _sent(story: Story) -> list[Step]:
    return [
        Step(
            at_s=each.append_s,
            what="sent",
            attempt=each.attempt,
            where=each.pool,
            place=str(each.place),
        )
        for each in story.sent
    ]


def _listed(story: Story) -> list[Step]:
    return [
        Step(
            at_s=each.append_s,
            what="running" if each.running else "queued",
            attempt=each.attempt,
            where=each.instance,
            detail="listed by the instance",
        )
        for each in story.listed
    ]


def _results(story: Story) -> list[Step]:
    return [
        Step(
            at_s=each.append_s,
            what="error reply" if each.error else "result",
            attempt=each.attempt,
            place=str(each.place),
        )
        for each in story.results
    ]


def _told(told: Feedback, append_s: float, place: str) -> Step:
    timing = told.timing
    detail = f"queue {timing.queue_s:.3f} s, service {timing.service_s:.3f} s"
    detail += "; first computation of the instance" if told.cold else ""
    detail += "; a repeat, answered from memory" if told.repeated else ""
    if told.verdict != "answered":
        detail = f"{told.reason}: {told.message}"
    return Step(
        at_s=append_s,
        what=told.verdict,
        attempt=told.attempt,
        where=told.instance,
        detail=detail,
        place=place,
    )


def _ended(outcome: Outcome, append_s: float, place: str) -> Step:
    by = (
        f"attempt {outcome.attempt} of {outcome.attempts} won" if outcome.instance else "by the app"
    )
    excess = f", {outcome.excess_s:.3f} s late" if outcome.excess_s else ""
    why = f": {outcome.message}" if outcome.message else ""
    return Step(
        at_s=append_s,
        what=outcome.kind,
        attempt=outcome.attempt if outcome.instance else 0,
        where=outcome.pool,
        detail=f"{by}, {outcome.reason}{excess}{why}",
        place=place,
    )
