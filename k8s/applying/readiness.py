"""Whether an object is as it was asked for, by what its controller says of it; pure."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from k8s import kinds
from k8s.ports import Object, kind_of


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Ready, or why not; ``hopeless``: waiting longer will not help."""

    ready: bool
    why: str = ""
    hopeless: bool = False


READY: Final = State(ready=True)
_BY_CONDITION: Final = frozenset({kinds.SERVICE, kinds.SOURCE, kinds.TOPIC})
WAITED_FOR: Final = frozenset({*_BY_CONDITION, kinds.DEPLOYMENT, kinds.JOB})
"""Kinds that somebody must do something for; others are there when they are applied."""


def state(found: Object) -> State:
    """Of an object as it is now."""
    kind = kind_of(found)
    if kind == kinds.DEPLOYMENT:
        return _deployment(found)
    if kind == kinds.JOB:
        return _job(found)
    return _by_condition(found) if kind in _BY_CONDITION else READY


def condition(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A condition of its status; empty: it is not said."""
    listed = (found.get("status") or {}).get("conditions") or ()
    return next((each for each in listed if each.get("type") == name), {})


def said(condition: Mapping[str, Any]) -> str:
    """Reason and message of a condition."""
    words = (str(condition.get("reason") or ""), str(condition.get("message") or ""))
    return ": ".join(word for word in words if word)


def _by_condition(found: Object) -> State:
    if _stale(found):
        return State(ready=False, why="its controller has not taken it up yet")
    ready = condition(found, "Ready")
    if ready.get("status") == "True":
        return READY
    return State(ready=False, why=said(ready) or "its controller does not say why")


def _deployment(found: Object) -> State:
    spec, status = found.get("spec") or {}, found.get("status") or {}
    wanted = int(spec.get("replicas", 1))
    if _stale(found):
        return State(ready=False, why="its controller has not taken it up yet")
    updated, available = (
        int(status.get(name) or 0) for name in ("updatedReplicas", "availableReplicas")
    )
    if min(updated, available) >= wanted:
        return READY
    failed = condition(found, "ReplicaFailure") or condition(found, "Progressing")
    stuck = failed.get("reason") == "ProgressDeadlineExceeded"
    why = said(failed) if failed.get("status") != "True" or "Replica" in failed["type"] else ""
    return State(ready=False, why=why or f"{available} of {wanted} are available", hopeless=stuck)


def _job(found: Object) -> State:
    if condition(found, "Complete").get("status") == "True":
        return READY
    failed = condition(found, "Failed")
    if failed.get("status") == "True":
        return State(ready=False, why=said(failed), hopeless=True)
    return State(ready=False, why="it is not done yet")


def _stale(found: Object) -> bool:
    about, status = found["metadata"], found.get("status") or {}
    return int(status.get("observedGeneration") or 0) < int(about.get("generation") or 0)
