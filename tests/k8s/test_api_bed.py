"""The API server bed admits and refuses as a cluster with Knative does."""

import copy
from collections.abc import Iterator
from typing import Any, Final

import kubernetes
import pytest

from tests.k8s.bed.api import Api
from tests.k8s.bed.rest import Object, RefusedError, Rest, named
from tests.k8s.bed.waiting import until

NAMESPACE: Final = "of-the-bed"
_SELECTOR: Final = "kubernetes.podspec-nodeselector"


@pytest.fixture(scope="module")
def rest(api: Api) -> Iterator[Rest]:
    """With a namespace of these tests."""
    api.rest.apply(named("v1", "Namespace", NAMESPACE))
    yield api.rest
    api.rest.delete(named("v1", "Namespace", NAMESPACE))


def service() -> Object:
    """A Knative Service for Jetson nodes."""
    container = {"image": "dev.local/synergai/function:1"}
    spec = {"nodeSelector": {"kubernetes.io/arch": "arm64"}, "containers": [container]}
    made = named("serving.knative.dev/v1", "Service", "edge", NAMESPACE)
    return made | {"spec": {"template": {"spec": spec}}}


def source() -> Object:
    """A KafkaSource of one pool."""
    sink = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "edge"}
    spec = {
        "bootstrapServers": ["kafka:9092"],
        "topics": ["synergai.system.arch.jetson.edge.g1"],
        "consumerGroup": "synergai.system.arch.jetson.edge.g1",
        "initialOffset": "earliest",
        "ordering": "unordered",
        "delivery": {"retry": 3, "backoffPolicy": "exponential", "backoffDelay": "PT0.05S"},
        "sink": {"ref": sink},
    }
    return named("sources.knative.dev/v1", "KafkaSource", "edge", NAMESPACE) | {"spec": spec}


def test_the_webhook_completes_a_service(rest: Rest) -> None:
    """What is left out is there as Knative would have it."""
    made = rest.create(service(), dry=True)
    assert made["spec"]["traffic"] == [{"latestRevision": True, "percent": 100}]
    assert made["metadata"]["annotations"]["serving.knative.dev/creator"] == "admin"


def test_the_webhook_refuses_what_knative_forbids(rest: Rest) -> None:
    """An autoscaling annotation on the Service instead of its template."""
    wrong = service()
    wrong["metadata"]["annotations"] = {"autoscaling.knative.dev/min-scale": "1"}
    with pytest.raises(RefusedError, match=r"autoscaling.knative.dev/min-scale"):
        rest.create(wrong, dry=True)


def test_unknown_fields_are_refused(rest: Rest) -> None:
    """A slip of the pen is no silent default."""
    wrong = service()
    wrong["spec"]["template"]["spec"]["containerConcurency"] = 1
    with pytest.raises(RefusedError, match="containerConcurency"):
        rest.create(wrong, dry=True)


def test_a_feature_flag_decides(api: Api, rest: Rest) -> None:
    """Without the flag nodeSelector is refused, with it it is admitted."""
    api.configure("config-features", {_SELECTOR: "disabled"})
    try:
        assert "nodeSelector" in until(lambda: refusal(rest, service()), "the flag is off")
    finally:
        api.configure("config-features", {_SELECTOR: "enabled"})
    until(lambda: not refusal(rest, service()), "the flag is on")


def refusal(rest: Rest, wanted: Object) -> str:
    """Why the server would not take it; empty: it would."""
    try:
        rest.create(wanted, dry=True)
    except RefusedError as refused:
        return str(refused)
    return ""


def test_a_kafka_source_is_admitted(rest: Rest) -> None:
    """What the renderer writes for a pool has a place to go."""
    assert rest.create(source(), dry=True)["spec"]["ordering"] == "unordered"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ordering", "sometimes"),
        ("initialOffset", "middle"),
        ("topics", []),
        ("topics", "one"),
        ("consumers", -1),
        ("consumer", 1),
        ("delivery", {"backoffDelay": "50ms"}),
        ("delivery", {"backoffPolicy": "none"}),
        ("sink", None),
    ],
)
def test_a_kafka_source_that_is_wrong_is_refused(rest: Rest, field: str, value: Any) -> None:
    """Its definition holds the rules that upstream keeps in a webhook."""
    wrong = copy.deepcopy(source())
    wrong["spec"][field] = value
    with pytest.raises(RefusedError):
        rest.create(wrong, dry=True)


def test_the_group_of_a_kafka_source_stays(rest: Rest) -> None:
    """A change would read the topic anew."""
    rest.create(source())
    with pytest.raises(RefusedError, match="consumerGroup is immutable"):
        rest.merge(source(), {"spec": {"consumerGroup": "another"}})


def test_the_kubernetes_client_gets_in(api: Api) -> None:
    """The kubeconfig is one that any client reads."""
    connect: Any = kubernetes.config.new_client_from_config
    with connect(str(api.kubeconfig)) as client:
        assert kubernetes.client.VersionApi(client).get_code().git_version == "v1.35.4"


def test_an_account_may_do_what_it_was_given(api: Api, rest: Rest) -> None:
    """Rights are real: a token of a service account without any is turned away."""
    account = named("v1", "ServiceAccount", "nobody", NAMESPACE)
    rest.apply(account)
    path = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/nobody/token"
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    token = rest.request("POST", path, asked)["status"]["token"]
    with (
        Rest(api.url, token, api.authority) as theirs,
        pytest.raises(RefusedError, match="cannot list resource"),
    ):
        theirs.items("v1", "Pod", NAMESPACE)
