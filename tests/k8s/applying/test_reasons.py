"""Why pods do not get ready, in a sentence to act on."""

from typing import Any

import pytest

from k8s.applying.reasons import of_pod, of_pods
from k8s.ports import Object
from tests.support.cluster_objects import node, pod


def waiting(state: dict[str, Any], **more: Any) -> Object:
    """A pod on a node whose container is in this state."""
    found = pod("a", node="gpu-1")
    status = {"name": "f", "image": "registry.example.org/f:1", "ready": False, "state": state}
    found["status"]["containerStatuses"] = [{**status, **more}]
    return found


def unscheduled(selector: dict[str, str] | None = None) -> Object:
    """A pod that fits nowhere."""
    found = pod("a", unschedulable=True)
    found["spec"]["nodeSelector"] = selector or {}
    return found


GPU = {"synergai.org/architecture": "gpu"}


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ([node(architecture="xeon")], "none has the label synergai.org/architecture=gpu; give one"),
        ([node(ready=False)], "none of those with synergai.org/architecture=gpu is ready"),
        (
            [node(taints=[{"key": "k", "value": "v", "effect": "NoSchedule"}])],
            "are tainted (k=v:NoSchedule); add tolerations to the architecture",
        ),
        (
            [node(gpus=0)],
            "nvidia.com/gpu: 1 asked, those with synergai.org/architecture=gpu have 0",
        ),
        ([node(cpu="500m")], "cpu: 1 asked"),
        ([node()], "have not enough left; add nodes"),
    ],
)
def test_no_node(nodes: list[Object], said: str) -> None:
    """Which selector, taint or resource keeps it off, and what would help."""
    assert said in of_pod(unscheduled(GPU), nodes)


@pytest.mark.parametrize(
    ("state", "more", "said"),
    [
        (
            {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}},
            {},
            "image registry.example.org/f:1 cannot be fetched (ImagePullBackOff: not found)",
        ),
        (
            {"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "s" absent'}},
            {},
            'cannot be started (secret "s" absent)',
        ),
        (
            {"waiting": {"reason": "CrashLoopBackOff"}},
            {"lastState": {"terminated": {"exitCode": 2, "reason": "Error"}}},
            "ended with code 2 Error; see: kubectl logs a -c f -p",
        ),
        ({"terminated": {"exitCode": 137, "reason": "OOMKilled"}}, {}, "code 137 OOMKilled"),
        ({"running": {}}, {}, "runs, and its probe fails; see: kubectl logs a -c f"),
    ],
)
def test_a_container(state: dict[str, Any], more: dict[str, Any], said: str) -> None:
    """What is wrong with it, and where to look."""
    assert said in of_pod(waiting(state, **more), [])


def test_a_pod_that_is_ready_or_says_nothing() -> None:
    """There is nothing to say of it; the first that has something to say counts."""
    silent = [pod("a", node="n", ready=True), pod("b", node="n")]
    assert of_pods(silent, []) == ""
    assert "probe fails" in of_pods([*silent, waiting({"running": {}})], [])
