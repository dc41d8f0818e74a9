"""What the commands do, from connecting to the last line said."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from k8s import kinds, labels
from k8s.applying.differing import difference
from k8s.applying.present import leftovers, pools, present
from k8s.applying.removing import delete, drain, serve_again, to_remove
from k8s.applying.status import PoolRow, rows
from k8s.applying.steps import NothingToDoError, Say, apply, preflight
from k8s.applying.waiting import Patience, until_ready
from k8s.cluster.connecting import connect
from k8s.ports import Cluster, Object, Ref, ref_of
from k8s.schema import Deployment


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be applied, and how."""

    deployment: Deployment
    manifests: Sequence[Object]
    dry_run: bool = False
    diff: bool = False
    wait: bool = True
    force: bool = False
    prune: bool = False
    timeout_s: float = 600.0


class Unwanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be removed, and how."""

    deployment: Deployment
    drain: bool = True
    topics: bool = False
    timeout_s: float = 600.0


async def put(wanted: Wanted, kubeconfig: Path | None, context: str | None, say: Say) -> None:
    """Connect and apply."""
    async with connect(kubeconfig, context) as cluster:
        await applied(cluster, wanted, patience(wanted.timeout_s), say)


async def take(unwanted: Unwanted, kubeconfig: Path | None, context: str | None, say: Say) -> None:
    """Connect and remove."""
    async with connect(kubeconfig, context) as cluster:
        await removed(cluster, unwanted, patience(unwanted.timeout_s), say)


async def looked(
    deployment: Deployment, kubeconfig: Path | None, context: str | None
) -> list[PoolRow]:
    """Connect and look at the pools."""
    async with connect(kubeconfig, context) as cluster:
        return await rows(cluster, deployment.namespace, labels.selector(deployment.name))


async def applied(cluster: Cluster, wanted: Wanted, limit: Patience, say: Say) -> None:
    """Check, apply, wait, and see to what is not meant any more.

    Raises:
        K8sError: refused, or not ready in time.
    """
    await preflight(cluster, wanted.manifests)
    if wanted.diff:
        quiet: Say = lambda _: None  # noqa: E731
        would = await apply(cluster, wanted.manifests, dry_run=True, force=wanted.force, say=quiet)
        say(difference(would) or "nothing changes")
        if wanted.dry_run:
            return
    done = await apply(
        cluster, wanted.manifests, dry_run=wanted.dry_run, force=wanted.force, say=say
    )
    if wanted.dry_run:
        return
    await serve_again(cluster, [each.after for each in done if each.after], say)
    if wanted.wait:
        await until_ready(cluster, [each.ref for each in done], limit, say)
    await _tidy(cluster, wanted, limit, say)


async def removed(cluster: Cluster, unwanted: Unwanted, limit: Patience, say: Say) -> None:
    """Drain the pools and delete everything; the namespace stays.

    Raises:
        NotReadyError: pools are not empty in time, or something does not go.
        NothingToDoError: there is no such deployment.
    """
    found = await present(cluster, unwanted.deployment)
    if not found:
        name, place = unwanted.deployment.name, unwanted.deployment.namespace
        raise NothingToDoError(f"no deployment {name} in namespace {place}")
    if unwanted.drain:
        await drain(cluster, pools(found), limit, say)
    await delete(cluster, to_remove(found, topics=unwanted.topics), limit, say)
    say(f"namespace {unwanted.deployment.namespace} is left as it is")


async def _tidy(cluster: Cluster, wanted: Wanted, limit: Patience, say: Say) -> None:
    found = await present(cluster, wanted.deployment)
    left = leftovers(found, wanted.manifests)
    if not left:
        return
    if not wanted.prune:
        names = ", ".join(map(str, left))
        say(f"not meant by the file any more, and left: {names}; --prune drains and removes it")
        return
    gone = set(left)
    pools_left = [each for each in found if ref_of(each) in gone and _is_pool(ref_of(each))]
    await drain(cluster, pools_left, limit, say)
    topics = {ref_of(each) for each in found if ref_of(each).kind == kinds.TOPIC}
    of_pools = set(to_remove(pools_left + [e for e in found if ref_of(e) in topics], topics=False))
    await delete(cluster, [r for r in left if r not in topics or r in of_pools], limit, say)


def _is_pool(ref: Ref) -> bool:
    return ref.kind == kinds.SERVICE


def patience(timeout_s: float) -> Patience:
    """With this process's clock."""
    return Patience(timeout_s=timeout_s, steady_s=time.monotonic, sleep=asyncio.sleep)
