"""Pools wake for the first request, grow under load and go back to nothing."""

import pytest

from tests.k8s.bed.waiting import until
from tests.k8s.end_to_end.deployed import Deployed, answers
from tests.k8s.end_to_end.pools import MOST

pytestmark = [
    pytest.mark.kafka, pytest.mark.models, pytest.mark.slow, pytest.mark.timeout(240),
]  # fmt: skip


def test_a_request_wakes_a_pool(deployed: Deployed) -> None:
    """From no pod at all to a result of the real model."""
    until(deployed.at_zero, "nothing runs", 90.0)
    (answer,) = answers([deployed.submit()])
    assert answer.outcome.kind == "met"
    assert answer.outcome.pool in MOST
    assert deployed.pods(answer.outcome.pool)


def test_pools_grow_under_load_and_shrink_to_nothing(deployed: Deployed) -> None:
    """Requests that keep instances busy bring more instances; afterwards all go."""
    tickets = [deployed.submit() for _ in range(200)]
    until(lambda: len(deployed.pods("xeon-net")) > 1, "the pool grows", 90.0)
    found = answers(tickets)
    assert {each.outcome.kind for each in found} == {"met"}
    assert len({each.outcome.pool for each in found}) > 1
    assert all(len(deployed.pods(name)) <= count for name, count in MOST.items())
    until(deployed.at_zero, "nothing runs", 90.0)
    report = deployed.audit()
    assert report.findings == []
    assert report.open == 0
