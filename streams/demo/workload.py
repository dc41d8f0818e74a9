"""What the demo sends and when: a real trace's arrival times, models drawn with a seed. Pure."""

import csv
import random
from collections.abc import Mapping, Sequence
from io import StringIO

import msgspec
import yaml


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model's share of the requests and the deadlines drawn for it, in seconds."""

    weight: float
    budget_s: tuple[float, ...]


class Workload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The demo's mix of requests."""

    seed: int
    models: Mapping[str, Ask]


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """One request to be sent ``at_s`` seconds after the start, with a budget in seconds."""

    request_id: str
    at_s: float
    model: str
    budget_s: float


def read_workload(text: str) -> Workload:
    """The mix from YAML."""
    return msgspec.convert(yaml.safe_load(text), Workload, strict=False)


def read_arrivals(text: str, length_s: float) -> list[float]:
    """Column ``t_s`` of a trace, as far as ``length_s``, in seconds."""
    times = (float(row["t_s"]) for row in csv.DictReader(StringIO(text)))
    return [time for time in times if time < length_s]


def shots(arrivals: Sequence[float], workload: Workload, run: str) -> list[Shot]:
    """One shot per arrival; the same seed gives the same models and budgets.

    ``run`` makes the ids of one run different from those of another on the same broker.
    """
    draw = random.Random(workload.seed)
    names = list(workload.models)
    weights = [workload.models[name].weight for name in names]
    models = draw.choices(names, weights, k=len(arrivals))
    return [
        Shot(
            request_id=f"{run}-{number:05d}",
            at_s=at_s,
            model=model,
            budget_s=draw.choice(workload.models[model].budget_s),
        )
        for number, (at_s, model) in enumerate(zip(arrivals, models, strict=True))
    ]
