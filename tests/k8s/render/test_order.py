"""The order of creation and removal."""

from k8s.render.order import CREATION, created, pool, removed, step
from tests.k8s.rendered import CASES, case


def test_a_topic_before_its_service_before_its_source() -> None:
    """Whatever order objects come in."""
    manifests = case("whole")
    assert created(reversed(manifests)) == manifests
    first = {m["kind"]: n for n, m in reversed(list(enumerate(manifests)))}
    last = {m["kind"]: n for n, m in enumerate(manifests)}
    assert first["Namespace"] == 0
    assert last["KafkaTopic"] < first["Service"]
    assert last["Service"] < first["KafkaSource"]


def test_removed_in_reverse() -> None:
    """Sources first, the namespace last."""
    kinds = [manifest["kind"] for manifest in removed(case("short"))]
    assert (kinds[0], kinds[-1]) == ("KafkaSource", "Namespace")


def test_every_kind_has_its_step() -> None:
    """Nothing that is rendered is unknown to the order."""
    steps = {step(manifest) for name in CASES for manifest in case(name)}
    assert steps == set(range(len(CREATION)))


def test_objects_of_a_pool_name_it() -> None:
    """With its generation; others name none."""
    found = {pool(manifest) for manifest in case("whole")}
    assert found == {None, ("gpu-text", 3), ("jetson-speech", 1), ("jetson-text", 1)}
