"""One cell of the grid: a mix of machines and what is asked of it, as a scenario file."""

from collections.abc import Mapping
from math import inf
from typing import Any, Literal, NamedTuple

import msgspec
import yaml

from bench.evaluation.mixes import Mix, mix
from scheduler.price import full_rate, prices
from scheduler.simulator import scenario as scenarios
from scheduler.simulator.generate import best_latency_s, capacity, shares
from scheduler.simulator.types import Generated, Scenario, seconds_at

Process = Literal[
    "poisson", "gamma-2", "gamma-4", "mmpp", "azure-llm-2023-code", "azure-llm-2023-conv"
]
Group = Literal[
    "grid",
    "hop",
    "outage",
    "profile-error",
    "request-error",
    "drift",
    "batches",
    "energy",
    "workers",
]
Judged = Literal["all", "ours"]

QOS = (2, 4, 8)
"""Deadlines in latencies of the best architecture."""
WORK_CV = 0.2
COUNT = 1500
SETTLED = 200
"""Requests per profile after which estimates should be right."""
SLOWER = 3.0
DRIFTS_AT, FAILS_AT, RETURNS_AT = 0.3, 0.3, 0.5
"""In shares of the run."""
AFTER_DRIFT = (50, 500)
"""Which requests of the architecture that got slower count, from its drift on."""


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a mix; ``role`` tells cells apart that are compared with each other."""

    mix: str
    load: float
    process: Process = "poisson"
    group: Group = "grid"
    role: str = ""
    judged: Judged = "all"
    hop_s: float = 0.0
    per_profile: float = 0.0
    per_request: float = 0.0
    told: bool = False
    drifts: bool = False
    fails: bool = False
    one_by_one: bool = False
    """Profiles of batches are left out."""
    workers: int = 1
    settles: bool = False
    """So long that `SETTLED` requests per profile come first, and only the rest counts."""
    count: int = COUNT
    qos: tuple[float, ...] = QOS
    bracketed: bool = False

    @property
    def name(self) -> str:
        """Readable, and unlike that of any other cell."""
        parts = [self.group, self.role, self.mix, self.process, f"load-{self.load:g}"]
        if self.hop_s:
            parts.append(f"hop-{self.hop_s * 1000:g}ms")
        return "/".join(part for part in parts if part)

    @property
    def compared(self) -> tuple[str, float, str]:
        """The same in all cells that differ in role only."""
        return (self.mix, self.load, self.process)

    @property
    def skipped(self) -> int:
        """How many requests come before those that count after estimates have settled."""
        if not self.settles:
            return 0
        table, machines = mix(self.mix).table, {p["architecture"] for p in mix(self.mix).pools}
        return SETTLED * sum(len(machines & set(columns)) for columns in table.values())

    @property
    def requests(self) -> int:
        """How many requests a run has."""
        return self.skipped + self.count


class Drift(NamedTuple):
    """An architecture gets slower."""

    at_s: float
    architecture: str
    factor: float


def scenario(cell: Cell) -> Scenario:
    """The scenario of a cell, read from the text that `text` writes."""
    return scenarios.parse(text(cell), cell.name)


def text(cell: Cell, trace: str | None = None) -> str:
    """The scenario file of a cell; ``trace`` is the file that has the times of its arrivals.

    Moments of drift and outage follow from the rate, so the scenario without them comes first.
    """
    fields = _fields(cell, trace)
    if cell.drifts or cell.fails:
        calm = scenarios.parse(_written(fields), cell.name)
        span_s = cell.requests / (cell.load * capacity(calm))
        fields |= _troubles(cell, span_s)
    return _written(fields)


def drift(world: Scenario) -> Drift | None:
    """The drift of a scenario; None: there is none."""
    for one in world.drift:
        return Drift(one.at_s, str(one.architecture), one.factor)
    return None


def feasible_capacity(world: Scenario) -> float:
    """The highest rate at which every request may be run where it can meet its deadline at all.

    The fluid program of `scheduler.price` with one type of request per model and QoS, and no time
    at all on architectures whose service and hops are longer than that QoS.
    """
    asked = world.requests
    multiples = asked.qos if isinstance(asked, Generated) else ()
    table, mix_of = [], []
    for model, share in shares(world).items():
        best_s = best_latency_s(world, model)
        for multiple in multiples if isinstance(multiples, tuple) else (multiples,):
            table.append([_seconds(world, model, at, multiple * best_s) for at in _pools(world)])
            mix_of.append(share)
    servers = [float(pool.instances) for pool in world.pools]
    return full_rate(table, servers, mix_of, prices(table, servers, mix_of)) * _multiples(world)


def feasible_load(world: Scenario, load: float) -> float:
    """The load as a share of `feasible_capacity`."""
    return load * capacity(world) / feasible_capacity(world)


def _multiples(world: Scenario) -> int:
    """Shares were given once per QoS, so the rate is counted that many times too low."""
    asked = world.requests
    qos = asked.qos if isinstance(asked, Generated) else 1.0
    return len(qos) if isinstance(qos, tuple) else 1


def _pools(world: Scenario) -> range:
    return range(len(world.pools))


def _seconds(world: Scenario, model: str, at: int, qos_s: float) -> float:
    pool = world.pools[at]
    seconds = world.seconds(model, pool)
    if not seconds or seconds_at(seconds, 1) + world.round_trip_s(pool) > qos_s:
        return inf
    return seconds_at(seconds, 1)


def _fields(cell: Cell, trace: str | None) -> dict[str, Any]:
    machines = mix(cell.mix)
    fields: dict[str, Any] = {
        "name": cell.name,
        "profiles": _profiles(cell, machines),
        "pools": list(machines.pools),
        "requests": _requests(cell, machines, trace),
    }
    if cell.workers > 1:
        fields["workers"] = cell.workers
    if cell.hop_s:
        fields["hop_s"] = cell.hop_s
    if cell.per_profile or cell.per_request:
        fields["estimate_error"] = {
            "per_profile": cell.per_profile,
            "per_request": cell.per_request,
            "told": cell.told,
        }
    return fields


def _profiles(cell: Cell, machines: Mix) -> dict[str, dict[str, Any]]:
    return {
        model: {
            name: seconds[1] if cell.one_by_one and isinstance(seconds, Mapping) else seconds
            for name, seconds in columns.items()
        }
        for model, columns in machines.table.items()
    }


def _requests(cell: Cell, machines: Mix, trace: str | None) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "count": cell.requests,
        "load": cell.load,
        "qos": list(cell.qos),
        "work_cv": WORK_CV,
    }
    process, _, cv = cell.process.partition("-")
    if process == "azure":
        fields |= {"process": "trace", "file": trace or f"{cell.process}.csv"}
    else:
        fields |= {"process": process} | ({"cv": float(cv)} if cv else {})
    return fields | ({"mix": machines.mix} if machines.mix else {})


def _troubles(cell: Cell, span_s: float) -> dict[str, Any]:
    machines = mix(cell.mix)
    if cell.drifts:
        slow = {"at_s": DRIFTS_AT * span_s, "architecture": machines.slows, "factor": SLOWER}
        return {"drift": [slow]}
    out = {"pool": machines.fails, "from_s": FAILS_AT * span_s, "to_s": RETURNS_AT * span_s}
    return {"outages": [out]}


def _written(fields: Mapping[str, Any]) -> str:
    return yaml.safe_dump(_plain(fields), sort_keys=False, width=100)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
