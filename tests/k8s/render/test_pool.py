"""A pool's Knative Service and its source, as Knative and the delivery core need them."""

from tests.k8s.rendered import Manifest, case, of_kind

SERVING = "serving.knative.dev"


def _service(manifests: list[Manifest], pool: str) -> Manifest:
    """The Service of a pool."""
    services = of_kind(manifests, "Service", SERVING)
    (found,) = (s for s in services if s["metadata"]["labels"]["synergai.org/pool"] == pool)
    return found


def test_scaling_is_told_on_the_template() -> None:
    """Bounds, target and the activator kept in the path; nothing of it on the Service itself."""
    service = _service(case("whole"), "gpu-text")
    found = service["spec"]["template"]["metadata"]["annotations"]
    prefix = "autoscaling.knative.dev/"
    scaling = {k.removeprefix(prefix): v for k, v in found.items() if k.startswith(prefix)}
    assert scaling["min-scale"] == "1"
    assert scaling["max-scale"] == "2"
    assert scaling["target-burst-capacity"] == "-1"
    assert scaling["target"] == "8"  # slots x batch
    assert service["spec"]["template"]["spec"]["containerConcurrency"] == 16
    assert not [key for key in service["metadata"]["annotations"] if key.startswith(prefix)]


def test_a_gpu_is_asked_for_where_the_engine_uses_it() -> None:
    """By the machine's word or by the file's."""
    (container,) = _service(case("whole"), "gpu-text")["spec"]["template"]["spec"]["containers"]
    assert container["resources"]["limits"]["nvidia.com/gpu"] == "1"
    (container,) = _service(case("whole"), "jetson-text")["spec"]["template"]["spec"]["containers"]
    assert "nvidia.com/gpu" not in container["resources"]["limits"]


def test_a_jetson_gets_its_runtime_class() -> None:
    """Without it no container of the board sees its GPU."""
    assert _service(case("short"), "jetson-onnxruntime-fp32")["spec"]["template"]["spec"][
        "runtimeClassName"
    ] == "nvidia"  # fmt: skip


def test_pools_that_share_a_board_name_the_node_as_their_device() -> None:
    """So that the app counts its slots once."""
    (container,) = _service(case("whole"), "jetson-text")["spec"]["template"]["spec"]["containers"]
    (device,) = (e for e in container["env"] if e["name"] == "SYNERGAI_DEVICE")
    assert device["valueFrom"] == {"fieldRef": {"fieldPath": "spec.nodeName"}}


def test_sources_deliver_as_the_app_counts_on() -> None:
    """From the earliest, unordered, with retries that are said, in the group of the topic."""
    manifests = case("whole")
    for source in of_kind(manifests, "KafkaSource"):
        spec = source["spec"]
        assert spec["topics"] == [spec["consumerGroup"]]
        assert (spec["initialOffset"], spec["ordering"]) == ("earliest", "unordered")
        assert spec["delivery"]["retry"] > 0
        names = [s["metadata"]["name"] for s in of_kind(manifests, "Service", SERVING)]
        assert spec["sink"]["ref"]["name"] in names


def test_services_are_reached_from_inside_only() -> None:
    """No pool gets an address outside of the cluster."""
    for service in of_kind(case("short"), "Service", SERVING):
        labels = service["metadata"]["labels"]
        assert labels["networking.knative.dev/visibility"] == "cluster-local"
