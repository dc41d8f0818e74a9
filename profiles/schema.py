"""The nouns of the profiles room: configuration, latency, source, profile."""

from typing import Literal

import msgspec

SourceKind = Literal["measured", "published", "derived", "emulated"]
"""measured here, published by others, computed from published, or slowed down by us."""


class Configuration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a model is run on an architecture; the scheduler chooses it with the architecture."""

    engine: str
    precision: str = "fp32"
    threads: int = 1
    batch: int = 1
    power_mode: str | None = None

    @property
    def key(self) -> str:
        """The name used in events and files, e.g. ``onnxruntime-fp32-t1-b1``."""
        parts = [self.engine, self.precision, f"t{self.threads}", f"b{self.batch}"]
        return "-".join([*parts, self.power_mode] if self.power_mode else parts)


class Latency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Time to compute one batch, in seconds, without queue or network."""

    mean_s: float
    p50_s: float
    p90_s: float
    p99_s: float
    samples: int = 0


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a figure comes from, so that nobody takes an emulated one for a measured one."""

    kind: SourceKind
    detail: str
    licence: str = ""
    machine: str = ""
    versions: dict[str, str] = {}
    seed: int | None = None


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one model costs on one architecture in one configuration."""

    model: str
    architecture: str
    configuration: Configuration
    latency_by_batch: dict[int, Latency]
    source: Source
    throughput_rps: float | None = None
    energy_j: float | None = None
    """Of one request alone, beyond what the machine draws idle."""
    memory_bytes: int | None = None
    cold_start_s: float | None = None

    def latency(self, batch: int = 1) -> Latency:
        """The latency at ``batch``, or at the nearest larger measured batch."""
        fitting = [size for size in sorted(self.latency_by_batch) if size >= batch]
        return self.latency_by_batch[fitting[0] if fitting else max(self.latency_by_batch)]
