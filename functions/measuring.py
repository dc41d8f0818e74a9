"""Measuring a model on this machine: the whole service, from bytes of a request to its answer."""

import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import msgspec

from functions.errors import PermanentError
from functions.ports import Catalogue, Model, Processing, Runtime, Session
from profiles.measure import Effort, Progress, measure, profile, silent
from profiles.schema import Configuration, Profile, Source

ARCHITECTURE = "this-machine"
DETAIL = "synergai profile measure: prepare, compute and finish of one sample input, one at a time"

Sample = tuple[bytes, str]
"""Bytes of one request and their media type."""


class Sensors(msgspec.Struct, frozen=True, kw_only=True):
    """What measuring reads of this machine: a monotonic clock in seconds, memory in bytes."""

    clock: Callable[[], float]
    resident_bytes: Callable[[], int]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One thing to measure: a model on its engine with so many threads, at these batch sizes."""

    model: Model
    sample: Sample
    threads: int
    batches: tuple[int, ...]

    @property
    def label(self) -> str:
        """What a person reads while it is measured."""
        return f"{self.model.name} {self.model.engine} threads {self.threads}"


def plan(
    catalogue: Catalogue,
    sample: Callable[[str], Sample],
    names: Sequence[str],
    engines: Sequence[str | None],
    threads: Sequence[int],
    batches: Sequence[int],
) -> tuple[Plan, ...]:
    """Every model on every engine with every number of threads; ``None`` is the preferred engine.

    Raises:
        UnknownModelError: no such model, or not on that engine.
        PermanentError: a model that can take none of the batch sizes.
    """
    return tuple(
        Plan(model=model, sample=sample(model.name), threads=count, batches=fitting(model, batches))
        for name in names
        for engine in engines
        for model in [catalogue.find(name, engine)]
        for count in threads
    )


class Service:
    """Everything that occupies a slot when ``batch`` equal requests are served together."""

    def __init__(self, processing: Processing, session: Session, sample: Sample) -> None:
        self._processing = processing
        self._session = session
        self._body, self._media_type = sample

    def run(self, batch: int) -> None:
        """Prepare, compute and finish once."""
        prepare = self._processing.prepare
        tensors = [prepare(self._body, self._media_type) for _ in range(batch)]
        for result in self._processing.compute(self._session, tensors):
            self._processing.finish(result)


def characterise(
    wanted: Plan,
    runtime: Runtime,
    sensors: Sensors,
    effort: Effort | None = None,
    progress: Progress = silent,
) -> tuple[Profile, ...]:
    """Profiles of a model on this machine, one per batch limit, from one measurement.

    Cold start is the time to load and to answer once; memory what both added to the process.

    Raises:
        InputError: the model cannot use its sample.
    """
    before = sensors.resident_bytes()
    started = sensors.clock()
    session = runtime.load(wanted.model.file, wanted.threads)
    try:
        service = Service(wanted.model.processing, session, wanted.sample)
        service.run(1)
        cold_start_s = sensors.clock() - started
        latencies = measure(service.run, sensors.clock, wanted.batches, effort, progress)
        memory = sensors.resident_bytes() - before
    finally:
        session.close()
    return tuple(
        profile(
            wanted.model.name,
            ARCHITECTURE,
            configuration(wanted, limit),
            {size: found for size, found in latencies.items() if size <= limit},
            source(wanted.model, runtime),
            memory_bytes=memory if memory > 0 else None,
            cold_start_s=cold_start_s,
        )
        for limit in wanted.batches
    )


def configuration(wanted: Plan, limit: int) -> Configuration:
    """The configuration of a pool that runs the plan with batches of at most ``limit``."""
    return Configuration(
        engine=wanted.model.engine,
        precision=wanted.model.precision,
        threads=wanted.threads,
        batch=limit,
    )


def fitting(model: Model, batches: Iterable[int]) -> tuple[int, ...]:
    """The batch sizes that a model can take.

    Raises:
        PermanentError: there is none.
    """
    wanted = sorted(set(batches))
    sizes = tuple(size for size in wanted if 1 <= size <= model.max_batch)
    if not sizes:
        raise PermanentError(
            f"{model.name}: batch: found {wanted}, allowed: 1 to {model.max_batch}"
        )
    return sizes


def source(model: Model, runtime: Runtime) -> Source:
    """This machine and the versions that took part."""
    return Source(
        kind="measured",
        detail=DETAIL,
        licence="Apache-2.0",
        machine=machine(),
        versions={
            "synergai": version("synergai"),
            "python": platform.python_version(),
            "numpy": version("numpy"),
            runtime.name: runtime.version,
            f"model {model.name}": model.version,
        },
    )


def machine(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Processor, cores that the system has, kernel; never the host's name."""
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.machine()
    return f"{name}, {len(names) or 1} cores, {platform.system()} {platform.release()}"


def resident_bytes(statm: Path = Path("/proc/self/statm")) -> int:
    """Memory of this process that is in RAM."""
    import resource  # noqa: PLC0415  # only on POSIX, and only when measuring

    pages = int(statm.read_text().split()[1])
    return pages * resource.getpagesize()
