"""The controller in its pod, with its account's rights, warms pools for what waits."""

import pytest

from tests.k8s.bed.waiting import until
from tests.k8s.end_to_end.deployed import Deployed, answers

pytestmark = [
    pytest.mark.kafka, pytest.mark.models, pytest.mark.slow, pytest.mark.timeout(240),
]  # fmt: skip
TIGHT_S = 8.0


def test_pools_are_warmed_for_a_burst_and_released(deployed: Deployed) -> None:
    """Demand raises what a pool is kept at to several instances at once; without it, to none."""
    until(deployed.at_zero, "nothing runs", 90.0)
    tickets = [deployed.submit(TIGHT_S) for _ in range(150)]
    until(lambda: deployed.warmed() > 1, "a pool is warmed")
    answers(tickets)
    until(lambda: deployed.warmed() == 0, "the pools are released", 90.0)
    until(deployed.at_zero, "nothing runs", 90.0)
    report = deployed.audit()
    assert report.findings == []
    assert report.open == 0
