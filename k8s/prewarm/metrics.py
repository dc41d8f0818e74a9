"""The controller's metrics for Prometheus; the only place where their names stand."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from k8s.prewarm.core import Controller
from k8s.prewarm.reading import home
from k8s.prewarm.types import Write

_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0)
_OF_POOL = ("pool", "architecture")


class Metrics:
    """Labels are bounded by the pools of a deployment; gauges are read off the controller."""

    def __init__(self, core: Controller) -> None:
        self.registry = registry = CollectorRegistry()
        self._core = core
        self._wished = Gauge(
            "synergai_prewarm_wished_instances",
            "Instances that the demand needs now.",
            _OF_POOL,
            registry=registry,
        )
        self._held = Gauge(
            "synergai_prewarm_least_instances",
            "Instances that are asked for at least.",
            _OF_POOL,
            registry=registry,
        )
        self._ready = Gauge(
            "synergai_prewarm_ready_instances",
            "Instances that are ready.",
            _OF_POOL,
            registry=registry,
        )
        self._room = Gauge(
            "synergai_prewarm_room_instances",
            "Instances that could run by bounds and nodes.",
            _OF_POOL,
            registry=registry,
        )
        self._writes = Counter(
            "synergai_prewarm_writes_total",
            "Patches sent to the API server.",
            ("result",),
            registry=registry,
        )
        self._starts = Histogram(
            "synergai_prewarm_cold_start_seconds",
            "From a pod's creation to its being ready.",
            ("architecture",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._leads = Gauge(
            "synergai_prewarm_leads", "1 in the process that leads.", registry=registry
        )

    def wrote(self, write: Write, result: str) -> None:  # noqa: ARG002
        """A write ended."""
        self._writes.labels(result).inc()

    def started(self, service: str, took_s: float) -> None:
        """An instance became ready."""
        pools = {
            home(pool.service.namespace, pool.service.name): pool
            for pool in self._core.inventory.pools()
        }
        if service in pools:
            self._starts.labels(pools[service].architecture).observe(took_s)

    def leads(self, *, leads: bool) -> None:
        """Whether this process writes."""
        self._leads.set(leads)

    def text(self, now_s: float) -> bytes:
        """The exposition format."""
        for gauge in (self._wished, self._held, self._ready, self._room):
            gauge.clear()
        for pool in self._core.inventory.standing(now_s):
            if not pool.current:
                continue
            of = (pool.facts.name, pool.facts.architecture)
            wish = self._core.wishes.get(pool.key)
            self._wished.labels(*of).set(wish.instances if wish else 0)
            self._held.labels(*of).set(self._core.held.get(pool.key, 0))
            self._ready.labels(*of).set(pool.warm)
            self._room.labels(*of).set(pool.limit)
        return generate_latest(self.registry)
