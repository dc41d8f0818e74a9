"""Measuring the whole service of a model, with fakes and a clock turned by hand."""

import platform
from pathlib import Path

import pytest

from functions.errors import PermanentError, UnknownModelError
from functions.measuring import Plan, characterise, machine, plan, resident_bytes
from profiles.check import check
from profiles.measure import Effort
from tests.support.measuring import FakeCatalogue, FakeRuntime, Machine, model

SAMPLE = (b"21", "text/plain")
EFFORT = Effort(warmup=1, repeats=20)


def _plan(here: Machine, batches: tuple[int, ...] = (1, 2)) -> Plan:
    return Plan(model=model(here), sample=SAMPLE, threads=2, batches=batches)


def test_the_whole_service_is_measured() -> None:
    """Preparing and computing count; the batch is prepared request by request."""
    here = Machine()
    found = characterise(_plan(here), FakeRuntime(here), here.sensors, EFFORT)
    assert found[-1].latency(1).p50_s == pytest.approx(0.011)
    assert found[-1].latency(2).p99_s == pytest.approx(0.022)


def test_cold_start_is_loading_and_the_first_answer() -> None:
    """Cold start and memory are what an instance pays before its second answer."""
    here = Machine()
    (found,) = characterise(_plan(here, (1,)), FakeRuntime(here), here.sensors, EFFORT)
    assert found.cold_start_s == pytest.approx(0.511)
    assert found.memory_bytes == 500
    assert found.energy_j is None


def test_one_profile_per_batch_limit() -> None:
    """A pool with batches of at most n finds its own key, and only the sizes it may use."""
    here = Machine()
    found = characterise(_plan(here), FakeRuntime(here), here.sensors, EFFORT)
    keys = {one.configuration.key: sorted(one.latency_by_batch) for one in found}
    assert keys == {"onnxruntime-fp32-t2-b1": [1], "onnxruntime-fp32-t2-b2": [1, 2]}


def test_what_is_measured_is_plausible_and_says_where() -> None:
    """Machine and versions are named, and the check finds nothing."""
    here = Machine()
    found = characterise(_plan(here), FakeRuntime(here), here.sensors, EFFORT)
    assert check(found) == ()
    assert found[0].architecture == "this-machine"
    assert found[0].source.versions["onnxruntime"] == "9.9"
    assert platform.node() not in found[0].source.machine.split()


def test_the_session_is_closed_even_when_the_sample_is_bad() -> None:
    """A model that cannot use its sample leaves nothing open."""
    here = Machine()
    runtime = FakeRuntime(here)
    broken = Plan(model=model(here), sample=(b"x", "text/plain"), threads=1, batches=(1,))
    with pytest.raises(ValueError, match="could not convert"):
        characterise(broken, runtime, here.sensors, EFFORT)
    assert runtime.loaded[0].closed


def test_a_plan_crosses_models_engines_threads_and_batches() -> None:
    """Every model on every engine with every number of threads, batches cut to what it takes."""
    here = Machine()
    catalogue = FakeCatalogue(model(here, "a", max_batch=1), model(here, "b", max_batch=8))
    plans = plan(catalogue, lambda _: SAMPLE, ["a", "b"], [None], [1, 2], [1, 4])
    assert [(one.model.name, one.threads, one.batches) for one in plans] == [
        ("a", 1, (1,)),
        ("a", 2, (1,)),
        ("b", 1, (1, 4)),
        ("b", 2, (1, 4)),
    ]
    assert plans[0].label == "a onnxruntime threads 1"


def test_what_cannot_be_planned_is_named() -> None:
    """An unknown model or engine, and batches that a model cannot take."""
    here = Machine()
    catalogue = FakeCatalogue(model(here, "a", max_batch=1))
    with pytest.raises(UnknownModelError):
        plan(catalogue, lambda _: SAMPLE, ["a"], ["litert"], [1], [1])
    with pytest.raises(PermanentError, match=r"a: batch: found \[2, 4\], allowed: 1 to 1"):
        plan(catalogue, lambda _: SAMPLE, ["a"], [None], [1], [2, 4])


def test_this_machine_is_described_without_its_name(tmp_path: Path) -> None:
    """Processor and cores come from cpuinfo, where there is one."""
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor: 0\nmodel name\t: Fast 9000\nmodel name\t: Fast 9000\n")
    assert machine(cpuinfo).startswith("Fast 9000, 2 cores, ")
    assert machine(tmp_path / "none").startswith(platform.machine())


def test_memory_of_this_process_is_read(tmp_path: Path) -> None:
    """Resident pages times the size of a page."""
    statm = tmp_path / "statm"
    statm.write_text("100 3 1 0 0 0 0\n")
    assert resident_bytes(statm) % 3 == 0
    assert resident_bytes() > 10**6
