"""The composition root of ``synergai demo``."""

import shutil
import time
import uuid
from contextlib import ExitStack
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from streams.broker.display import Display
from streams.broker.running import RunningBroker
from streams.demo import about
from streams.demo.display import LiveDisplay
from streams.demo.playing import Played, Player, Trial, inputs
from streams.demo.recording import SCENARIO, record
from streams.demo.report import quantiles, report
from streams.demo.workload import read_arrivals, read_workload, shots
from streams.settings import Settings
from streams.stack.kafka import embedded
from streams.stack.preparing import Prepared, prepare
from streams.stack.schema import load
from streams.stack.starting import started, until_ready
from streams.stack.up import claimed, quiet
from streams.stack.waiting import WaitingDisplay

_FOLDER: Final = files("streams.demo")
_TRACE: Final = "azure_llm_2023_code_minute.csv"


def run(
    settings: Settings, folder: Path, length_s: float, console: Console, *, keep: bool
) -> dict[str, Any]:
    """Start the demo's machines, replay the trace, stop everything; the report.

    ``folder`` gets logs, the broker's data and what the simulator needs to play it again; ``keep``
    leaves the data there.

    Raises:
        StreamsError: the folder is in use, or something of the stack is wrong.
        BrokerError, StackError: Kafka or a process cannot be started.
    """
    quiet()
    incidents: list[str] = []

    def say(text: str) -> None:
        incidents.append(text)
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    with ExitStack() as held:
        held.enter_context(claimed(folder, "synergai demo --report FOLDER/report.json"))
        data = folder / "data"
        if not keep:
            held.callback(shutil.rmtree, data, ignore_errors=True)
        begun_s = time.monotonic()
        prepared, broker = _prepared(held, settings, data, console)
        stack = held.enter_context(started(prepared, broker.bootstrap, broker, folder, say))
        with WaitingDisplay(console) as waiting:
            until_ready(stack, waiting)
        start_s = time.monotonic() - begun_s
        trial = _trial(length_s)
        console.print(_told(trial, prepared, broker), markup=False, highlight=False)
        with LiveDisplay(console) as show:
            played = Player(stack, broker, settings).play(trial, show)
        _record(prepared, trial, played, folder)
        return _reported(prepared, trial, played, incidents, start_s)


def _record(prepared: Prepared, trial: Trial, played: Played, folder: Path) -> None:
    grace_s = prepared.settings.grace_s
    made = record(prepared.stack, prepared.profiles, trial.shots, played.outcomes, grace_s)
    for name, text in made.files.items():
        (folder / name).write_text(text)


def _prepared(
    held: ExitStack, settings: Settings, data: Path, console: Console
) -> tuple[Prepared, RunningBroker]:
    with as_file(_FOLDER / "stack.yaml") as file, Display(console) as progress:
        prepared = prepare(load(file), "the demo's stack", settings, progress)
        kafka = embedded(settings, data, progress, usual_port=False, fresh=True)
        return prepared, held.enter_context(kafka)


def _trial(length_s: float) -> Trial:
    from functions.catalogue.samples import sample  # noqa: PLC0415 - late, as all of the catalogue

    workload = read_workload((_FOLDER / "workload.yaml").read_text())
    arrivals = read_arrivals((_FOLDER / _TRACE).read_text(), length_s)
    return Trial(
        shots=tuple(shots(arrivals, workload, uuid.uuid4().hex[:8])),
        length_s=length_s,
        seed=workload.seed,
        inputs=inputs(list(workload.models), sample),
    )


def _told(trial: Trial, prepared: Prepared, broker: RunningBroker) -> str:
    emulated = ", ".join(prepared.stack.emulated)
    return (
        f"replaying {len(trial.shots)} requests of {trial.length_s:g} s on {emulated}, "
        f"all emulated on this machine; Kafka at {broker.bootstrap}"
    )


def _reported(
    prepared: Prepared, trial: Trial, played: Played, incidents: list[str], start_s: float
) -> dict[str, Any]:
    memory = dict(sorted(played.memory_bytes.items()))
    facts = {
        **about.circumstances(prepared, trial.seed, trial.length_s),
        "start_s": round(start_s, 3),
        "sending": about.sending(played.late_s, played.failed, len(trial.shots)),
        "memory_bytes": {"most": sum(memory.values()), "by_process": memory},
        "cores_busy": {
            "what": "share of all cores: of the demo alone; of everything here, looks of 2 s",
            "demo": round(played.ours, 4),
            **quantiles(played.busy),
        },
        "incidents": incidents,
        "recorded": SCENARIO,
    }
    return report(trial.shots, played.outcomes, facts)
