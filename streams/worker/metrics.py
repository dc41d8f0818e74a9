"""The worker's metrics for Prometheus; the only place where their names stand."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from streams.schema import Decision, Outcome

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0)
_STEPS = ("pending", "hop", "queue", "service", "total")
_WORDS = 1000
"""Models, architectures and configurations that are told apart; what comes later is ``other``."""


class Metrics:
    """Base units; labels are bounded by models, pools and tenants, never an id."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        of_outcome = ("tenant", "model", "architecture", "outcome")
        self._outcomes = Counter(
            "synergai_outcomes_total", "Outcomes in the ledger.", of_outcome, registry=self.registry
        )
        self._rejections = Counter(
            "synergai_rejections_total",
            "Requests rejected.",
            ("tenant", "reason"),
            registry=self.registry,
        )
        self.tenant_waiting = Gauge(
            "synergai_tenant_waiting_requests",
            "Requests in the central queue by tenant.",
            ("tenant",),
            registry=self.registry,
        )
        self.paused = Gauge(
            "synergai_paused", "1 while partitions are paused.", registry=self.registry
        )
        of_pool = ("model", "architecture", "configuration")
        self._placements = Counter(
            "synergai_placements_total", "Placements sent.", of_pool, registry=self.registry
        )
        self._steps = Histogram(
            "synergai_request_seconds",
            "Where the time of answered requests went.",
            ("model", "architecture", "step"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._words: set[str] = set()
        self._known: dict[tuple[str, str], tuple[Histogram, ...]] = {}
        self._takeovers = Counter(
            "synergai_takeovers_total", "Partitions restored.", registry=self.registry
        )
        self.tuning = Counter(
            "synergai_tuning_cpu_seconds_total",
            "CPU time spent on tuning the policy.",
            registry=self.registry,
        )
        self.waiting = Gauge(
            "synergai_waiting_requests", "Requests in the central queue.", registry=self.registry
        )
        self.held = Gauge(
            "synergai_held_bytes",
            "Memory of the records that are not acknowledged.",
            registry=self.registry,
        )
        self.open = Gauge(
            "synergai_open_requests",
            "Requests accepted and without a committed outcome.",
            registry=self.registry,
        )

    def placed(self, decision: Decision) -> None:
        """A placement was sent."""
        word = self._word
        of = (word(decision.model), word(decision.architecture), word(decision.configuration))
        self._placements.labels(*of).inc()

    def outcome(self, outcome: Outcome) -> None:
        """An outcome is in the ledger."""
        model = self._word(outcome.model) if outcome.pool else "none"
        architecture = self._word(outcome.architecture) or "none"
        self._outcomes.labels(outcome.tenant, model, architecture, outcome.kind).inc()
        if outcome.kind == "rejected":
            self._rejections.labels(outcome.tenant, self._word(outcome.reason)).inc()
        if outcome.kind in {"met", "late"}:
            spent = outcome.breakdown
            seconds = (spent.pending_s, spent.hop_s, spent.queue_s, spent.service_s, spent.total_s)
            for histogram, took_s in zip(self._of(model, architecture), seconds, strict=True):
                histogram.observe(took_s)

    def _word(self, found: str) -> str:
        """A label; functions report what they like, so that there is a limit to their number."""
        if found not in self._words:
            if len(self._words) >= _WORDS:
                return "other"
            self._words.add(found)
        return found

    def _of(self, model: str, architecture: str) -> tuple[Histogram, ...]:
        """One histogram per step; looking them up by label costs more than observing."""
        found = self._known.get((model, architecture))
        if found is None:
            found = tuple(self._steps.labels(model, architecture, step) for step in _STEPS)
            self._known[model, architecture] = found
        return found

    def live(self) -> None:
        """A partition was restored."""
        self._takeovers.inc()

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
