"""What is not allowed in a scenario whose types are right."""

from collections.abc import Iterator, Sequence
from math import inf

from scheduler.errors import SchedulerError
from scheduler.simulator.types import Generated, Pool, Power, Scenario, column

Problem = tuple[str, object, str]
"""Field, what was found, what is allowed."""

_MOST_INSTANCES = 10_000
_MOST_WORKERS = 100
_MOST_REQUESTS = 10_000_000


def check(scenario: Scenario, place: str) -> None:
    """Refuses the first thing that cannot be.

    Raises:
        SchedulerError: names the place, the field, what was found and what is allowed.
    """
    for rule in (_whole, _profiles, _pools, _devices, _drift, _outages, _requests):
        for field, found, allowed in rule(scenario):
            raise SchedulerError(f"{place}: {field}: found {found}, allowed: {allowed}")


def _whole(scenario: Scenario) -> Iterator[Problem]:
    error = scenario.estimate_error
    numbers = {
        "hop_s": scenario.hop_s,
        "claim_s": scenario.claim_s,
        "estimate_error.per_profile": error.per_profile,
        "estimate_error.per_request": error.per_request,
    }
    for field, value in numbers.items():
        if not 0 <= value < inf:
            yield field, value, "at least 0, finite"
    if not 1 <= scenario.workers <= _MOST_WORKERS:
        yield "workers", scenario.workers, f"1 to {_MOST_WORKERS}"
    if not scenario.notice_s >= 0:
        yield "notice_s", scenario.notice_s, "seconds, at least 0"
    if not scenario.name.strip():
        yield "name", "nothing", "a name"


def _profiles(scenario: Scenario) -> Iterator[Problem]:
    if not scenario.profiles:
        yield "profiles", "none", "at least one model"
    for model, columns in scenario.profiles.items():
        for architecture, seconds in columns.items():
            field = f"profiles.{model}.{architecture}"
            if not seconds:
                yield field, "nothing", "seconds, or seconds by batch size"
            for batch, value in seconds.items():
                if batch < 1:
                    yield field, f"batch size {batch}", "at least 1"
                if not 0 < value < inf:
                    yield field, value, "seconds above 0, finite"


def _pools(scenario: Scenario) -> Iterator[Problem]:
    names = [pool.name for pool in scenario.pools]
    if not names or len(set(names)) < len(names) or not all(names):
        yield (
            "pools",
            f"the names {', '.join(names) or 'none'}",
            "at least one pool, each name once",
        )
    known = sorted({name for columns in scenario.profiles.values() for name in columns})
    for index, pool in enumerate(scenario.pools):
        field = f"pools[{index}]"
        if column(pool) not in known:
            yield f"{field}.architecture", column(pool), f"one that a profile names: {_list(known)}"
        for model in pool.models or ():
            if not scenario.seconds(model, pool):
                serving = [m for m, columns in scenario.profiles.items() if column(pool) in columns]
                yield f"{field}.models", model, f"those with a profile there: {_list(serving)}"
        for name, found, allowed in _amounts(pool):
            yield f"{field}.{name}", found, allowed


def _amounts(pool: Pool) -> Iterator[Problem]:
    if not 1 <= pool.instances <= _MOST_INSTANCES:
        yield "instances", pool.instances, f"1 to {_MOST_INSTANCES}"
    for name, value in (("cold_start_s", pool.cold_start_s), ("hop_s", pool.hop_s)):
        if value is not None and not 0 <= value < inf:
            yield name, value, "seconds, at least 0, finite"
    rate = pool.bandwidth_bytes_per_s
    if rate is not None and not 0 < rate < inf:
        yield "bandwidth_bytes_per_s", rate, "bytes per second above 0, finite"
    power = pool.power_w or Power()
    for name, watts in (("idle", power.idle), ("busy", power.busy)):
        if not 0 <= watts < inf:
            yield f"power_w.{name}", watts, "watts, at least 0, finite"


def _devices(scenario: Scenario) -> Iterator[Problem]:
    """Sharing pools must be alike in what belongs to the device."""
    first = {pool.device: pool for pool in reversed(scenario.pools) if pool.device}
    for index, pool in enumerate(scenario.pools):
        other = first.get(pool.device)
        if other is not None and (other.instances, other.start) != (pool.instances, pool.start):
            found = f"other instances or start than pool {other.name}"
            yield f"pools[{index}].device", found, "the same on one device"
        if pool.device in {name.name for name in scenario.pools}:
            yield f"pools[{index}].device", pool.device, "not the name of a pool"


def _drift(scenario: Scenario) -> Iterator[Problem]:
    for index, drift in enumerate(scenario.drift):
        field = f"drift[{index}]"
        if not 0 < drift.factor < inf:
            yield f"{field}.factor", drift.factor, "above 0, finite"
        if not 0 <= drift.at_s < inf:
            yield f"{field}.at_s", drift.at_s, "seconds, at least 0"
        if (drift.architecture is None) == (drift.pool is None):
            yield field, "both or neither", "architecture or pool"
        architectures = [pool.architecture for pool in scenario.pools]
        if drift.architecture is not None and drift.architecture not in architectures:
            yield f"{field}.architecture", drift.architecture, _list(architectures)
        yield from _place(scenario, field, drift.pool, drift.instance)


def _outages(scenario: Scenario) -> Iterator[Problem]:
    for index, outage in enumerate(scenario.outages):
        field = f"outages[{index}]"
        if not 0 <= outage.from_s < outage.to_s:
            yield f"{field}.from_s", outage.from_s, f"at least 0, before to_s = {outage.to_s:g}"
        yield from _place(scenario, field, outage.pool, outage.instance)


def _place(
    scenario: Scenario, field: str, pool: str | None, instance: int | None
) -> Iterator[Problem]:
    counts = {one.name: one.instances for one in scenario.pools}
    if pool is not None and pool not in counts:
        yield f"{field}.pool", pool, _list(list(counts))
    elif instance is not None and pool is None:
        yield f"{field}.instance", instance, "only with a pool"
    elif instance is not None and pool is not None and not 0 <= instance < counts[pool]:
        yield f"{field}.instance", instance, f"0 to {counts[pool] - 1}"


def _requests(scenario: Scenario) -> Iterator[Problem]:
    asked = scenario.requests
    if not isinstance(asked, Generated):
        return
    if not 1 <= asked.count <= _MOST_REQUESTS:
        yield "requests.count", asked.count, f"1 to {_MOST_REQUESTS}"
    if asked.seed < 0:
        yield "requests.seed", asked.seed, "at least 0"
    yield from _rates(asked)
    yield from _shares(asked, scenario)
    yield from _sizes(asked)
    multiples = asked.qos if isinstance(asked.qos, tuple) else (asked.qos,)
    if not multiples or not all(0 < multiple < inf for multiple in multiples):
        yield "requests.qos", list(multiples), "numbers above 0, at least one"
    if not 0 <= asked.work_cv < inf:
        yield "requests.work_cv", asked.work_cv, "at least 0"
    if asked.expiry is not None and not asked.expiry > 0:
        yield "requests.expiry", asked.expiry, "times of the QoS, above 0"


def _rates(asked: Generated) -> Iterator[Problem]:
    both = (asked.load is not None) + (asked.rate is not None)
    if both > 1 or (both == 0 and asked.process != "trace"):
        yield "requests", "both or neither", "load or rate (a trace may have neither)"
    for field, value in (("load", asked.load), ("rate", asked.rate), ("cv", asked.cv)):
        if value is not None and not 0 < value < inf:
            yield f"requests.{field}", value, "above 0, finite"
    if (asked.file is None) == (asked.process == "trace"):
        yield "requests.file", asked.file, "the arrival times of a trace, with process: trace"
    burst = asked.burst
    if not (0 < burst.ratio < inf and 0 < burst.share < 1 and 0 < burst.length < inf):
        found = f"ratio {burst.ratio:g}, share {burst.share:g}, length {burst.length:g}"
        yield "requests.burst", found, "ratio and length above 0, share between 0 and 1"


def _sizes(asked: Generated) -> Iterator[Problem]:
    for field, value in (("", asked.sizes.mean), (".cv", asked.sizes.cv)):
        if not 0 <= value < inf:
            yield f"requests.size_bytes{field}", value, "at least 0, finite"


def _shares(asked: Generated, scenario: Scenario) -> Iterator[Problem]:
    served = [
        model
        for model in scenario.models
        if any(scenario.seconds(model, pool) for pool in scenario.pools)
    ]
    mix = asked.mix if asked.mix is not None else dict.fromkeys(served, 1.0)
    for model, share in mix.items():
        if model not in served:
            yield "requests.mix", model, f"what a pool serves: {_list(served)}"
        if not 0 <= share < inf:
            yield f"requests.mix.{model}", share, "a share, at least 0"
    if not sum(mix.values()) > 0:
        yield "requests.mix", "no model with a share", "at least one"


def _list(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names)) or "none"
