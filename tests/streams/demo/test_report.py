"""The demo's report."""

from streams.demo.report import report
from streams.demo.workload import Shot
from streams.schema import Breakdown, Outcome, OutcomeKind


def _outcome(request_id: str, kind: OutcomeKind = "met", total_s: float = 0.1) -> Outcome:
    return Outcome(
        identity=f"default/demo/{request_id}/0", request_id=request_id, tenant="default",
        source="demo", model="magika", kind=kind, reason="answered", architecture="jetson",
        breakdown=Breakdown(total_s=total_s, pending_s=0.02, service_s=0.05), predicted_s=0.07,
        emulated=True,
    )  # fmt: skip


SHOTS = [Shot(request_id=name, at_s=0.0, model="magika", budget_s=1.0) for name in "abc"]


def test_a_request_without_outcome_is_lost_and_a_second_outcome_is_repeated() -> None:
    """The two figures that must be 0 are counted from ids, not assumed."""
    made = report(SHOTS, [_outcome("a"), _outcome("b"), _outcome("b")], {})
    assert (made["requests"], made["lost"], made["repeated"]) == (3, 1, 1)


def test_outcomes_of_others_are_left_out() -> None:
    """An earlier run on the same broker does not count."""
    made = report(SHOTS, [_outcome("a"), _outcome("z", "late")], {})
    assert made["outcomes"] == {"met": 1, "late": 0, "expired": 0, "rejected": 0, "failed": 0}


def test_latency_is_split_and_the_prediction_compared() -> None:
    """Quantiles by step in seconds; the error is of placement to answer."""
    made = report(SHOTS, [_outcome("a"), _outcome("b", total_s=0.2)], {"seed": 1})
    assert made["latency_s"]["total"]["p50"] == 0.15
    assert made["latency_s"]["service"]["p99"] == 0.05
    assert made["predicted_against_actual"]["absolute_error_s"]["p50"] == 0.06
    assert made["seed"] == 1


def test_what_was_emulated_is_said() -> None:
    """Counts by emulated architecture, and a flag in every group."""
    made = report(SHOTS, [_outcome("a")], {})
    assert made["emulated"] == {"jetson": 1}
    assert made["by_architecture"]["jetson"]["emulated"] is True


def test_no_outcomes_make_a_report_too() -> None:
    """A run that failed altogether is reported as lost."""
    assert report(SHOTS, [], {})["lost"] == 3
