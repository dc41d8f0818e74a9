"""How many instances of which pool still fit on the nodes: a full GPU node warms nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from k8s.prewarm.types import Needs, NodeFacts, PodFacts

_REPELS: Final = frozenset({"NoSchedule", "NoExecute"})


class Room:
    """What is left on the nodes once the pods that are known have what they ask for.

    The scheduler knows more rules than these: a pod that turns out to fit nowhere says so, and the
    inventory remembers that for a while.
    """

    def __init__(self, nodes: Iterable[NodeFacts], pods: Iterable[PodFacts]) -> None:
        self._nodes = {node.name: node for node in nodes if node.usable}
        self._left: dict[str, Mapping[str, float]] = {
            name: node.allocatable for name, node in self._nodes.items()
        }
        self._matching: dict[int, tuple[Needs, list[str]]] = {}
        for pod in pods:
            if pod.node in self._left and not pod.gone:
                self._left[pod.node] = _less(self._left[pod.node], pod.requests, 1)

    def draft(self) -> "Room":
        """The same, to take from without this one's noticing."""
        draft = Room((), ())
        draft._nodes, draft._matching = self._nodes, self._matching
        draft._left = dict(self._left)
        return draft

    def fits(self, needs: Needs, most: int) -> int:
        """How many more pods fit, up to ``most``; nothing is taken."""
        found = 0
        for name in self._places(needs):
            found += _times(self._left[name], needs.requests)
            if found >= most:
                return most
        return found

    def take(self, needs: Needs, count: int) -> int:
        """Take the room of up to ``count`` pods; of how many there was room."""
        taken = 0
        for name in self._places(needs):
            here = min(count - taken, _times(self._left[name], needs.requests))
            if here > 0:
                self._left[name] = _less(self._left[name], needs.requests, here)
                taken += here
        return taken

    def _places(self, needs: Needs) -> list[str]:
        """The nodes that would take such a pod, were they empty."""
        known = self._matching.get(id(needs))
        if known is None or known[0] is not needs:
            places = [name for name, node in self._nodes.items() if takes(node, needs)]
            known = self._matching[id(needs)] = (needs, places)
        return known[1]


def takes(node: NodeFacts, needs: Needs) -> bool:
    """Whether selector, affinity and taints allow the pod on the node."""
    return (
        selects(needs.selector, node.labels)
        and (not needs.affinity or any(_holds(term, node.labels) for term in needs.affinity))
        and not any(
            taint.get("effect") in _REPELS and not tolerated(taint, needs.tolerations)
            for taint in node.taints
        )
    )


def selects(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether all labels are as the selector says."""
    return all(labels.get(name) == value for name, value in selector.items())


def tolerated(taint: Mapping[str, Any], tolerations: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one of them tolerates the taint."""
    return any(_tolerates(each, taint) for each in tolerations)


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    if toleration.get("effect") not in {None, "", taint.get("effect")}:
        return False
    if toleration.get("key") not in {None, "", taint.get("key")}:
        return False
    exists = toleration.get("operator") == "Exists"
    return exists or toleration.get("value", "") == taint.get("value", "")


def _holds(term: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    return all(_matches(each, labels) for each in term.get("matchExpressions") or ())


def _matches(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = expression.get("key", ""), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return True


def _times(left: Mapping[str, float], requests: Mapping[str, float]) -> int:
    found = [int(left.get(name, 0.0) / each + 1e-9) for name, each in requests.items() if each > 0]
    return max(0, min(found, default=0))


def _less(
    left: Mapping[str, float], requests: Mapping[str, float], count: int
) -> Mapping[str, float]:
    return {name: amount - requests.get(name, 0.0) * count for name, amount in left.items()}
