"""``synergai simulate``: policies side by side on the same requests, on a virtual clock."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from functions.console import Output, emit, output_option

if TYPE_CHECKING:
    from scheduler.policy import Policy, Search
    from scheduler.simulator.scenario import Scenario
    from scheduler.types import Placement
    from streams.commands.scenarios import Loaded


class Stopwatch:
    """Keeps how long each decision of a policy took, and the processor time of its searches."""

    def __init__(self, clock_ns: Callable[[], int], cpu_s: Callable[[], float]) -> None:
        self.decisions_us: list[float] = []
        self.tuning_cpu_s = 0.0
        self._clock_ns = clock_ns
        self._cpu_s = cpu_s

    def decide(self, policy: "Policy", now_s: float) -> "Sequence[Placement]":
        """What ``policy.decide`` returns."""
        before_ns = self._clock_ns()
        placements = policy.decide(now_s)
        self.decisions_us.append((self._clock_ns() - before_ns) / 1000)
        return placements

    def search(self, search: "Search") -> Any:
        """What ``search.run`` returns."""
        before_s = self._cpu_s()
        found = search.run()
        self.tuning_cpu_s += self._cpu_s() - before_s
        return found


@click.command()
@click.argument(
    "scenarios", nargs=-1, required=True, metavar="SCENARIO...", type=click.Path(path_type=Path)
)
@click.option(
    "--policies",
    required=True,
    metavar="NAME[:PARAMETER=VALUE],...",
    help="See synergai policy list.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Of all draws, with the seed of the scenario.",
)
@click.option(
    "--tuning",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a search of a policy takes on the virtual clock.",
)
@click.option("--bound", is_flag=True, help="Also what a clairvoyant could reach; takes longer.")
@output_option
def simulate(
    *,
    scenarios: tuple[Path, ...],
    policies: str,
    seed: int,
    tuning: float,
    bound: bool,
    output: Output,
) -> None:
    """Run policies on scenario files and compare them; docs/howto/simulate.md has the format."""
    from scheduler.registry import split
    from streams.commands.scenarios import load

    variants = split(policies)
    loaded = [load(path) for path in scenarios]
    for one in loaded:
        for variant in variants:
            _built(variant, one.scenario, seed)
    if not variants:
        raise click.BadParameter(f"found {policies!r}, allowed: at least one policy")
    results = [_played(one, variants, seed, tuning_s=tuning, bound=bound) for one in loaded]
    if output == "json":
        import json

        click.echo(json.dumps(results, indent=2))
        return
    for result in results:
        _show(result)


def _played(
    loaded: "Loaded", variants: Sequence[str], seed: int, *, tuning_s: float, bound: bool
) -> dict[str, Any]:
    """One object of the output."""
    result: dict[str, Any] = {
        "scenario": loaded.scenario.name,
        "policies": {variant: _run(loaded, variant, seed, tuning_s) for variant in variants},
    }
    if bound:
        result["bound"] = _bound(loaded, seed)
    return result


def _run(loaded: "Loaded", variant: str, seed: int, tuning_s: float) -> dict[str, Any]:
    from time import perf_counter_ns, process_time

    from scheduler.simulator.playing import play
    from scheduler.simulator.results import summary

    watch, requests = Stopwatch(perf_counter_ns, process_time), loaded.workload(seed)
    run = play(loaded.scenario, requests, variant, seed=seed, watch=watch, tuning_s=tuning_s)
    return summary(
        loaded.scenario,
        requests,
        run,
        decisions_us=watch.decisions_us,
        tuning_cpu_s=watch.tuning_cpu_s,
    )


def _built(variant: str, scenario: "Scenario", seed: int) -> "Policy":
    from scheduler.registry import build, parse
    from scheduler.simulator.estimation import estimator

    name, parameters = parse(variant)
    return build(name, estimator(scenario, seed), parameters)


def _bound(loaded: "Loaded", seed: int) -> Mapping[str, Any]:
    from scheduler.bracket import bound

    return bound(loaded.scenario, loaded.workload(seed), seed)


def _show(result: Mapping[str, Any]) -> None:
    """One table for people."""
    rows = [{"policy": name, **_row(found)} for name, found in result["policies"].items()]
    requests = next(iter(result["policies"].values()))["requests"]
    emit(rows, "table", f"{result['scenario']}: {requests} requests")
    if "bound" in result:
        emit([result["bound"]], "table", "a clairvoyant")


def _row(found: Mapping[str, Any]) -> dict[str, object]:
    latency, worst, decision = found["latency_s"], found["worst_model"], found["decision_us"]
    return {
        "violations": f"{found['violation_ratio']:.2%}",
        "middle 80 %": f"{found['violation_ratio_middle80']:.2%}",
        "worst model": f"{worst['model']} {worst['violation_ratio']:.2%}",
        "excess ms": found["excess_s_mean"] * 1000,
        "p50 ms": latency["p50"] * 1000,
        "p99 ms": latency["p99"] * 1000,
        "met/s": found["goodput_rps"],
        "energy J": found["energy_j"],
        "decision us p50": decision["p50"],
        "p99": decision["p99"],
        "tuning s": found["tuning_cpu_s"],
    }
