"""``synergai k8s apply``, ``status`` and ``remove`` on a real API server, as a person runs them."""

import json
from pathlib import Path

import pytest

from k8s.deployment import load
from streams.stack.free_ports import free_ports
from tests.k8s.bed.api import Api
from tests.k8s.bed.rest import named
from tests.k8s.command import run, synergai
from tests.k8s.rendered import GOLDEN, written

RUNTIME_CLASS = {
    "apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass",
    "metadata": {"name": "nvidia"}, "handler": "nvidia",
}  # fmt: skip
"""A dry run of a Service tries out its pods too."""
DEPLOYMENT = (GOLDEN / "short" / "deployment.yaml").read_text()
FLAG = "kubernetes.podspec-nodeselector"


@pytest.fixture
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A deployment in a namespace that no other test has."""
    name = request.node.name.partition("[")[0].replace("_", "-")
    profiles = str(GOLDEN / "profiles.yaml")
    return written(tmp_path, DEPLOYMENT, namespace=name, profiles=profiles)


def test_applied_shown_and_removed(api: Api, path: Path) -> None:
    """There, again without a change, not ready since nothing runs here, and gone."""
    api.rest.apply(RUNTIME_CLASS)
    first = run(api, "apply", path, "--no-wait")
    assert first.code == 0, first.error
    assert "created" in first.output
    again = run(api, "apply", path, "--no-wait", "--diff")
    assert again.output.startswith("nothing changes"), again.output
    assert "created" not in again.output
    shown = run(api, "status", path, "--output", "json")
    rows = json.loads(shown.output)
    assert shown.code == 1
    assert {"pool", "revision", "room", "credit", "nodes"} <= rows[0].keys()
    gone = run(api, "remove", path, "--no-drain")
    assert gone.code == 0, gone.error
    assert run(api, "remove", path).code == 1


def test_a_dry_run(api: Api, path: Path) -> None:
    """The server is asked, and has nothing afterwards."""
    answer = run(api, "apply", path, "--dry-run")
    assert answer.code == 0, answer.error
    assert "would be created" in answer.output
    assert api.rest.find(named("v1", "Namespace", load(path).namespace)) is None


def test_not_ready_in_time(api: Api, path: Path) -> None:
    """Exit code 1, and each object with its reason."""
    answer = run(api, "apply", path, "--timeout", "1s")
    assert answer.code == 1
    assert "not ready within 1 s" in answer.error
    assert "its controller has not taken it up yet" in answer.error


def test_draining_takes_its_time(api: Api, path: Path) -> None:
    """Without a controller pools never say that they are empty: exit code 1, nothing deleted."""
    assert run(api, "apply", path, "--no-wait").code == 0
    answer = run(api, "remove", path, "--timeout", "1s")
    assert answer.code == 1
    assert "--no-drain" in answer.error
    assert run(api, "apply", path, "--no-wait").output.count("serves again") > 0


def test_a_feature_flag_that_is_off(api: Api, path: Path) -> None:
    """Exit code 2 with the command that turns it on; nothing is applied."""
    api.configure("config-features", {FLAG: "disabled"})
    try:
        answer = run(api, "apply", path)
    finally:
        api.configure("config-features", {FLAG: "enabled"})
    assert answer.code == 2
    assert "kubectl patch configmap config-features" in answer.error


def test_an_api_server_that_does_not_answer(tmp_path: Path, path: Path) -> None:
    """Exit code 1: trying again may help; one sentence, no stack trace."""
    (port,) = free_ports(1)
    server = {"server": f"https://127.0.0.1:{port}"}
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "a",
        "clusters": [{"name": "a", "cluster": server}], "users": [{"name": "a", "user": {}}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
    }))  # fmt: skip
    answer = synergai("k8s", "apply", "-f", str(path), "--kubeconfig", str(file))
    assert answer.code == 1
    assert f"the API server https://127.0.0.1:{port} does not answer" in answer.error
    assert "Traceback" not in answer.error


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--kubeconfig", "/no/such/file"), "--kubeconfig: found '/no/such/file', no file"),
        (("--timeout", "soon"), "--timeout: found 'soon', allowed: a time such as 90s"),
    ],
)
def test_a_persons_mistake(path: Path, arguments: tuple[str, ...], said: str) -> None:
    """Exit code 2, with what was found and what is allowed."""
    answer = synergai("k8s", "apply", "-f", str(path), *arguments)
    assert (answer.code, said in answer.error) == (2, True), answer.error


def test_a_broken_kubeconfig(tmp_path: Path, path: Path) -> None:
    """The file is named."""
    file = tmp_path / "kubeconfig"
    file.write_text("clusters: [")
    answer = synergai("k8s", "status", "-f", str(path), "--kubeconfig", str(file))
    assert (answer.code, str(file) in answer.error) == (2, True), answer.error
    assert "Traceback" not in answer.error


def test_who_may_not(api: Api, tmp_path: Path, path: Path) -> None:
    """Exit code 2: a role is missing, and which."""
    file = tmp_path / "kubeconfig"
    api.rest.apply(named("v1", "ServiceAccount", "nobody"))
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    place = "/api/v1/namespaces/default/serviceaccounts/nobody/token"
    token = api.rest.request("POST", place, asked)["status"]["token"]
    file.write_text(json.dumps(api.access(token)))
    answer = synergai("k8s", "apply", "-f", str(path), "--kubeconfig", str(file))
    assert answer.code == 2
    assert "not allowed" in answer.error
    assert "a Role or ClusterRole that allows it" in answer.error
