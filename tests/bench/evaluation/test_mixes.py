"""The machines of the evaluation, and where their figures stand."""

import csv
from pathlib import Path

import pytest

from bench.evaluation.mixes import mix, names
from scheduler.errors import SchedulerError

SHIPPED = Path(__file__).resolve().parents[3] / "profiles" / "data" / "published.csv"


@pytest.mark.parametrize("name", names())
def test_every_figure_has_a_source(name: str) -> None:
    """No architecture and no model of a mix is without one."""
    machines = mix(name)
    if machines.measured:
        assert "measured" in machines.sources["all"]
        return
    for model, columns in machines.profiles.items():
        for architecture in columns:
            assert str(machines.sources[architecture][model]).startswith("mlcommons/")
            assert "not verified by MLCommons" in machines.about


@pytest.mark.parametrize("name", ["jetsons-and-t4", "orin-and-l4", "slow-models"])
def test_figures_are_those_that_ship(name: str) -> None:
    """Seconds of a mix are the published milliseconds of the same machine and model."""
    rows = {
        (row["architecture"], row["model"]): row
        for row in csv.DictReader(SHIPPED.read_text().splitlines())
        if row["scenario"] == "SingleStream"
    }
    for model, columns in mix(name).profiles.items():
        for architecture, seconds in columns.items():
            row = rows[architecture, model]
            assert seconds == pytest.approx(float(row["latency_ms_p50"]) / 1000)
            assert row["source_repo_or_url"] in mix(name).sources[architecture][model]


def test_measured_models_run_on_every_machine_of_the_demo() -> None:
    """Our own models have a time on each, the GPU's being what was measured here."""
    table = mix("own-models").table
    assert table
    assert all(set(columns) == {"gpu", "xeon", "jetson"} for columns in table.values())


def test_an_unknown_mix_is_refused_by_name() -> None:
    """The message says which there are."""
    with pytest.raises(SchedulerError, match="found 'nowhere', allowed: batches, "):
        mix("nowhere")
