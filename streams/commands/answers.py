"""Answers as people and programs read them."""

import json

from streams.client.answer import Answer


def steps(answer: Answer) -> list[dict[str, object]]:
    """Where the time went, in milliseconds."""
    spent = answer.breakdown
    rows: list[tuple[str, float, str]] = [
        ("pending", spent.pending_s, "waited in the app for the decision"),
        ("hop", spent.hop_s, "on the way: Kafka, event source, feedback"),
        ("queue", spent.queue_s, "waited in the function"),
        ("service", spent.service_s, "prepared, computed, finished"),
        ("total", spent.total_s, "from the request's append to the feedback's"),
    ]
    return [{"step": name, "ms": round(s * 1e3, 3), "what": what} for name, s, what in rows]


def verdict(answer: Answer) -> str:
    """One sentence: how it ended, where, and what was expected."""
    outcome, total_s = answer.outcome, answer.breakdown.total_s
    took = f"{outcome.kind}: {total_s * 1e3:.1f} ms of {outcome.budget_s * 1e3:.1f} ms"
    if not outcome.pool:
        return f"{took}; no function ran it"
    where = f"{outcome.architecture}, {outcome.configuration}"
    emulated = ", emulated" if outcome.emulated else ""
    place = f"attempt {outcome.attempt} on {outcome.pool} ({where}{emulated})"
    return f"{took}; {place}{_expected(answer)}"


def _expected(answer: Answer) -> str:
    if answer.predicted_s is None:
        return ""
    actual_s = answer.breakdown.total_s - answer.breakdown.pending_s
    return f"; after placing {actual_s * 1e3:.1f} ms, predicted {answer.predicted_s * 1e3:.1f} ms"


def row(answer: Answer) -> dict[str, object]:
    """Everything, as JSON values; times in seconds."""
    outcome, spent = answer.outcome, answer.breakdown
    return {
        "request_id": answer.request_id,
        "model": outcome.model,
        "kind": outcome.kind,
        "met": answer.met,
        "reason": outcome.reason,
        "message": outcome.message,
        "error": answer.error,
        "answer": answer.value,
        "pool": outcome.pool,
        "architecture": outcome.architecture,
        "configuration": outcome.configuration,
        "emulated": outcome.emulated,
        "attempt": outcome.attempt,
        "attempts": outcome.attempts,
        "budget_s": outcome.budget_s,
        "excess_s": outcome.excess_s,
        "predicted_s": outcome.predicted_s,
        "breakdown": {
            "pending_s": spent.pending_s,
            "hop_s": spent.hop_s,
            "queue_s": spent.queue_s,
            "service_s": spent.service_s,
            "total_s": spent.total_s,
        },
    }


def shown(answer: Answer) -> str:
    """The answer itself, or why there is none."""
    if answer.error:
        return f"no answer: {answer.error}"
    if answer.value is None:
        return f"{len(answer.body)} bytes of {answer.media_type or 'no media type'}"
    return json.dumps(answer.value, indent=2, ensure_ascii=False)
