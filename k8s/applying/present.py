"""What a deployment has in the cluster, found by its labels."""

from collections.abc import Iterable, Sequence
from typing import Final

from k8s import kinds, labels
from k8s.errors import MissingKindError
from k8s.ports import Cluster, Kind, Object, Ref, Scope, ref_of
from k8s.render.order import removed
from k8s.schema import Deployment

_RBAC: Final = "rbac.authorization.k8s.io/v1"
_KINDS: Final = (
    kinds.SOURCE, kinds.SERVICE, kinds.TOPIC, kinds.DEPLOYMENT, kinds.JOB, kinds.CONFIG_MAP,
    Kind("policy/v1", "PodDisruptionBudget"), Kind("networking.k8s.io/v1", "NetworkPolicy"),
    Kind("monitoring.coreos.com/v1", "ServiceMonitor"), Kind("v1", "Service"),
    Kind(_RBAC, "RoleBinding"), Kind(_RBAC, "Role"), Kind("v1", "ServiceAccount"),
)  # fmt: skip
_CLUSTERWIDE: Final = (Kind(_RBAC, "ClusterRoleBinding"), Kind(_RBAC, "ClusterRole"))


async def present(cluster: Cluster, deployment: Deployment) -> list[Object]:
    """Everything but the namespace, in the order in which it is to be removed."""
    places = {deployment.namespace}
    places |= {deployment.kafka.strimzi_namespace} - {""}
    scopes = [
        Scope(kind, place, labels.selector(deployment.name))
        for kind in _KINDS
        for place in sorted(places if kind == kinds.TOPIC else {deployment.namespace})
    ]
    scopes += [Scope(kind, "", labels.selector(deployment.name)) for kind in _CLUSTERWIDE]
    found = [each for scope in scopes for each in await _listed(cluster, scope)]
    return removed(each for each in found if _ours(each, deployment))


def leftovers(found: Iterable[Object], manifests: Iterable[Object]) -> list[Ref]:
    """What is there and not meant any more, in the order in which it is to be removed.

    Jobs end by themselves; each change of topics is a new one.
    """
    meant = {ref_of(each) for each in manifests}
    refs = (ref_of(each) for each in found)
    return [ref for ref in refs if ref not in meant and ref.kind != kinds.JOB]


def pools(found: Iterable[Object]) -> list[Object]:
    """The Knative Services of pools."""
    return [each for each in found if ref_of(each).kind == kinds.SERVICE]


async def _listed(cluster: Cluster, scope: Scope) -> Sequence[Object]:
    try:
        return (await cluster.list(scope)).items
    except MissingKindError:
        return ()


def _ours(found: Object, deployment: Deployment) -> bool:
    """Of what is cluster-wide, two namespaces may hold deployments of one name."""
    ref = ref_of(found)
    return bool(ref.namespace) or ref.name.startswith(f"{deployment.namespace}-")
