"""Names and labels that others read."""

import re

from streams.schema import Breakdown, Decision, Outcome, OutcomeKind
from streams.worker.metrics import Metrics

NAMES = {
    "synergai_outcomes_total": {"tenant", "model", "architecture", "outcome"},
    "synergai_placements_total": {"model", "architecture", "configuration"},
    "synergai_request_seconds": {"model", "architecture", "step"},
    "synergai_takeovers_total": set(),
    "synergai_tuning_cpu_seconds_total": set(),
    "synergai_waiting_requests": set(),
    "synergai_open_requests": set(),
    "synergai_tenant_waiting_requests": {"tenant"},
    "synergai_rejections_total": {"tenant", "reason"},
    "synergai_paused": set(),
    "synergai_held_bytes": set(),
}


def outcome(number: int, kind: OutcomeKind, pool: str = "edge") -> Outcome:
    """One of many, each with ids and words of its own."""
    return Outcome(
        identity=f"identity-{number}", request_id=f"id-{number}", tenant="default", source="/s",
        model="m" if pool else f"any-{number}", kind=kind, reason="r", pool=pool,
        architecture="jetson" if pool else "", breakdown=Breakdown(total_s=0.1),
        instance=f"instance-{number}",
    )  # fmt: skip


def decision(number: int) -> Decision:
    """One of many."""
    return Decision(
        identity=f"identity-{number}", request_id=f"id-{number}", tenant="default", model="m",
        attempt=1, pool="edge", architecture="jetson", configuration="c", candidates=(),
        policy="edf", profiles="v", reason="r", placed_s=1.0, lease_expiry_s=2.0,
        predicted_s=1.0, slack_s=1.0,
    )  # fmt: skip


def test_names_and_labels() -> None:
    """Exactly these; dashboards rest on them."""
    found = {}
    for family in Metrics().registry.collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        found[name] = family
    assert found.keys() == NAMES.keys()
    metrics = Metrics()
    metrics.outcome(outcome(1, "met"))
    metrics.placed(decision(1))
    for family in metrics.registry.collect():
        name = f"{family.name}_total" if family.type == "counter" else family.name
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == NAMES[name]


def test_labels_are_bounded_and_never_an_id() -> None:
    """A thousand requests, of models that nobody knows among them, add no series."""
    metrics = Metrics()
    kinds: tuple[OutcomeKind, ...] = ("met", "late", "expired", "failed")
    for number in range(1000):
        metrics.outcome(outcome(number, kinds[number % 4]))
        metrics.outcome(outcome(number, "rejected", pool=""))
        metrics.placed(decision(number))
    text = metrics.text().decode()
    series = [line for line in text.splitlines() if line.startswith("synergai_outcomes_total")]
    assert len(series) == 5
    assert not re.search(r"id-\d|any-\d|instance-\d|identity", text)
    assert 'outcome="rejected",tenant="default"} 1000.0' in text


def test_only_answered_requests_have_steps() -> None:
    """The time of one that expired says nothing about the path."""
    metrics = Metrics()
    metrics.outcome(outcome(1, "expired"))
    assert b"synergai_request_seconds_count" not in metrics.text()
    metrics.outcome(outcome(2, "met"))
    assert metrics.text().count(b"synergai_request_seconds_count") == 5
