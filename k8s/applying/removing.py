"""Out of a cluster: pools are emptied before anything of theirs is taken away."""

from collections.abc import Sequence
from typing import Any, Final

from k8s import kinds, labels
from k8s.applying.steps import Say
from k8s.applying.waiting import EVERY_S, Patience
from k8s.errors import NotReadyError
from k8s.ports import MANAGER, Cluster, Object, Ref, ref_of
from k8s.prewarm.reading import about

_DRAIN: Final[dict[str, Any]] = {"metadata": {"annotations": {labels.STATE: labels.DRAINING}}}
_SERVE: Final[dict[str, Any]] = {"metadata": {"annotations": {labels.STATE: None}}}


async def drain(cluster: Cluster, services: Sequence[Object], patience: Patience, say: Say) -> None:
    """Let nothing more be placed on these pools, and wait until nothing is.

    The controller declares them draining, and marks each that no worker has placements on.

    Raises:
        NotReadyError: some are not empty yet, or no controller runs; says what then.
    """
    refs = [ref_of(each) for each in services]
    for ref in refs:
        await cluster.patch(ref, _DRAIN, manager=MANAGER)
        say(f"{ref}: draining")
    until_s = patience.steady_s() + patience.timeout_s
    while refs:
        refs = [ref for ref in refs if not await _empty(cluster, ref, say)]
        if refs and patience.steady_s() >= until_s:
            raise NotReadyError(_stuck(refs, patience.timeout_s))
        if refs:
            await patience.sleep(EVERY_S)


async def serve_again(cluster: Cluster, services: Sequence[Object], say: Say) -> None:
    """Take the mark off pools that were to be removed and are wanted after all."""
    for each in services:
        if labels.STATE in about(each, "annotations"):
            await cluster.patch(ref_of(each), _SERVE, manager=MANAGER)
            say(f"{ref_of(each)}: serves again")


async def delete(cluster: Cluster, refs: Sequence[Ref], patience: Patience, say: Say) -> None:
    """Delete in the order given; each kind is gone before the next is touched.

    Raises:
        NotReadyError: something does not go.
    """
    until_s = patience.steady_s() + patience.timeout_s
    for number, ref in enumerate(refs):
        if await cluster.delete(ref):
            say(f"{ref}: removed")
        last = number + 1 == len(refs) or refs[number + 1].kind != ref.kind
        if not last:
            continue
        of_kind = [each for each in refs if each.kind == ref.kind]
        while left := [each for each in of_kind if await cluster.get(each) is not None]:
            if patience.steady_s() >= until_s:
                names = ", ".join(map(str, left))
                raise NotReadyError(f"still there after {patience.timeout_s:g} s: {names}")
            await patience.sleep(EVERY_S)


def to_remove(found: Sequence[Object], *, topics: bool) -> list[Ref]:
    """What is removed of all that is there, given in order of removal.

    Topics of pools go with their pools; those of tenants hold what was asked and answered, and
    stay unless they are asked for.
    """
    of_pools = {about(each, "annotations").get(labels.TOPIC) for each in found}
    return [
        ref_of(each)
        for each in found
        if ref_of(each).kind != kinds.TOPIC
        or topics
        or (each.get("spec") or {}).get("topicName") in of_pools
    ]


async def _empty(cluster: Cluster, ref: Ref, say: Say) -> bool:
    found = await cluster.get(ref)
    if found is not None and labels.DRAINED not in about(found, "annotations"):
        return False
    say(f"{ref}: empty")
    return True


def _stuck(refs: Sequence[Ref], timeout_s: float) -> str:
    names = ", ".join(ref.name for ref in refs)
    return (
        f"not empty after {timeout_s:g} s: {names}. Requests are still placed there, or no "
        "controller runs that could tell (kubectl get pods -l "
        f"{labels.COMPONENT}=controller). Wait longer with --timeout, or remove them all the same "
        "with --no-drain: what they have then is placed again elsewhere, or fails"
    )
