"""Tests of a service against traffic that was recorded: traffic.jsonl."""

import pytest


def test_every_upload_is_answered(synergai):
    """Live: Kafka, app, event source and function are started for this test."""
    run = synergai.replay("traffic.jsonl", speed=4)
    assert run.missing == 0
    assert run.violation_ratio == 0
    assert run.pools == {"local"}


def test_four_times_the_traffic(synergai):
    """On a virtual clock, by the profiles of the stack: no broker, no process."""
    run = synergai.simulate("traffic.jsonl", speed=4)
    assert run.violation_ratio == 0
    assert run.latency_s("p99", model="magika") < 1


@pytest.mark.parametrize("policy", ["edf", "round-robin", "synergai:tune=off"])
def test_two_edge_boxes_would_do(synergai, policy):
    """With other machines no more than one request in a hundred changes for the worse."""
    here = synergai.simulate("traffic.jsonl")
    there = synergai.simulate("traffic.jsonl", stack="edge.yaml", policy=policy)
    assert there.pools == {"edge"}
    assert there.against(here)["points"] <= 1
