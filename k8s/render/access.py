"""Who may do what: a ServiceAccount for each role, and rights for the controller alone."""

from typing import Any, Final

from k8s.render import app, controller, pool
from k8s.render.metadata import Manifest, manifest
from k8s.schema import Deployment

_RBAC: Final = "rbac.authorization.k8s.io/v1"
_GROUP: Final = "rbac.authorization.k8s.io"
_READ: Final = ["get", "list", "watch"]


def accounts(deployment: Deployment) -> list[Manifest]:
    """App, functions and controller; only the last gets a token, all pull with the same secret."""
    secret = deployment.images.pull_secret
    pulling: dict[str, Any] = {"imagePullSecrets": [{"name": secret}]} if secret else {}
    roles = (app.COMPONENT, pool.COMPONENT, controller.COMPONENT)
    return [
        manifest(
            "ServiceAccount",
            f"{deployment.name}-{role}",
            deployment,
            role,
            automountServiceAccountToken=role == controller.COMPONENT,
            **pulling,
        )
        for role in roles
    ]


def rights(deployment: Deployment) -> list[Manifest]:
    """What the controller may do in its namespace; of the cluster it reads nodes and pods.

    Pods of others take room on the nodes, too.
    """
    name = controller.name(deployment)
    clusterwide = f"{deployment.namespace}-{name}"
    account = {"kind": "ServiceAccount", "name": name, "namespace": deployment.namespace}
    return [
        _rule(deployment, "Role", name, _in_namespace(deployment)),
        _binding(deployment, "RoleBinding", name, account),
        _rule(deployment, "ClusterRole", clusterwide, [_may(_READ, "nodes", "pods")]),
        _binding(deployment, "ClusterRoleBinding", clusterwide, account),
    ]


def _in_namespace(deployment: Deployment) -> list[dict[str, Any]]:
    """Read pools, warm a Revision, note on a Service what was found, hold the leader's lease."""
    serving, leases = "serving.knative.dev", "coordination.k8s.io"
    lease = controller.name(deployment)
    return [
        _may([*_READ, "patch"], "services", "revisions", group=serving),
        _may(_READ, "kafkasources", group="sources.knative.dev"),
        _may(["create"], "leases", group=leases),
        _may(["get", "update"], "leases", group=leases) | {"resourceNames": [lease]},
    ]


def _may(verbs: list[str], *resources: str, group: str = "") -> dict[str, Any]:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}


def _rule(deployment: Deployment, kind: str, name: str, rules: list[dict[str, Any]]) -> Manifest:
    return manifest(
        kind, name, deployment, controller.COMPONENT, version=_RBAC,
        clusterwide=kind.startswith("Cluster"), rules=rules,
    )  # fmt: skip


def _binding(deployment: Deployment, kind: str, name: str, account: dict[str, str]) -> Manifest:
    role = {"apiGroup": _GROUP, "kind": kind.removesuffix("Binding"), "name": name}
    return manifest(
        kind, name, deployment, controller.COMPONENT, version=_RBAC,
        clusterwide=kind.startswith("Cluster"), roleRef=role, subjects=[account],
    )  # fmt: skip
