"""Builds the one outcome of a request."""

from functions.schema import Feedback
from streams.core.life import Attempt, Life
from streams.schema import Breakdown, Outcome, OutcomeKind

_LONGEST_REASON = 100
_LONGEST_MESSAGE = 2000
"""Longer words are cut, so that outcome, reply and dead letter always fit their topics."""


def answered(life: Life, feedback: Feedback, append_s: float) -> Outcome:
    """Met or late, by when the feedback was appended: the result was acknowledged before it."""
    excess_s = append_s - _deadline_s(life, append_s)
    kind: OutcomeKind = "met" if excess_s <= 0 else "late"
    message = "" if kind == "met" else f"answered {excess_s:.3f} s past its deadline"
    reason = "answered" if kind == "met" else "deadline-missed"
    return _reported(life, feedback, append_s, kind=kind, reason=reason, message=message)


def failed(life: Life, feedback: Feedback, append_s: float) -> Outcome:
    """A function said that it cannot be computed, or said so once too often."""
    reason = feedback.reason or "failed"
    message = feedback.message or f"the function of pool {feedback.pool} failed"
    return _reported(life, feedback, append_s, kind="failed", reason=reason, message=message)


def unanswered(
    life: Life, now_s: float, *, kind: OutcomeKind, reason: str, message: str
) -> Outcome:
    """No function answered; the app does."""
    attempt = life.current
    return _outcome(
        life,
        now_s,
        kind=kind,
        reason=reason,
        message=message,
        attempt=life.number,
        pool=attempt.pool if attempt else "",
        architecture=attempt.architecture if attempt else "",
        configuration=attempt.configuration if attempt else "",
        predicted_s=attempt.predicted_s if attempt else None,
        breakdown=Breakdown(total_s=max(0.0, now_s - life.envelope.record.append_s)),
    )


def _reported(
    life: Life,
    feedback: Feedback,
    append_s: float,
    *,
    kind: OutcomeKind,
    reason: str,
    message: str,
) -> Outcome:
    attempt = _attempt_of(life, feedback)
    return _outcome(
        life,
        append_s,
        kind=kind,
        reason=reason,
        message=message,
        attempt=feedback.attempt,
        pool=feedback.pool,
        architecture=feedback.architecture,
        configuration=feedback.configuration,
        instance=feedback.instance,
        predicted_s=attempt.predicted_s if attempt else None,
        breakdown=_breakdown(life, feedback, append_s, attempt),
        result_topic=feedback.result_topic,
        result_partition=feedback.result_partition,
        result_offset=feedback.result_offset,
        emulated=feedback.emulated,
        repeated_compute=_others_that_ran(life, feedback.attempt),
    )


def _outcome(
    life: Life, concluded_s: float, *, reason: str, message: str, attempt: int, **fields: object
) -> Outcome:
    envelope = life.envelope
    record = envelope.record
    deadline_s = _deadline_s(life, concluded_s)
    return Outcome(
        identity=envelope.identity,
        request_id=envelope.request_id,
        tenant=envelope.tenant,
        source=envelope.source,
        model=envelope.model,
        reason=reason[:_LONGEST_REASON],
        message=message[:_LONGEST_MESSAGE],
        attempt=attempt,
        attempts=max(life.number, attempt),
        budget_s=deadline_s - record.append_s if life.accepted else 0.0,
        excess_s=max(0.0, concluded_s - deadline_s),
        accepted_s=record.append_s,
        received_s=life.received_s,
        concluded_s=concluded_s,
        request_topic=record.topic,
        request_partition=record.partition,
        request_offset=record.offset,
        **fields,  # type: ignore[arg-type]
    )


def _deadline_s(life: Life, otherwise_s: float) -> float:
    return life.accepted.deadline_s if life.accepted else otherwise_s


def _attempt_of(life: Life, feedback: Feedback) -> Attempt | None:
    """The placement that was answered; after a takeover the number alone may name another one."""
    attempt = life.attempts.get(feedback.attempt)
    return attempt if attempt is not None and attempt.pool == feedback.pool else None


def _breakdown(
    life: Life, feedback: Feedback, append_s: float, attempt: Attempt | None
) -> Breakdown:
    """Hop is the rest, so that the parts add up to the total."""
    timing, accepted_s = feedback.timing, life.envelope.record.append_s
    total_s = max(0.0, append_s - accepted_s)
    pending_s = min(total_s, max(0.0, attempt.placed_s - accepted_s)) if attempt else 0.0
    hop_s = total_s - pending_s - timing.queue_s - timing.service_s
    return Breakdown(
        total_s=total_s,
        pending_s=pending_s,
        hop_s=max(0.0, hop_s),
        queue_s=timing.queue_s,
        service_s=timing.service_s,
    )


def _others_that_ran(life: Life, winner: int) -> int:
    """Attempts besides the winner that are known to have been computed."""
    others = (attempt for number, attempt in life.attempts.items() if number != winner)
    return sum(attempt.ran or attempt.ended for attempt in others)
