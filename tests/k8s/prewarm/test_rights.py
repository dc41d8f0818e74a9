"""The rights that are rendered, on the real API server: enough for the controller, and no more."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from k8s import kinds, labels
from k8s.cluster.connecting import connect
from k8s.cluster.leasing import Claim, Election
from k8s.errors import ForbiddenError
from k8s.ports import Cluster, Kind, Ref, Scope
from k8s.prewarm.shell import scopes
from tests.k8s.bed.api import Api
from tests.k8s.bed.rest import named
from tests.k8s.rendered import Manifest, case

NAMESPACE: Final = "synergai"
_RIGHTS: Final = {
    "Namespace", "ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding",
}  # fmt: skip
SECRET: Final = Kind("v1", "Secret")


@pytest.fixture(scope="module")
def deployed(api: Api) -> Iterator[list[Manifest]]:
    """Accounts and rights of a deployment, and one of its pools; only the namespace stays."""
    manifests = case("short")
    services = [m for m in manifests if m["apiVersion"] == kinds.SERVICE.api_version]
    made = [*(m for m in manifests if m["kind"] in _RIGHTS), services[0]]
    for each in made:
        api.rest.apply(each)
    yield [services[0]]
    for each in made[1:]:
        api.rest.delete(each)


@asynccontextmanager
async def acting(api: Api, folder: Path, account: str) -> AsyncIterator[Cluster]:
    """As a service account, by a token of its own."""
    path = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/{account}/token"
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    token = api.rest.request("POST", path, asked)["status"]["token"]
    file = folder / "kubeconfig"
    file.write_text(json.dumps(api.access(token)))
    async with connect(file) as cluster:
        yield cluster


async def test_the_controller_can_do_what_it_needs(
    api: Api, tmp_path: Path, deployed: list[Manifest]
) -> None:
    """List and watch, annotate a Service, lead by its Lease."""
    async with acting(api, tmp_path, "synergai-controller") as cluster:
        for scope in scopes(NAMESPACE, sources=True):
            found = await cluster.list(scope)
            assert found.version
        ref = Ref(kinds.SERVICE, deployed[0]["metadata"]["name"], NAMESPACE)
        note: dict[str, Any] = {"metadata": {"annotations": {labels.MEASURED_COLD_START: "2"}}}
        assert await cluster.patch(ref, note, manager="synergai-controller")
        claim = Claim(name="synergai-controller", namespace=NAMESPACE, holder="a")
        election = Election(cluster, claim, lambda: 1.0, lambda: 1.8e9)
        assert await election.step()
        assert await election.step()


async def test_the_controller_is_refused_the_rest(
    api: Api, tmp_path: Path, deployed: list[Manifest]
) -> None:
    """No secrets, no deleting, no pods of its own, no other Leases, no other namespace."""
    ref = Ref(kinds.SERVICE, deployed[0]["metadata"]["name"], NAMESPACE)
    lease = Claim(name="somebody-elses", namespace=NAMESPACE, holder="a")
    async with acting(api, tmp_path, "synergai-controller") as cluster:
        with pytest.raises(ForbiddenError, match="secrets"):
            await cluster.list(Scope(SECRET, NAMESPACE))
        with pytest.raises(ForbiddenError, match=r"a Role or ClusterRole .* is missing"):
            await cluster.delete(ref)
        with pytest.raises(ForbiddenError, match="pods"):
            await cluster.create(named("v1", "Pod", "own", NAMESPACE))
        with pytest.raises(ForbiddenError):
            await cluster.get(lease.ref)
        with pytest.raises(ForbiddenError):
            await cluster.list(Scope(kinds.SERVICE, "default"))
        with pytest.raises(ForbiddenError):
            await cluster.patch(Ref(kinds.NODE, "n"), {"metadata": {}}, manager="x")


@pytest.mark.parametrize("account", ["synergai-app", "synergai-function"])
async def test_app_and_functions_may_do_nothing(
    api: Api, tmp_path: Path, deployed: list[Manifest], account: str
) -> None:
    """They need no API at all, and have no right to anything."""
    async with acting(api, tmp_path, account) as cluster:
        for scope in (*scopes(NAMESPACE, sources=True), Scope(kinds.CONFIG_MAP, NAMESPACE)):
            with pytest.raises(ForbiddenError):
                await cluster.list(scope)
