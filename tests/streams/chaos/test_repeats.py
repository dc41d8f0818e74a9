"""What was computed more than once, and why."""

import msgspec
import pytest

from functions.schema import Feedback, Timing
from streams.chaos.repeats import Cause, Computed, Repeats, find
from streams.chaos.schema import Fault, Happened
from streams.schema import Decision


def placed(attempt: int, at_s: float, lease_s: float = 5.0) -> Decision:
    """A placement of one request."""
    return Decision(
        identity="i", request_id="r", tenant="default", model="m", attempt=attempt, pool="edge",
        architecture="edge", configuration="c", candidates=(), policy="p", profiles="v",
        reason="r", placed_s=at_s, lease_expiry_s=lease_s, predicted_s=1.0, slack_s=1.0,
    )  # fmt: skip


def computed(attempt: int, at_s: float) -> Computed:
    """Its computation, reported."""
    feedback = Feedback(
        identity="i", request_id="r", tenant="default", attempt=attempt, model="m", pool="edge",
        architecture="edge", configuration="c", instance="edge-1", verdict="answered",
        timing=Timing(compute_s=0.1),
    )  # fmt: skip
    return Computed(feedback=feedback, append_s=at_s)


def found(decisions: list[Decision], ends: list[Computed], *happened: Happened) -> Repeats:
    """Of ten requests."""
    return find(10, decisions, ends, [], happened)


@pytest.mark.parametrize(
    ("decisions", "ends", "cause"),
    [
        ([placed(1, 0.0)], [computed(1, 1.0), computed(1, 2.0)], "delivered-twice"),
        ([placed(1, 0.0), placed(1, 3.0)], [computed(1, 1.0), computed(1, 4.0)], "placed-twice"),
        ([placed(1, 0.0), placed(2, 3.0)], [computed(1, 1.0), computed(2, 4.0)], "unread-answer"),
        ([placed(1, 0.0), placed(2, 6.0)], [computed(2, 7.0), computed(1, 8.0)], "lease-over"),
        ([placed(1, 0.0), placed(2, 3.0)], [computed(2, 4.0), computed(1, 8.0)], "gone-silent"),
    ],
)
def test_every_repeat_has_a_cause(
    decisions: list[Decision], ends: list[Computed], cause: Cause
) -> None:
    """By when it was placed again, and when the first answer was in the log."""
    repeats = found(decisions, ends)
    assert repeats.causes() == {cause: 1}
    assert repeats.share == 0.1


def test_one_computation_is_no_repeat() -> None:
    """An attempt that never came to an end is counted apart."""
    repeats = found([placed(1, 0.0), placed(2, 6.0)], [computed(2, 7.0)])
    assert (repeats.share, repeats.interrupted) == (0.0, 1)


def test_tells_which_fault_went_on() -> None:
    """The latest before it was placed again."""
    fault = Fault(at_s=0.0, kind="kill", target="app-1", lasts_s=1.0)
    early = Happened(fault=fault, from_s=1.0, until_s=2.0)
    late = msgspec.structs.replace(
        early, fault=msgspec.structs.replace(fault, kind="pause"), from_s=2.5, until_s=2.8
    )
    ends = [computed(1, 1.0), computed(2, 4.0)]
    repeats = found([placed(1, 0.0), placed(2, 3.0)], ends, early, late)
    assert repeats.faults() == {"pause app": 1}
    assert repeats.repeats[0].faults == ("kill app", "pause app")
