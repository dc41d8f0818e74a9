"""The requests of a run as columns, in order of arrival."""

import csv
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from scheduler.errors import SchedulerError
from scheduler.simulator.run import Floats, Ints

_NEEDED = ("arrival_s", "model", "qos_s")
_DEFAULTS: Mapping[str, float] = {"work": 1.0, "expiry_s": inf, "priority": 0.0, "size_bytes": 0.0}
COLUMNS = (*_NEEDED, *_DEFAULTS)
"""The columns of a file of requests; all but the first three may be left out."""
_NUMBERS: Mapping[str, tuple[str, Callable[[float], bool]]] = {
    "arrival_s": ("seconds, at least 0", lambda value: 0 <= value < inf),
    "qos_s": ("seconds above 0", lambda value: 0 < value < inf),
    "work": ("a number above 0", lambda value: 0 < value < inf),
    "expiry_s": ("seconds after arrival, above 0", lambda value: value > 0),
    "priority": ("a whole number", lambda value: isfinite(value) and value == int(value)),
    "size_bytes": ("a number of at least 0", lambda value: 0 <= value < inf),
}


class Workload(NamedTuple):
    """One entry per request; times in seconds, service = profile x work."""

    models: tuple[str, ...]
    arrival_s: Floats
    model: Ints
    """Index into ``models``."""
    qos_s: Floats
    """From arrival to the soft deadline."""
    work: Floats
    expiry_s: Floats
    """From arrival to the hard end; infinite: none."""
    priority: Ints
    size_bytes: Ints

    @property
    def deadline_s(self) -> Floats:
        """When the answers are due."""
        return self.arrival_s + self.qos_s


def of(
    models: Sequence[str],
    arrival_s: Sequence[float] | Floats,
    model: Sequence[int] | Ints,
    qos_s: Sequence[float] | Floats,
    *,
    work: Sequence[float] | Floats | None = None,
    expiry_s: Sequence[float] | Floats | None = None,
    priority: Sequence[int] | Ints | None = None,
    size_bytes: Sequence[int] | Ints | None = None,
) -> Workload:
    """The columns in order of arrival; those that arrive at once stay in the order given."""
    arrival = np.asarray(arrival_s, np.float64)
    order = np.argsort(arrival, kind="stable")

    def sorted_floats(values: Sequence[float] | Floats | None, default: float) -> Floats:
        column = np.full(arrival.size, default) if values is None else values
        return np.asarray(column, np.float64)[order]

    def sorted_ints(values: Sequence[int] | Ints | None) -> Ints:
        column = np.zeros(arrival.size) if values is None else values
        return np.asarray(column, np.int64)[order]

    return Workload(
        models=tuple(models),
        arrival_s=arrival[order],
        model=sorted_ints(model),
        qos_s=sorted_floats(qos_s, inf),
        work=sorted_floats(work, 1.0),
        expiry_s=sorted_floats(expiry_s, inf),
        priority=sorted_ints(priority),
        size_bytes=sorted_ints(size_bytes),
    )


def read_csv(text: str, place: str) -> Workload:
    """The requests of a file with a header line, one request a line.

    Raises:
        SchedulerError: names the place, the line, the column, what was found and what is allowed.
    """
    lines = csv.reader(StringIO(text.removeprefix("\ufeff")))
    header = [name.strip() for name in next(lines, [])]
    _check_header(header, place)
    models: dict[str, int] = {}
    columns: dict[str, list[float]] = {name: [] for name in header}
    for line in lines:
        if not line:
            continue
        where = f"{place}: line {lines.line_num}"
        if len(line) != len(header):
            raise SchedulerError(f"{where}: found {len(line)} values, allowed: {len(header)}")
        for name, value in zip(header, line, strict=True):
            columns[name].append(_value(name, value.strip(), models, where))
    if not models:
        raise SchedulerError(f"{place}: found no request, allowed: at least one line")
    return of(
        tuple(models),
        columns["arrival_s"],
        np.array(columns["model"], np.int64),
        columns["qos_s"],
        work=columns.get("work"),
        expiry_s=columns.get("expiry_s"),
        priority=_whole(columns.get("priority")),
        size_bytes=_whole(columns.get("size_bytes")),
    )


def read_arrivals(text: str, place: str) -> Floats:
    """Arrival times in seconds, ascending: one number a line, or the column ``arrival_s``.

    Raises:
        SchedulerError: names the place, the line, what was found and what is allowed.
    """
    lines = [line.strip() for line in text.removeprefix("\ufeff").splitlines()]
    header = [name.strip() for name in lines[0].split(",")] if lines else []
    named = "arrival_s" in header
    at = header.index("arrival_s") if named else 0
    found = [
        _number("arrival_s", ",".join(line.split(",")[at : at + 1]), f"{place}: line {number}")
        for number, line in enumerate(lines, 1)
        if line and not (named and number == 1)
    ]
    if len(found) < 2:  # noqa: PLR2004  # one moment has no rate
        raise SchedulerError(f"{place}: found {len(found)} arrival times, allowed: at least 2")
    return np.sort(np.array(found, np.float64), kind="stable")


def _check_header(header: Sequence[str], place: str) -> None:
    unknown = [name for name in header if name not in COLUMNS]
    missing = [name for name in _NEEDED if name not in header]
    twice = sorted({name for name in header if header.count(name) > 1})
    for found, wrong in (("unknown", unknown), ("missing", missing), ("twice", twice)):
        if wrong:
            raise SchedulerError(
                f"{place}: line 1: {found}: {', '.join(wrong)}; "
                f"allowed: {', '.join(COLUMNS)}, the first three always, each once"
            )


def _whole(values: Sequence[float] | None) -> Ints | None:
    return None if values is None else np.array(values, np.int64)


def _value(name: str, value: str, models: dict[str, int], where: str) -> float:
    if name != "model":
        return _number(name, value, where)
    if not value:
        raise SchedulerError(f"{where}: model: found nothing, allowed: the name of a model")
    return models.setdefault(value, len(models))


def _number(name: str, value: str, where: str) -> float:
    allowed, holds = _NUMBERS[name]
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not holds(number):
        raise SchedulerError(f"{where}: {name}: found {value!r}, allowed: {allowed}")
    return number
