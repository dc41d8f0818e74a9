"""Waiting until what was applied is ready, and finding out why it is not."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import msgspec

from k8s import kinds
from k8s.applying.readiness import WAITED_FOR, State, condition, said, state
from k8s.applying.reasons import of_pods
from k8s.applying.steps import Say
from k8s.errors import ForbiddenError, NotReadyError
from k8s.ports import Cluster, Object, Ref, Scope
from k8s.prewarm.reading import OF_REVISION

EVERY_S: Final = 1.0


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait, and with what clock; seconds."""

    timeout_s: float
    steady_s: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]


async def until_ready(cluster: Cluster, refs: Sequence[Ref], patience: Patience, say: Say) -> None:
    """Wait for all of them, saying what changes.

    Raises:
        NotReadyError: names each that is not ready, and why.
    """
    until_s = patience.steady_s() + patience.timeout_s
    open_ = {ref: "" for ref in refs if ref.kind in WAITED_FOR}
    while open_:
        found = {ref: await _state(cluster, ref) for ref in open_}
        for ref, now in found.items():
            if now.ready:
                say(f"{ref}: ready")
                del open_[ref]
            elif now.why != open_[ref]:
                open_[ref] = now.why
                say(f"{ref}: waits: {now.why}")
        late = patience.steady_s() >= until_s
        if open_ and (late or any(found[ref].hopeless for ref in open_)):
            raise NotReadyError(_summary(open_, patience.timeout_s))
        if open_:
            await patience.sleep(EVERY_S)


async def _state(cluster: Cluster, ref: Ref) -> State:
    found = await cluster.get(ref)
    if found is None:
        return State(ready=False, why="it is gone", hopeless=True)
    now = state(found)
    if now.ready:
        return now
    why = await reason(cluster, found, ref)
    return msgspec.structs.replace(now, why=why or now.why)


async def reason(cluster: Cluster, found: Object, ref: Ref) -> str:
    """What its pods, or the Revision that makes them, say; empty: nothing."""
    labels = _selector(found, ref)
    if not labels:
        return ""
    pods = (await cluster.list(Scope(kinds.POD, ref.namespace, labels))).items
    try:
        nodes = (await cluster.list(Scope(kinds.NODE))).items
    except ForbiddenError:
        nodes = ()
    why = of_pods(pods, nodes)
    return why or (await _of_revision(cluster, found, ref) if ref.kind == kinds.SERVICE else "")


def _selector(found: Object, ref: Ref) -> str:
    if ref.kind == kinds.SERVICE:
        created = (found.get("status") or {}).get("latestCreatedRevisionName")
        return f"{OF_REVISION}={created}" if created else ""
    if ref.kind == kinds.JOB:
        return f"job-name={ref.name}"
    wanted: dict[str, Any] = (found.get("spec") or {}).get("selector") or {}
    return ",".join(f"{k}={v}" for k, v in (wanted.get("matchLabels") or {}).items())


async def _of_revision(cluster: Cluster, service: Object, ref: Ref) -> str:
    name = (service.get("status") or {}).get("latestCreatedRevisionName") or ""
    deployment = await cluster.get(Ref(kinds.DEPLOYMENT, f"{name}-deployment", ref.namespace))
    failed = condition(deployment or {}, "ReplicaFailure")
    if failed.get("status") == "True":
        return _refused_pod(said(failed))
    revision = await cluster.get(Ref(kinds.REVISION, name, ref.namespace))
    for each in ("ContainerHealthy", "ResourcesAvailable"):
        told = condition(revision or {}, each)
        if told.get("status") == "False":
            return _explained(told)
    return ""


def _refused_pod(text: str) -> str:
    if "exceeded quota" in text:
        return f"the namespace's quota is used up; raise it or lower the scale ({text})"
    return f"its pods are refused ({text})"


def _explained(told: dict[str, Any] | Any) -> str:
    text = said(told)
    if told.get("reason") == "ContainerMissing":
        return f"its image cannot be found; check its name and the registry ({text})"
    if told.get("reason") == "ProgressDeadlineExceeded":
        return f"no instance got ready within the progress deadline ({text})"
    return text


def _summary(open_: dict[Ref, str], timeout_s: float) -> str:
    lines = [f"  {ref}: {why}" for ref, why in sorted(open_.items())]
    return f"not ready within {timeout_s:g} s:\n" + "\n".join(lines)
