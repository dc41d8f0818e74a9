"""Hysteresis of what a pool is to have, and the measuring of cold starts."""

import pytest

from k8s.prewarm import reading
from k8s.prewarm.holding import WORKED_OFF_S, Hold, Holds
from k8s.prewarm.starts import Starts
from k8s.prewarm.types import PodFacts
from tests.support.cluster_objects import pod


def facts(name: str, *, ready: bool = False, unschedulable: bool = False) -> PodFacts:
    """A pod of pool gpu-a."""
    return reading.pod(pod(name, node="n", ready=ready, unschedulable=unschedulable))


def test_more_at_once_and_less_only_after_a_while() -> None:
    """A wish that grows counts at once, one that falls after the hold."""
    hold = Hold(10.0)
    wished = [(0, 1), (1, 5), (2, 2), (11, 2), (11.5, 2), (12.5, 0), (22.6, 0)]
    assert [hold.held(wish, now_s) for now_s, wish in wished] == [1, 5, 5, 5, 2, 2, 0]


def test_what_was_for_a_queue_is_not_held_for_long() -> None:
    """Instances that only worked off what waited go sooner than those that traffic needs."""
    holds = Holds(60.0)
    assert holds.held(4, 3, 0.0) == 4
    assert holds.held(0, 0, WORKED_OFF_S - 1) == 4
    assert holds.held(0, 0, WORKED_OFF_S + 1) == 3
    assert holds.held(0, 0, 61.0) == 0


def test_a_start_is_measured_from_creation_to_ready() -> None:
    """The median of what was seen counts."""
    starts = Starts()
    for number, took_s in enumerate((2.0, 9.0, 2.2)):
        starts.created(facts(f"p{number}"), 100.0)
        starts.seen(facts(f"p{number}"), 101.0)
        assert starts.seen(facts(f"p{number}", ready=True), 100.0 + took_s) == pytest.approx(took_s)
    assert starts.cold_start_s("synergai/gpu-a") == pytest.approx(2.2)


def test_a_pod_that_was_there_before_is_not_measured() -> None:
    """Nobody knows when it was created."""
    starts = Starts()
    assert starts.seen(facts("a", ready=True), 5.0) is None
    assert starts.cold_start_s("synergai/gpu-a") is None


def test_waiting_for_a_node_is_no_cold_start() -> None:
    """A pod that fitted nowhere for a while is not measured."""
    starts = Starts()
    starts.created(facts("a"), 0.0)
    starts.seen(facts("a", unschedulable=True), 1.0)
    assert starts.seen(facts("a", ready=True), 60.0) is None


def test_a_pod_is_measured_once() -> None:
    """Being ready again, after a probe failed, is no start."""
    starts = Starts()
    starts.created(facts("a"), 0.0)
    assert starts.seen(facts("a", ready=True), 2.0) == pytest.approx(2.0)
    starts.seen(facts("a"), 50.0)
    assert starts.seen(facts("a", ready=True), 60.0) is None


def test_only_news_are_told() -> None:
    """What differs by less than a fifth from what is known is not worth a write."""
    starts = Starts()
    starts.created(facts("a"), 0.0)
    starts.seen(facts("a", ready=True), 2.0)
    assert starts.news("synergai/gpu-a", 2.3) is None
    assert starts.news("synergai/gpu-a", 5.0) == pytest.approx(2.0)
    starts.told("synergai/gpu-a", 2.0)
    assert starts.news("synergai/gpu-a", 5.0) is None
