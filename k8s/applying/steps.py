"""Applying: first everything that would stop it half way, then object by object, in order."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import msgspec

from k8s import validate
from k8s.errors import ForbiddenError, NotReadyError, RefusedError
from k8s.kinds import CONFIG_MAP
from k8s.ports import Cluster, Object, Ref, kind_of, ref_of, version_of

FEATURES: Final = Ref(CONFIG_MAP, "config-features", "knative-serving")
Say = Callable[[str], None]
"""Takes a line about what goes on."""
Effect = Literal["created", "changed", "unchanged"]


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """One object, what applying did or would do to it, and how it was and is."""

    ref: Ref
    effect: Effect
    before: Object | None
    after: Object


async def preflight(cluster: Cluster, manifests: Sequence[Object]) -> None:
    """Look at everything that would be refused half way.

    Raises:
        K8sError: kinds that are not installed, feature flags that are off; says what to do.
    """
    for kind in sorted({kind_of(each) for each in manifests}):
        if not await cluster.knows(kind):
            named = next(ref_of(each) for each in manifests if kind_of(each) == kind)
            await cluster.get(named)  # raises the sentence that fits
    enabled = await _flags(cluster)
    if enabled is None:
        return
    wrong = [
        f"{ref_of(each)}: {line}"
        for each in manifests
        for line in validate.problems(validate.check(each), enabled)
    ]
    needed = validate.flags(found for each in manifests for found in validate.check(each))
    off = sorted(set(needed) - enabled)
    if off:
        raise RefusedError(_turn_on(off))
    if wrong:
        raise RefusedError("Knative would refuse:\n" + "\n".join(wrong))


async def apply(
    cluster: Cluster, manifests: Sequence[Object], *, dry_run: bool, force: bool, say: Say
) -> list[Applied]:
    """Each object in the order given; with ``dry_run`` only what it would do.

    Raises:
        K8sError: one was refused; those before it are applied.
    """
    found = []
    for manifest in manifests:
        applied = await _one(cluster, manifest, dry_run=dry_run, force=force)
        say(f"{applied.ref}: {'would be ' if dry_run else ''}{applied.effect}")
        found.append(applied)
    return found


async def _one(cluster: Cluster, manifest: Object, *, dry_run: bool, force: bool) -> Applied:
    ref = ref_of(manifest)
    before = await cluster.get(ref)
    try:
        after = await cluster.apply(manifest, dry_run=dry_run, force=force)
    except RefusedError as error:
        absent = dry_run and before is None and "not found" in str(error)
        if not absent:  # a namespace that the same run creates is not there yet
            raise
        after = manifest
    if before is None:
        return Applied(ref=ref, effect="created", before=None, after=after)
    same = version_of(before) == version_of(after) if not dry_run else bare(before) == bare(after)
    return Applied(ref=ref, effect="unchanged" if same else "changed", before=before, after=after)


def bare(found: Object) -> dict[str, Any]:
    """An object without what the server keeps for itself."""
    kept = ("name", "namespace", "labels", "annotations")
    about = {name: found["metadata"][name] for name in kept if name in found["metadata"]}
    rest = {name: part for name, part in found.items() if name not in {"metadata", "status"}}
    return {**rest, "metadata": about}


async def _flags(cluster: Cluster) -> set[str] | None:
    """Knative's feature flags that are on; None: they may not be read, or are not there."""
    try:
        found = await cluster.get(FEATURES)
    except ForbiddenError:
        return None
    if found is None:
        return None
    data = found.get("data") or {}
    off = {name for name, value in data.items() if str(value).lower() == "disabled"}
    on = {name for name, value in data.items() if str(value).lower() in {"enabled", "allowed"}}
    return (set(validate.ON_BY_DEFAULT) | on) - off


def _turn_on(flags: Sequence[str]) -> str:
    patch = msgspec.json.encode(validate.patch(flags)).decode()
    return (
        f"Knative's feature flags {', '.join(flags)} are off; turn them on with: kubectl patch "
        f"configmap config-features -n knative-serving --type merge -p '{patch}'"
    )


class NothingToDoError(NotReadyError):
    """There is no such deployment in the cluster."""
