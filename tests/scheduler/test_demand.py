"""Demand: what waits by slack, what is to come, and sums over workers."""

import msgspec
import pytest

from scheduler.demand import EDGES_S, Demand, Meter, ModelDemand, PoolDemand, Waiting, total


def waiting(*slack_s: float, least_s: float = 0.1) -> Waiting:
    """Requests of model m at second 100 with so much slack."""
    return Waiting(model="m", deadlines_s=[100 + s for s in slack_s], least_s=least_s)


def measured(*slack_s: float) -> ModelDemand:
    """The demand of these."""
    meter = Meter()
    meter.arrived("m", 99.5, 2.0)
    (found,) = meter.models([waiting(*slack_s)], 100.0)
    return found


def test_waiting_requests_are_counted_by_slack() -> None:
    """Each edge counts what is due up to it."""
    found = measured(0.2, 0.4, 1.5, 1.6, 300.0)
    counts = dict(zip(EDGES_S, found.due, strict=True))
    assert (counts[0.25], counts[0.5], counts[1.0], counts[2.0]) == (1, 2, 2, 4)
    assert (found.waiting, found.late) == (5, 0)


def test_what_cannot_be_met_asks_for_nothing() -> None:
    """Requests past what the fastest could do are late, and not due."""
    found = measured(-3.0, 0.05, 0.3)
    assert (found.late, found.waiting, found.due[-1]) == (2, 1, 1)


def test_a_model_that_came_once_is_told_with_nothing() -> None:
    """A model of which nothing waits is told, so that its decline is seen."""
    meter = Meter()
    meter.arrived("m", 10.0, 2.0)
    (found,) = meter.models([], 200.0)
    assert found.waiting == 0
    assert found.coming[-1] == pytest.approx(0.0, abs=1e-6)


def test_the_budget_follows_what_comes_lately() -> None:
    """Budgets of long ago count little."""
    meter = Meter()
    for second in range(400):
        meter.arrived("m", float(second), 10.0 if second < 200 else 1.0)
    (found,) = meter.models([], 400.0)
    assert found.budget_s == pytest.approx(1.0, abs=0.2)


def test_demands_of_workers_add_up() -> None:
    """Two workers that each see half are as one that sees all."""
    halves = [
        Demand(
            worker=name,
            at_s=at_s,
            models=(measured(0.4, 3.0),),
            pools=(PoolDemand(pool="p", held=2, service_s={"m": 0.1}),),
        )
        for name, at_s in (("a", 1.0), ("b", 2.0))
    ]
    found = total(halves)
    assert (found.at_s, found.models[0].waiting, found.pools[0].held) == (2.0, 4, 4)
    assert found.models[0].due[1] == 2
    assert found.models[0].budget_s == pytest.approx(2.0)


def test_a_demand_survives_the_wire() -> None:
    """What is written is what is read."""
    demand = Demand(worker="a", at_s=1.0, models=(measured(1.0),))
    assert msgspec.json.decode(msgspec.json.encode(demand), type=Demand) == demand
