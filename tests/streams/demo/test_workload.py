"""What the demo sends."""

from importlib.resources import files

from streams.demo.workload import read_arrivals, read_workload, shots

FOLDER = files("streams.demo")
WORKLOAD = read_workload((FOLDER / "workload.yaml").read_text())
TRACE = (FOLDER / "azure_llm_2023_code_minute.csv").read_text()


def test_the_trace_is_a_minute_in_order() -> None:
    """Arrival times are the trace's own, from zero to sixty seconds."""
    arrivals = read_arrivals(TRACE, 60.0)
    assert arrivals == sorted(arrivals)
    assert len(arrivals) == 421
    assert 0.0 <= arrivals[0] < arrivals[-1] < 60.0


def test_a_shorter_demo_takes_the_beginning() -> None:
    """Half a minute is the first half."""
    assert read_arrivals(TRACE, 10.0) == [t for t in read_arrivals(TRACE, 60.0) if t < 10.0]


def test_the_same_seed_asks_for_the_same_models() -> None:
    """Two runs differ in their ids only."""
    arrivals = read_arrivals(TRACE, 60.0)
    first, second = (shots(arrivals, WORKLOAD, run) for run in ("a", "b"))
    assert [(s.at_s, s.model, s.budget_s) for s in first] == [
        (s.at_s, s.model, s.budget_s) for s in second
    ]
    assert not {s.request_id for s in first} & {s.request_id for s in second}


def test_every_model_is_asked_for_with_its_own_deadlines() -> None:
    """All five models occur, with budgets of their list."""
    asked = shots(read_arrivals(TRACE, 60.0), WORKLOAD, "a")
    assert {shot.model for shot in asked} == set(WORKLOAD.models)
    assert all(shot.budget_s in WORKLOAD.models[shot.model].budget_s for shot in asked)
