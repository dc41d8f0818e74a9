"""Turns a choice into a placement that explains itself."""

from collections.abc import Sequence

from scheduler.estimator import Estimator
from scheduler.fleet import Choice
from scheduler.types import Candidate, Placement, Request

SHOWN = 3
"""How many candidates a placement lists."""


def place(
    request: Request,
    choices: Sequence[Choice],
    now_s: float,
    estimator: Estimator,
    *,
    lease_quantile: float,
    doomed: bool = False,
    merit: str = "answers earliest",
) -> Placement:
    """The placement on ``choices[0]``; ``choices`` are sorted, best first.

    ``merit`` says what the chosen pool is best at.
    """
    best = choices[0]
    service = estimator.service(request.model, best.pool)
    return Placement(
        key=request.key,
        model=request.model,
        pool=best.pool_name,
        configuration=best.pool.configuration,
        attempt=request.attempt,
        expected_start_s=best.start_s,
        expected_end_s=best.end_s,
        latest_end_s=best.start_s
        + max(best.service_s, service.quantile_s(lease_quantile))
        + best.pool.hop_s,
        candidates=tuple(_candidate(request, choice, now_s) for choice in choices[:SHOWN]),
        reason=_reason(request, choices, now_s, basis=service.basis, doomed=doomed, merit=merit),
        doomed=doomed,
        slot=best.slot,
    )


def _candidate(request: Request, choice: Choice, now_s: float) -> Candidate:
    return Candidate(
        pool=choice.pool_name,
        architecture=choice.pool.architecture,
        configuration=choice.pool.configuration,
        latency_s=choice.end_s - now_s,
        slack_s=request.deadline_s - choice.end_s,
        service_s=choice.service_s,
    )


def _reason(
    request: Request,
    choices: Sequence[Choice],
    now_s: float,
    *,
    basis: str,
    doomed: bool,
    merit: str,
) -> str:
    best = choices[0]
    slack_s = request.deadline_s - best.end_s
    parts = [f"{best.pool_name} {merit}, in {_ms(best.end_s - now_s)}"]
    if doomed:
        parts = [f"cannot meet its deadline; {best.pool_name} has a slot that would be idle"]
    parts.append(f"{_ms(abs(slack_s))} {'before' if slack_s >= 0 else 'after'} the deadline")
    if best.wakes:
        parts.append(f"wakes the pool, cold start {_ms(best.pool.cold_start_s)}")
    if len(choices) > 1:
        parts.append(f"next {choices[1].pool_name}, in {_ms(choices[1].end_s - now_s)}")
    if basis != "profile":
        parts.append(f"estimated from: {basis}")
    return "; ".join(parts)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
