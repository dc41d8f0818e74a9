"""What is rendered is admitted by a real API server with Knative's webhook, pods included."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import pytest

from k8s.validate import check, flags
from tests.k8s.bed.api import Api
from tests.k8s.bed.installed import FLAGS
from tests.k8s.bed.rest import RefusedError, Rest, named
from tests.k8s.bed.waiting import until
from tests.k8s.rendered import CASES, Manifest, case

_FEATURES: Final = "config-features"
_STRANGERS: Final = ("kafka.strimzi.io", "monitoring.coreos.com")
"""Kinds of operators that the bed does not have."""
_RESTRICTED: Final = {"pod-security.kubernetes.io/enforce": "restricted"}


@pytest.fixture(scope="module")
def rest(api: Api) -> Iterator[Rest]:
    """With the runtime class of Jetson boards."""
    api.rest.apply(named("node.k8s.io/v1", "RuntimeClass", "nvidia") | {"handler": "nvidia"})
    yield api.rest
    for name in ("plant-7", "synergai", "workshop"):
        api.rest.delete(named("v1", "Namespace", name))


def refusal(rest: Rest, manifest: Manifest) -> str:
    """Why it is not admitted; empty: it is."""
    try:
        rest.create(manifest, dry=True)
    except RefusedError as refused:
        return str(refused)
    return ""


def admitted(rest: Rest, manifest: Manifest) -> bool:
    """Whether the cluster takes it as it is."""
    return not refusal(rest, manifest)


@pytest.mark.parametrize("name", CASES)
def test_every_object_is_admitted(api: Api, rest: Rest, name: str) -> None:
    """In order, with the feature flags that we name; pods where only restricted ones are."""
    manifests = [m for m in case(name) if not m["apiVersion"].startswith(_STRANGERS)]
    namespace = named("v1", "Namespace", manifests[-1]["metadata"]["namespace"])
    rest.apply({**namespace, "metadata": {**namespace["metadata"], "labels": _RESTRICTED}})
    needed = {flag for manifest in manifests for flag in flags(check(manifest))}
    extra = needed - set(FLAGS[_FEATURES])
    api.configure(_FEATURES, dict.fromkeys(extra, "enabled"))
    try:
        for manifest in manifests:
            if "knative" in manifest["apiVersion"]:
                until(partial(admitted, rest, manifest), manifest["metadata"]["name"], 10.0)
            else:
                rest.apply(manifest)
                assert _pod(rest, manifest) == ""
    finally:
        api.configure(_FEATURES, dict.fromkeys(extra, None))


def test_a_pod_that_is_not_restricted_is_refused(rest: Rest) -> None:
    """So that the test above says something."""
    manifests = {(m["kind"], m["metadata"]["name"]): m for m in case("short")}
    manifest = manifests["Deployment", "synergai-app"]
    for each in case("short"):
        if each["kind"] in {"Namespace", "ServiceAccount"}:
            rest.apply(each)
    (container,) = manifest["spec"]["template"]["spec"]["containers"]
    container["securityContext"]["allowPrivilegeEscalation"] = True
    assert "allowPrivilegeEscalation" in _pod(rest, manifest)


def _pod(rest: Rest, manifest: Manifest) -> str:
    """Why the pod of a Deployment or Job is refused; empty: it is not, or there is none."""
    if "template" not in manifest.get("spec", {}):
        return ""
    namespace = manifest["metadata"]["namespace"]
    pod = named("v1", "Pod", "dry-run", namespace)
    return refusal(rest, pod | {"spec": manifest["spec"]["template"]["spec"]})
