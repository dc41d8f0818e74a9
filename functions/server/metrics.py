"""Prometheus metrics of one instance, in a registry of their own."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from functions.schema import Timing
from functions.settings import FunctionSettings

_STEPS: Final = ("queue", "prepare", "compute", "pace", "finish", "service")
_LABELS: Final = ("model", "architecture", "configuration")
_BUCKETS: Final = (
    0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1, 2, 4, 8, 16,
)  # fmt: skip


class Metrics:
    """Seconds by step, requests by outcome, what is held."""

    def __init__(self, settings: FunctionSettings) -> None:
        self.registry = CollectorRegistry()
        self._where = (settings.architecture, settings.configuration)
        self._seconds = {step: self._histogram(step) for step in _STEPS}
        self._requests = Counter(
            "synergai_function_requests", "Requests: answered, failed, skipped, refused.",
            (*_LABELS, "outcome"), registry=self.registry,
        )  # fmt: skip
        self._held = Gauge(
            "synergai_function_held", "Requests that run or wait.", registry=self.registry
        )

    def computed(self, model: str, timing: Timing) -> None:
        """A request was computed."""
        labels = (model, *self._where)
        for step, histogram in self._seconds.items():
            histogram.labels(*labels).observe(getattr(timing, f"{step}_s"))

    def ended(self, model: str, outcome: str) -> None:
        """A request ended."""
        self._requests.labels(model, *self._where, outcome).inc()

    def holds(self, count: int) -> None:
        """So many run or wait."""
        self._held.set(count)

    def _histogram(self, step: str) -> Histogram:
        return Histogram(
            f"synergai_function_{step}_seconds", f"Seconds of one request: {step}.",
            _LABELS, registry=self.registry, buckets=_BUCKETS,
        )  # fmt: skip
