"""What is rendered is safe: restricted pods, no secret in the clear, few rights."""

import json

import pytest

from tests.k8s.rendered import CASES, Manifest, case, of_kind

PODS = [
    pytest.param(manifest, id=f"{name}-{manifest['kind']}-{manifest['metadata']['name']}")
    for name in CASES
    for manifest in case(name)
    if "template" in manifest.get("spec", {})
]


@pytest.mark.parametrize("manifest", PODS)
def test_every_pod_is_restricted(manifest: Manifest) -> None:
    """The rules of the pod security standard, and a file system that nobody writes to."""
    pod = manifest["spec"]["template"]["spec"]
    for container in pod["containers"]:
        security = container["securityContext"]
        assert security["allowPrivilegeEscalation"] is False
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert security["runAsNonRoot"] is True
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        assert security["readOnlyRootFilesystem"] is True
        assert "privileged" not in security
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    kinds = {kind for volume in pod["volumes"] for kind in volume if kind != "name"}
    assert kinds <= {"emptyDir", "secret", "configMap", "persistentVolumeClaim"}


@pytest.mark.parametrize("manifest", PODS)
def test_every_container_has_limits(manifest: Manifest) -> None:
    """Nobody takes what a neighbour was promised."""
    for container in manifest["spec"]["template"]["spec"]["containers"]:
        limits = container["resources"]["limits"]
        assert limits == container["resources"]["requests"]
        assert {"cpu", "memory"} <= limits.keys()


@pytest.mark.parametrize("manifest", PODS)
def test_only_the_controller_has_a_token(manifest: Manifest) -> None:
    """App, functions and the Job cannot speak to the API server."""
    pod = manifest["spec"]["template"]["spec"]
    component = manifest["metadata"]["labels"]["app.kubernetes.io/component"]
    has_one = pod.get("automountServiceAccountToken", True)
    assert has_one is (component == "controller")
    assert pod["serviceAccountName"] != "default"


def test_secrets_are_named_and_never_held() -> None:
    """A reference to a key of a Secret wherever a credential is used; no Secret is rendered."""
    manifests = case("whole")
    assert of_kind(manifests, "Secret") == []
    for manifest in of_kind(manifests, "ConfigMap"):
        assert "SASL" not in json.dumps(manifest)
    (source, *_) = of_kind(manifests, "KafkaSource")
    password = {"secretKeyRef": {"name": "kafka-login", "key": "passphrase"}}
    assert source["spec"]["net"]["sasl"]["password"] == password


def test_rights_are_few() -> None:
    """Nothing but the controller has any; in its namespace no deletion, beyond it only reading."""
    manifests = case("whole")
    for kind in ("RoleBinding", "ClusterRoleBinding"):
        (binding,) = of_kind(manifests, kind)
        assert [subject["name"] for subject in binding["subjects"]] == ["plant-controller"]
    (clusterwide,) = of_kind(manifests, "ClusterRole")
    (reading,) = clusterwide["rules"]
    assert reading["resources"] == ["nodes", "pods"]
    assert set(reading["verbs"]) == {"get", "list", "watch"}
    (role,) = of_kind(manifests, "Role")
    verbs = {verb for rule in role["rules"] for verb in rule["verbs"]}
    resources = {resource for rule in role["rules"] for resource in rule["resources"]}
    assert not {"*", "delete", "deletecollection", "escalate", "bind", "impersonate"} & verbs
    assert not {"*", "secrets", "pods/exec"} & resources


def test_every_pod_is_under_a_network_policy() -> None:
    """Each with its component's labels, for both directions."""
    manifests = case("short")
    chosen = [p["spec"]["podSelector"]["matchLabels"] for p in of_kind(manifests, "NetworkPolicy")]
    for manifest in manifests:
        if "template" in manifest.get("spec", {}):
            labels = manifest["spec"]["template"]["metadata"]["labels"]
            assert [c for c in chosen if c.items() <= labels.items()] != []
    for policy in of_kind(manifests, "NetworkPolicy"):
        assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
