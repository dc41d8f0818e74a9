"""How long an instance takes to get ready, measured on the pods that come."""

from collections import deque
from collections.abc import Iterable
from statistics import median
from typing import Final

from k8s.prewarm.types import PodFacts

_KEPT: Final = 9
_NEWS: Final = 0.2
"""A change by less than this share is not worth telling."""


class Starts:
    """Times from a pod's creation to its being ready, as they are seen; seconds.

    Only pods whose creation was seen count: what was there before us began nobody knows when.
    """

    def __init__(self) -> None:
        self._began_s: dict[str, float] = {}
        self._took_s: dict[str, deque[float]] = {}
        self._told_s: dict[str, float] = {}

    def created(self, pod: PodFacts, now_s: float) -> None:
        """A pod was seen to be created."""
        if pod.service and not pod.ready and not pod.gone:
            self._began_s.setdefault(pod.name, now_s)

    def seen(self, pod: PodFacts, now_s: float) -> float | None:
        """A pod has changed; the seconds it took, if it has just become ready."""
        if pod.unschedulable or pod.gone:
            self._began_s.pop(pod.name, None)
        if not pod.ready:
            return None
        began_s = self._began_s.pop(pod.name, None)
        if began_s is None:
            return None
        took = self._took_s.setdefault(pod.service, deque(maxlen=_KEPT))
        took.append(now_s - began_s)
        return now_s - began_s

    def forgotten(self, pods: Iterable[str]) -> None:
        """These pods are no more."""
        for name in pods:
            self._began_s.pop(name, None)

    def cold_start_s(self, service: str) -> float | None:
        """The median of the last ones; None: nothing was measured."""
        took = self._took_s.get(service)
        return median(took) if took else None

    def news(self, service: str, known_s: float) -> float | None:
        """What was measured, if it says something else than what is known."""
        found_s = self.cold_start_s(service)
        if found_s is None:
            return None
        known_s = self._told_s.get(service, known_s)
        if known_s > 0 and abs(found_s - known_s) <= _NEWS * known_s:
            return None
        return found_s

    def told(self, service: str, seconds: float) -> None:
        """It was written down."""
        self._told_s[service] = seconds
