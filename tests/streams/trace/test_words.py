"""Sentences and steps that people read."""

from functions.schema import Timing
from streams.schema import Choice
from streams.trace.steps import steps
from streams.trace.words import sentences
from tests.support.histories import ARCHITECTURE, CONFIGURATION, Asked, History, straight
from tests.support.stories import listed, story_of


def late(history: History) -> Asked:
    """Placed on edge before gpu, skipped, placed again, and computed too long."""
    asked = history.ask(budget_s=0.1, life_s=60.0, name="r7")
    edge = Choice(
        pool="edge", architecture=ARCHITECTURE, configuration=CONFIGURATION, latency_s=0.03,
        slack_s=0.05, service_s=0.02,
    )  # fmt: skip
    gpu = Choice(
        pool="gpu", architecture="gpu", configuration="c", latency_s=0.06, slack_s=0.02,
        service_s=0.01,
    )  # fmt: skip
    history.place(asked, candidates=(edge, gpu), predicted_s=0.03, reason="edge is cheapest")
    history.tell(asked, verdict="skipped", reason="lease-over")
    history.place(asked, candidates=(edge, gpu), predicted_s=0.03, reason="edge is cheapest")
    history.now_s += 0.5
    _, told = history.answer(asked, 2, timing=Timing(compute_s=0.49))
    history.conclude(asked, told)
    return asked


def test_a_late_request_is_explained() -> None:
    """Where, why there, against what, what came before, how late, and what cost it most."""
    history = History()
    said = sentences(story_of(history, late(history)))
    assert said[0] == (
        "Request r7 (model m) went to pool edge (jetson, onnxruntime-fp32-t1-b1) (attempt 2): "
        "policy synergai expected an answer there in 0.030 s, 0.500 s to spare. Its reason: edge "
        "is cheapest."
    )
    assert said[1] == "The others it looked at: gpu (gpu) in 0.060 s, slack 0.020 s."
    assert said[2] == "Before it, attempt 1 on edge skipped (lease-over)."
    assert said[3].startswith("It was late by 0.40")
    assert "0.470 s being computed, longer than expected (misprediction)" in said[4]
    assert said[5] == (
        "Besides the expected work, what cost it most was misprediction: 0.470 s; without it, it "
        "would have been met."
    )


def test_a_met_request_is_told_without_blame() -> None:
    """Where the time went, and no culprit."""
    history = History()
    said = sentences(story_of(history, straight(history)))
    assert any(sentence.startswith("It was met: ") for sentence in said)
    assert not any("cost it most" in sentence for sentence in said)


def test_requests_without_a_placement_are_told() -> None:
    """Refused, expired in the queue, or open."""
    history = History()
    refused = history.ask(specversion="7")
    history.give_up(refused, "rejected", "malformed", "header ce_specversion: found '7'")
    said = sentences(story_of(history, refused))
    assert said[0].startswith("It was refused before any placement: header ce_specversion")
    assert said[1].startswith("It ended as rejected")
    waiting = history.ask()
    history.now_s += 6.0
    assert sentences(story_of(history, waiting)) == [
        "It was never placed.",
        "It has no outcome yet.",
    ]
    history.give_up(waiting, "expired", "expired", "no answer within 6.0 s")
    said = sentences(story_of(history, waiting))
    assert "what cost it most was queue: 6.00" in said[-1]


def test_an_attempt_without_an_answer_is_told() -> None:
    """The lease was over, another attempt won."""
    history = History()
    asked = history.ask(life_s=60.0)
    history.place(asked)
    history.now_s += 2.0
    history.place(asked, pool="gpu")
    _, told = history.answer(asked, 2)
    history.conclude(asked, told)
    said = sentences(story_of(history, asked))
    assert "Before it, attempt 1 on edge was not answered within its lease." in said


def test_steps_are_in_the_order_of_time() -> None:
    """From the request to its outcome, with each attempt, its listing and positions."""
    history = History()
    asked = late(history)
    story = story_of(history, asked)
    story.see([(listed(asked.identity, 2), story.begun_s + 0.01)])
    found = steps(story)
    assert [step.what for step in found] == [
        "request", "received", "placed", "not chosen", "skipped", "placed", "not chosen",
        "running", "result", "answered", "late",
    ]  # fmt: skip
    assert [step.at_s for step in found] == sorted(step.at_s for step in found)
    assert found[0].place == f"synergai.default.requests/0/{asked.record.offset}"
    assert found[0].detail.startswith("model m, 5 bytes, deadline in 0.100 s")
    assert found[-1].detail.startswith("attempt 2 of 2 won, deadline-missed")
