"""Whether an object is as it was asked for."""

from typing import Any

import pytest

from k8s import kinds
from k8s.applying.readiness import state
from k8s.ports import Kind, Object


def found(kind: Kind, generation: int = 2, seen: int = 2, **status: Any) -> Object:
    """An object whose controller has seen a generation."""
    about = {"name": "a", "namespace": "n", "generation": generation}
    return {
        "apiVersion": kind.api_version,
        "kind": kind.name,
        "metadata": about,
        "spec": {"replicas": 2},
        "status": {"observedGeneration": seen, **status},
    }


def said(kind: str, status: str, reason: str = "", message: str = "") -> list[dict[str, str]]:
    """One condition."""
    return [{"type": kind, "status": status, "reason": reason, "message": message}]


def test_a_service_is_ready_when_knative_says_so() -> None:
    """By its condition, and only for what was asked for last."""
    assert state(found(kinds.SERVICE, conditions=said("Ready", "True"))).ready
    stale = state(found(kinds.SERVICE, seen=1, conditions=said("Ready", "True")))
    assert (stale.ready, "taken it up" in stale.why) == (False, True)


def test_a_service_says_why_it_is_not() -> None:
    """Reason and message of the condition."""
    now = state(found(kinds.SERVICE, conditions=said("Ready", "False", "RevisionMissing", "why")))
    assert (now.ready, now.why, now.hopeless) == (False, "RevisionMissing: why", False)


@pytest.mark.parametrize("seen", [0, 2])
def test_what_no_controller_takes_up(seen: int) -> None:
    """An event source without a controller is not ready."""
    assert not state(found(kinds.SOURCE, seen=seen)).ready


def test_a_deployment_is_ready_when_all_are_available_and_new() -> None:
    """Old replicas do not count."""
    assert state(found(kinds.DEPLOYMENT, updatedReplicas=2, availableReplicas=2)).ready
    now = state(found(kinds.DEPLOYMENT, updatedReplicas=1, availableReplicas=2))
    assert now.why == "2 of 2 are available" or not now.ready


def test_a_deployment_that_is_stuck() -> None:
    """Past its progress deadline waiting does not help; a quota is said."""
    stuck = said("Progressing", "False", "ProgressDeadlineExceeded", "timed out")
    assert state(found(kinds.DEPLOYMENT, conditions=stuck)).hopeless
    quota = said("ReplicaFailure", "True", "FailedCreate", "exceeded quota: q")
    assert "exceeded quota" in state(found(kinds.DEPLOYMENT, conditions=quota)).why


def test_a_job_is_ready_when_it_is_done() -> None:
    """Complete, failed for good, or not done."""
    assert state(found(kinds.JOB, conditions=said("Complete", "True"))).ready
    failed = state(found(kinds.JOB, conditions=said("Failed", "True", "BackoffLimitExceeded")))
    assert (failed.ready, failed.hopeless) == (False, True)
    assert state(found(kinds.JOB)).why == "it is not done yet"


def test_what_nobody_must_act_on_is_ready() -> None:
    """A ConfigMap is there when it is applied."""
    assert state(found(kinds.CONFIG_MAP, seen=0)).ready
