"""What a person sees of a deployment that runs; the fixture has applied it, and will remove it."""

import json
from typing import Any

import pytest

from tests.k8s.bed.waiting import until
from tests.k8s.end_to_end.deployed import Deployed, answers
from tests.k8s.end_to_end.pools import MOST

pytestmark = [
    pytest.mark.kafka, pytest.mark.models, pytest.mark.slow, pytest.mark.timeout(240),
]  # fmt: skip


def test_all_pools_are_ready_and_serve(deployed: Deployed) -> None:
    """Status ends with 0 and shows each pool with what may run; a request wakes one of them."""
    before = shown(deployed)
    assert {name: row["room"] for name, row in before.items()} == MOST
    assert {row["state"] for row in before.values()} == {"ready"}
    (answer,) = answers([deployed.submit()])
    row = shown(deployed)[answer.outcome.pool]
    assert row["ready"] >= 1
    assert row["nodes"]
    until(deployed.at_zero, "nothing runs", 90.0)


def shown(deployed: Deployed) -> dict[str, dict[str, Any]]:
    """Its rows now, by pool."""
    rows = json.loads(deployed.command("status", "--output", "json"))
    return {row["pool"]: row for row in rows}


def test_what_is_there_is_not_applied_again(deployed: Deployed) -> None:
    """The same file changes nothing, though scaling and the controller have written since."""
    assert deployed.command("apply", "--diff", "--timeout", "180s").startswith("nothing changes")
