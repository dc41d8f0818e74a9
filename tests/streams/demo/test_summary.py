"""A report as a person reads it."""

from io import StringIO
from typing import Any

from rich.console import Console

from streams.demo.about import sending, versions
from streams.demo.report import report
from streams.demo.summary import headline, summary
from streams.demo.workload import Shot
from tests.streams.demo.test_report import SHOTS, _outcome

ABOUT: dict[str, Any] = {
    "sending": sending([0.001, 0.002, 0.003], [], 3),
    "memory_bytes": {"most": 700 * 2**20},
    "cores_busy": {"demo": 0.3, "p50": 0.4, "p90": 0.7, "p99": 0.8},
    "emulation": {"what": "this machine's answers, delayed"},
    "incidents": ["gpu-1 ended with signal SIGKILL, starting it again"],
}


def _text(made: dict[str, Any]) -> str:
    console = Console(file=StringIO(), width=120, record=True)
    console.print(summary(made))
    return console.export_text()


def test_the_headline_says_how_requests_ended() -> None:
    """Kinds that did not occur are left out; lost and repeated are always said."""
    made = report(SHOTS, [_outcome("a"), _outcome("b", "late")], ABOUT)
    assert headline(made) == "3 requests: 1 met, 1 late; lost 1, repeated 0"


def test_everything_that_matters_is_there() -> None:
    """Steps, prediction, groups, sending, memory, what was emulated, what went wrong."""
    text = _text(report(SHOTS, [_outcome("a"), _outcome("b", "late")], ABOUT))
    for part in (
        "computed (and paced where emulated)",
        "predicted 70.0 ms, actual 80.0 ms",
        "jetson (emulated)",
        "sent behind the trace's times: p99 3.0 ms, at most 3.0 ms",
        "cores busy: with the demo 30%, with everything here p50 40%, p90 70%",
        "memory of the stack, at most: 700 MiB",
        "emulated: jetson: this machine's answers, delayed",
        "incident: gpu-1 ended with signal SIGKILL",
    ):
        assert part in text


def test_other_work_on_the_machine_is_said() -> None:
    """Nobody takes a neighbour's load for the scheduler's fault."""
    busy = {**ABOUT, "cores_busy": {"demo": 0.3, "p50": 0.9, "p90": 1.0, "p99": 1.0}}
    made = [report(SHOTS, [_outcome("a")], about) for about in (ABOUT, busy)]
    assert ["other work to do" in _text(each) for each in made] == [False, True]


def test_a_run_without_outcomes_is_shown_too() -> None:
    """Nothing to divide by, nothing to crash on."""
    shots = [Shot(request_id="a", at_s=0.0, model="magika", budget_s=1.0)]
    about = {**ABOUT, "cores_busy": {}, "sending": sending([], [], 1)}
    assert "1 requests: no outcome; lost 1, repeated 0" in _text(report(shots, [], about))


def test_versions_name_what_took_part() -> None:
    """So that figures can be compared."""
    assert {"python", "kafka", "synergai", "aiokafka", "onnxruntime"} <= versions().keys()
