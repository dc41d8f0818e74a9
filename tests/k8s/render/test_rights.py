"""Rights, as a real API server decides them: what each account needs, and no more."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.k8s.bed.api import Api
from tests.k8s.bed.rest import Rest, named
from tests.k8s.rendered import GOLDEN, rendered, written

_NAMESPACE: Final = "rights"
_ACCESS: Final = {"ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"}
_SERVING, _LEASES = "serving.knative.dev", "coordination.k8s.io"
NEEDED: Final = [
    ("list", _SERVING, "services"),
    ("watch", _SERVING, "revisions"),
    ("patch", _SERVING, "revisions"),
    ("patch", _SERVING, "services"),
    ("watch", "sources.knative.dev", "kafkasources"),
    ("list", "", "pods"),
    ("create", _LEASES, "leases"),
    ("update", _LEASES, "leases"),
]
REFUSED: Final = [
    ("delete", _SERVING, "services"),
    ("create", _SERVING, "services"),
    ("get", "", "secrets"),
    ("list", "", "configmaps"),
    ("create", "", "pods"),
    ("delete", "", "pods"),
    ("patch", "apps", "deployments"),
    ("patch", "sources.knative.dev", "kafkasources"),
    ("create", "rbac.authorization.k8s.io", "rolebindings"),
]


@pytest.fixture(scope="module")
def rest(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    """With the rights of one deployment in a namespace of its own."""
    text = (GOLDEN / "short" / "deployment.yaml").read_text()
    profiles = str(GOLDEN / "profiles.yaml")
    folder = tmp_path_factory.mktemp("rights")
    path = written(folder, text, namespace=_NAMESPACE, profiles=profiles)
    made = [m for m in rendered(path) if m["kind"] in {"Namespace", *_ACCESS}]
    for manifest in made:
        api.rest.apply(manifest)
    yield api.rest
    for manifest in reversed(made):
        api.rest.delete(manifest)


def may(rest: Rest, account: str, right: tuple[str, str, str], namespace: str = _NAMESPACE) -> bool:
    """Whether the server lets a service account do it to the object that the controller uses."""
    verb, group, resource = right
    attributes = {
        "verb": verb,
        "group": group,
        "resource": resource,
        "namespace": namespace,
        "name": "synergai-controller",
    }
    user = f"system:serviceaccount:{_NAMESPACE}:synergai-{account}"
    review = named("authorization.k8s.io/v1", "SubjectAccessReview", "") | {
        "spec": {"user": user, "resourceAttributes": attributes}
    }
    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    return bool(rest.request("POST", path, review)["status"]["allowed"])


@pytest.mark.parametrize("right", NEEDED, ids="-".join)
def test_the_controller_can_do_its_work(rest: Rest, right: tuple[str, str, str]) -> None:
    """What its code asks the server for; nobody else can."""
    assert may(rest, "controller", right)
    assert not may(rest, "app", right)
    assert not may(rest, "function", right)


@pytest.mark.parametrize("right", REFUSED, ids="-".join)
def test_nobody_can_do_more(rest: Rest, right: tuple[str, str, str]) -> None:
    """No account can read secrets, make or remove things, or give itself rights."""
    for account in ("app", "function", "controller"):
        assert not may(rest, account, right)


def test_nodes_and_pods_are_read_and_nothing_else_of_the_cluster(rest: Rest) -> None:
    """In other namespaces the controller sees what takes room on the nodes."""
    assert may(rest, "controller", ("watch", "", "nodes"), "")
    assert not may(rest, "controller", ("patch", "", "nodes"), "")
    assert not may(rest, "app", ("list", "", "nodes"), "")
    assert not may(rest, "controller", ("list", _SERVING, "services"), "default")
    assert may(rest, "controller", ("watch", "", "pods"), "")
    assert not may(rest, "controller", ("delete", "", "pods"), "default")
