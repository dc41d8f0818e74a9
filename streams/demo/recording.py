"""A run of the demo as the simulator reads it: the machines, the requests, how they ended. Pure."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from statistics import fmean, median
from typing import Any, Final, NamedTuple

import yaml

from profiles.schema import Profile
from streams.demo.workload import Shot
from streams.schema import Outcome
from streams.stack.schema import PoolSpec, StackFile
from streams.stack.simulated import column, pool, seconds, single

SCENARIO: Final = "scenario.yaml"
REQUESTS: Final = "requests.csv"
ANSWERS: Final = "answers.csv"
_REQUEST: Final = ("arrival_s", "model", "qos_s", "work", "expiry_s")
_ANSWER: Final = (
    "arrival_s", "model", "kind", "pool", "pending_s", "hop_s", "queue_s", "service_s", "total_s",
)  # fmt: skip
_ABOUT: Final = """\
# Written by synergai demo. Try: synergai simulate {scenario} --policies edf,synergai
# profiles: the medians that the app began with; hop_s: half of what neither the app's queue nor the
# function's queue and computing account for, mean of the run; work (in {requests}): seconds that
# the function reported over the profile where it ran. {answers}: how the run itself went.
"""


class Recorded(NamedTuple):
    """What the simulator needs, and what happened, as the texts of three files."""

    scenario: str
    requests: str
    answers: str

    @property
    def files(self) -> Mapping[str, str]:
        """The texts by the names that they have beside each other."""
        return {SCENARIO: self.scenario, REQUESTS: self.requests, ANSWERS: self.answers}


def record(
    stack: StackFile,
    profiles: Sequence[Profile],
    shots: Sequence[Shot],
    outcomes: Sequence[Outcome],
    grace_s: float,
) -> Recorded:
    """The recording; a request expires ``grace_s`` seconds after its deadline.

    Requests stand in the order in which the broker appended them, the first at 0 s. One without an
    outcome counts as appended when it was to be sent, and whoever was not computed has the median
    work of its model.
    """
    ended = {outcome.request_id: outcome for outcome in reversed(outcomes)}
    medians = _seconds(stack, profiles)
    rows = _rows(shots, ended, medians)
    return Recorded(
        scenario=_scenario(stack, medians, list(ended.values())),
        requests=_csv(_REQUEST, ([*row[:4], row.qos_s + grace_s] for row in rows)),
        answers=_csv(_ANSWER, (_answer(row) for row in rows)),
    )


class _Row(NamedTuple):
    arrival_s: float
    model: str
    qos_s: float
    work: float
    outcome: Outcome | None


def _rows(
    shots: Sequence[Shot], ended: Mapping[str, Outcome], medians: Mapping[str, Mapping[str, float]]
) -> list[_Row]:
    works = {name: _work(outcome, medians) for name, outcome in ended.items()}
    usual = {shot.model: _usual(shot.model, ended, works) for shot in shots}
    begun_s = min((outcome.accepted_s for outcome in ended.values()), default=0.0)
    rows = [
        _Row(
            arrival_s=outcome.accepted_s - begun_s if outcome else shot.at_s,
            model=shot.model,
            qos_s=outcome.budget_s if outcome else shot.budget_s,
            work=works.get(shot.request_id) or usual[shot.model],
            outcome=outcome,
        )
        for shot in shots
        for outcome in [ended.get(shot.request_id)]
    ]
    return sorted(rows, key=lambda row: row.arrival_s)


def _work(outcome: Outcome, medians: Mapping[str, Mapping[str, float]]) -> float:
    """Reported over profiled seconds; 0: not computed, or there is no such profile."""
    profiled_s = medians[outcome.model].get(column(outcome.architecture, outcome.configuration))
    return outcome.breakdown.service_s / profiled_s if profiled_s else 0.0


def _usual(model: str, ended: Mapping[str, Outcome], works: Mapping[str, float]) -> float:
    known = [works[name] for name, outcome in ended.items() if outcome.model == model]
    computed = [work for work in known if work > 0]
    return median(computed) if computed else 1.0


def _answer(row: _Row) -> list[object]:
    if row.outcome is None:
        return [row.arrival_s, row.model, "lost", "", *[0.0] * 5]
    spent = row.outcome.breakdown
    times = (spent.pending_s, spent.hop_s, spent.queue_s, spent.service_s, spent.total_s)
    return [row.arrival_s, row.model, row.outcome.kind, row.outcome.pool, *times]


def _scenario(
    stack: StackFile, medians: Mapping[str, Mapping[str, float]], outcomes: Sequence[Outcome]
) -> str:
    fields = {
        "name": "demo",
        "profiles": {model: dict(columns) for model, columns in medians.items()},
        "pools": [_pool(spec, stack, outcomes) for spec in stack.pools],
        "requests": {"file": REQUESTS},
    }
    text = yaml.safe_dump(fields, sort_keys=False, default_flow_style=None, width=100)
    return _ABOUT.format(scenario=SCENARIO, requests=REQUESTS, answers=ANSWERS) + text


def _pool(spec: PoolSpec, stack: StackFile, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    answered = [o for o in outcomes if o.pool == spec.name and o.kind in {"met", "late"}]
    hop_s = fmean([outcome.breakdown.hop_s for outcome in answered]) if answered else 0.0
    made = pool(spec, stack, hop_s / 2)
    return {
        "name": made.name,
        "architecture": made.architecture,
        "configuration": made.configuration,
        "instances": made.instances,
        "models": list(made.models or ()),
        "hop_s": made.hop_s,
    }


def _seconds(stack: StackFile, profiles: Sequence[Profile]) -> dict[str, dict[str, float]]:
    """Medians of one request alone."""
    return {
        model: {place: single(sizes) for place, sizes in columns.items()}
        for model, columns in seconds(stack, profiles).items()
    }


def _csv(header: Sequence[str], rows: Iterator[Sequence[object]]) -> str:
    text = StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(header)
    for row in rows:
        lines.writerow([round(value, 6) if isinstance(value, float) else value for value in row])
    return text.getvalue()
