"""By which factor architectures are slower than others, from published measurements.

The base is the time one unit (accelerator or CPU socket) needs per sample when kept busy, because
it is the only figure published for GPUs, Xeons and Jetsons alike. See docs/decisions/0004.
"""

import csv
import math
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from profiles.errors import ProfileError
from profiles.families import BENCHMARKS, FAMILIES, Family, family, machine
from profiles.schema import Source

UNVERIFIED = "derived, not verified by MLCommons"
_BUSY = "Offline"
_ALONE = "SingleStream"


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """One published row: what ``units`` accelerators or sockets together achieved."""

    architecture: str
    device: str
    benchmark: str
    precision: str
    scenario: str
    units: int
    throughput_qps: float
    p50_s: float | None
    source: str
    licence: str

    @property
    def busy_s(self) -> float:
        """Seconds per sample of one unit; an estimate where units were divided."""
        return self.units / self.throughput_qps


class Ratio(msgspec.Struct, frozen=True, kw_only=True):
    """How many times longer ``architecture`` takes than ``reference``; below 1: it is faster.

    ``alone`` is the same by median latency of single requests, where both published it: a check.
    """

    model: str
    family: Family
    architecture: str
    reference: str
    value: float
    alone: float | None
    source: Source
    rows: tuple[Measurement, ...]


@cache
def measurements() -> tuple[Measurement, ...]:
    """Every published row that ships with the project."""
    text = (files("profiles") / "data" / "published.csv").read_text(encoding="utf-8")
    return tuple(_measurement(row) for row in csv.DictReader(text.splitlines()))


def architectures() -> tuple[str, ...]:
    """The classes of machine with published figures, sorted."""
    return tuple(sorted({row.architecture for row in measurements()}))


def ratio(
    model: str, architecture: str, reference: str, families: Mapping[str, Family] = FAMILIES
) -> Ratio:
    """How much slower an architecture computes a model than the reference, with its provenance.

    Raises:
        ProfileError: unknown model or architecture, or no benchmark that both published.
    """
    kind = family(model, families)
    shared = _shared(kind, (architecture, reference))
    rows = tuple(
        _row(name, benchmark, _BUSY) for benchmark in shared for name in (architecture, reference)
    )
    return Ratio(
        model=model,
        family=kind,
        architecture=architecture,
        reference=reference,
        value=_typical_s(architecture, shared) / _typical_s(reference, shared),
        alone=_alone(architecture, reference, shared),
        source=_source(rows, shared),
        rows=rows,
    )


def ratios(reference: str = "gpu") -> tuple[Ratio, ...]:
    """Every family on every architecture that shares a benchmark with the reference."""
    return tuple(
        ratio(kind, architecture, reference)
        for kind in BENCHMARKS
        for architecture in architectures()
        if _published(kind, architecture) & _published(kind, reference)
    )


def pacing(
    names: Iterable[str], models: Iterable[str], families: Mapping[str, Family] = FAMILIES
) -> dict[str, dict[str, float]]:
    """Architecture to model to factor (at least 1) over the fastest of these architectures.

    All factors of a model come from the same benchmarks, so that they agree with each other.

    Raises:
        ProfileError: unknown model or architecture, or no benchmark that all of them published.
    """
    stack = sorted(set(names))
    factors: dict[str, dict[str, float]] = {name: {} for name in stack}
    for model in models:
        shared = _shared(family(model, families), stack)
        times = {name: _typical_s(name, shared) for name in stack}
        for name in stack:
            factors[name][model] = times[name] / min(times.values())
    return factors


def _shared(kind: Family, names: Iterable[str]) -> tuple[str, ...]:
    """The benchmarks of a family that every one of the architectures published."""
    published = {name: _published(kind, name) for name in names}
    shared = tuple(b for b in BENCHMARKS[kind] if all(b in found for found in published.values()))
    if shared or not published:
        return shared
    known = "; ".join(
        f"{name}: {', '.join(sorted(_published(kind, name))) or 'none'}" for name in architectures()
    )
    raise ProfileError(
        f"architecture: found {', '.join(published)} with no benchmark of the family {kind!r} "
        f"that all of them published; known: {known}"
    )


def _published(kind: Family, name: str) -> frozenset[str]:
    if machine(name) not in architectures():
        raise ProfileError(
            f"architecture: found {name!r}, which has no published figures; "
            f"allowed: gpu, xeon, jetson, {', '.join(architectures())}"
        )
    found = {row.benchmark for row in measurements() if row.architecture == machine(name)}
    return frozenset(found & set(BENCHMARKS[kind]))


def _row(name: str, benchmark: str, scenario: str) -> Measurement:
    """The row of an architecture; the shipped file has one of each."""
    wanted = (machine(name), benchmark, scenario)
    return next(r for r in measurements() if (r.architecture, r.benchmark, r.scenario) == wanted)


def _typical_s(name: str, benchmarks: Iterable[str]) -> float:
    """Geometric mean of the seconds per sample over benchmarks."""
    logs = [math.log(_row(name, benchmark, _BUSY).busy_s) for benchmark in benchmarks]
    return math.exp(sum(logs) / len(logs))


def _alone(architecture: str, reference: str, benchmarks: Iterable[str]) -> float | None:
    medians = {
        (row.architecture, row.benchmark): row.p50_s
        for row in measurements()
        if row.scenario == _ALONE and row.p50_s is not None
    }
    logs = []
    for benchmark in benchmarks:
        slow = medians.get((machine(architecture), benchmark))
        fast = medians.get((machine(reference), benchmark))
        if slow is None or fast is None:
            return None
        logs.append(math.log(slow / fast))
    return math.exp(sum(logs) / len(logs))


def _source(rows: tuple[Measurement, ...], benchmarks: tuple[str, ...]) -> Source:
    """Provenance: benchmarks, devices, precisions, units divided, files."""
    machines = "; ".join(dict.fromkeys(_described(row) for row in rows))
    detail = f"{UNVERIFIED}: seconds per sample and unit, {', '.join(benchmarks)}, {_BUSY}: "
    return Source(kind="derived", detail=detail + machines, licence=rows[0].licence)


def _described(row: Measurement) -> str:
    divided = f", divided by {row.units} units" if row.units > 1 else ""
    return f"{row.device} ({row.precision}{divided}, {row.source})"


def _measurement(row: Mapping[str, str]) -> Measurement:
    median = row["latency_ms_p50"]
    return Measurement(
        architecture=row["architecture"].rstrip("+"),
        device=row["device"],
        benchmark=row["model"],
        precision=row["precision"],
        scenario=row["scenario"],
        units=int(row["n_units"]),
        throughput_qps=float(row["throughput_qps"]),
        p50_s=float(median) / 1000 if median else None,
        source=f"{row['source_repo_or_url']}/{row['source_path']}",
        licence=row["licence"],
    )
