"""The controller's metrics: base units, labels bounded by pools."""

from k8s.ports import Kind
from k8s.prewarm.core import Controller
from k8s.prewarm.metrics import Metrics
from tests.support.cluster_objects import demand, model, node, pod, pool, revision


def test_what_is_wished_held_ready_and_possible() -> None:
    """Each pool has its figures, writes and cold starts are counted."""
    core = Controller()
    metrics = Metrics(core)
    for item in (pool(), revision(), node(gpus=4), pod("a", node="gpu-1", ready=True)):
        core.changed(Kind(item["apiVersion"], item["kind"]), item, 1.0)
    core.demanded(demand(model(rate=20.0), gpu_a=0.3), 1.0)
    for write in core.step(1.0):
        metrics.wrote(write, "written")
    metrics.started("synergai/gpu-a", 2.5)
    metrics.leads(leads=True)
    text = metrics.text(1.0).decode()
    of_pool = '{architecture="gpu",pool="gpu-a"}'
    for name, value in (("wished", 4), ("least", 4), ("ready", 1), ("room", 4)):
        assert f"synergai_prewarm_{name}_instances{of_pool} {value}.0" in text
    assert 'synergai_prewarm_writes_total{result="written"} 1.0' in text
    assert 'synergai_prewarm_cold_start_seconds_sum{architecture="gpu"} 2.5' in text
    assert "synergai_prewarm_leads 1.0" in text
