"""Two tenants on the same machines: one as it is alone, one that floods."""

from collections.abc import Mapping

import numpy as np

from scheduler.simulator.generate import generate
from scheduler.simulator.scenario import parse
from scheduler.simulator.types import Scenario
from scheduler.simulator.workload import Workload
from streams.schema import Outcome
from streams.settings import Settings
from tests.support.virtual_stack import VirtualStack

CALM, FLOOD = "calm", "flood"
SETTINGS = Settings(partitions=1, tenants=(CALM, FLOOD))


class Rivals(VirtualStack):
    """Plays the requests of both, in order of arrival."""

    def __init__(self, scenario: Scenario, both: Mapping[str, Workload], policy: str) -> None:
        merged, self._names = _merged(both)
        super().__init__(scenario, merged, policy, SETTINGS)

    def tenant(self, number: int) -> str:
        """Whose request it is."""
        return self._names[number]

    def violations(self, tenant: str) -> float:
        """The share of its requests that was not answered in time."""
        mine = self.of(tenant)
        return 1 - sum(outcome.kind == "met" for outcome in mine) / len(mine)

    def of(self, tenant: str) -> list[Outcome]:
        """Its outcomes."""
        return [outcome for outcome in self.outcomes if outcome.tenant == tenant]


def workload(text: str, seed: int, *, load: float, count: int) -> Workload:
    """The requests of a scenario whose text leaves load and count open."""
    return generate(parse(text.format(load=load, count=count), "rivals"), seed)


def _merged(both: Mapping[str, Workload]) -> tuple[Workload, list[str]]:
    names = np.concatenate([[name] * found.arrival_s.size for name, found in both.items()])
    arrival = np.concatenate([found.arrival_s for found in both.values()])
    order = np.argsort(arrival, kind="stable")
    first = next(iter(both.values()))
    columns = {
        field: np.concatenate([getattr(found, field) for found in both.values()])[order]
        for field in Workload._fields
        if field != "models"
    }
    return Workload(models=first.models, **columns), names[order].tolist()
