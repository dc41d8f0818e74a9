"""The figures that docs/howto/prewarm.md tells are those that were measured."""

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TOLD = (ROOT / "docs/howto/prewarm.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["prewarming", "prewarming_spare"])
def test_figures_are_those_of_the_run(name: str) -> None:
    """Violations and ratios as in the result file, and within what was asked for."""
    found = result(name)
    violations, instances = found["violations_ratio"], found["instance_s_ratio"]
    assert f"| {found['sums']['warmed']['violations']} | {violations} | {instances} |" in TOLD
    assert str(found["sums"]["alone"]["violations"]) in TOLD
    assert violations <= found["allowed_violations_ratio"]
    assert instances <= found["allowed_instance_s_ratio"]
    assert found["audit_findings"] == 0


def test_requests_are_those_of_the_run() -> None:
    """As many as in all cycles."""
    requests = sum(each["requests"] for each in result("prewarming")["cycles"]["alone"])
    assert f"{requests} requests in four cycles" in TOLD


def result(name: str) -> dict[str, Any]:
    """A file of bench/results."""
    text = (ROOT / "bench" / "results" / f"{name}.json").read_text(encoding="utf-8")
    return dict(json.loads(text))
