"""``synergai profile``: measure models on this machine, check and show profiles."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from functions.console import Output, emit, output_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.measuring import Plan
    from profiles.measure import Effort
    from profiles.schema import Profile


class Sizes(click.ParamType):
    """Comma-separated whole numbers of at least 1."""

    name = "N,…"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """The numbers, ascending, each once."""
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        if not all(part.isdigit() and int(part) >= 1 for part in parts):
            self.fail(
                f"found {value!r}, allowed: whole numbers of at least 1, e.g. 1,2,4", param, ctx
            )
        return tuple(sorted({int(part) for part in parts}))


@click.group()
def profile() -> None:
    """Measure, check and show profiles: what a model costs on an architecture."""


@profile.command()
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option("--engine", multiple=True, help="Only these engines; may be repeated.")
@click.option("--threads", type=Sizes(), default="1", show_default=True, help="E.g. 1,2.")
@click.option("--batch", type=Sizes(), default="1", show_default=True, help="E.g. 1,2,4.")
@click.option("--repeats", type=click.IntRange(20), default=200, show_default=True)
@click.option(
    "--most-seconds",
    type=click.FloatRange(0.1),
    default=20.0,
    show_default=True,
    help="The longest one batch size is measured.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write the profiles to this file.")
@output_option
def measure(
    *,
    models: tuple[str, ...],
    engine: tuple[str, ...],
    threads: tuple[int, ...],
    batch: tuple[int, ...],
    repeats: int,
    most_seconds: float,
    out: Path | None,
    output: Output,
) -> None:
    """Measure models (without names those of the demo) on this machine: engine x threads x batch.

    Run it while nothing else does: what else computes is measured too.
    """
    from functions.catalogue import open_catalogue
    from functions.catalogue.samples import sample
    from functions.measuring import plan
    from functions.settings import from_environment
    from profiles.families import FAMILIES
    from profiles.measure import Effort
    from profiles.store import save

    effort = Effort(repeats=repeats, max_seconds=most_seconds)
    settings = from_environment()
    catalogue = open_catalogue(settings.cache, settings.model_folders, settings.wheels)
    names = models or tuple(FAMILIES)
    plans = plan(catalogue, sample, names, engine or (None,), threads, batch)
    found = _measured(plans, effort)
    if out is not None:
        save(found, out)
        click.echo(f"wrote {len(found)} profiles to {out}", err=True)
    _emit(found, output, "measured on this machine")


def _measured(plans: "Sequence[Plan]", effort: "Effort") -> "list[Profile]":
    """Carry out the plans, one after the other, with progress on standard error."""
    import time

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeElapsedColumn as Elapsed

    from functions import runtimes
    from functions.measuring import Sensors, characterise, resident_bytes

    sensors = Sensors(clock=time.perf_counter, resident_bytes=resident_bytes)
    found: list[Profile] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Elapsed())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("")
        for number, one in enumerate(plans, 1):
            label = f"{number}/{len(plans)} {one.label}"

            def tell(batch: int, done: int, wanted: int, label: str = label) -> None:
                bar.update(task, description=f"{label} batch {batch}", completed=done, total=wanted)

            bar.update(task, description=label, completed=0)
            runtime = runtimes.get(one.model.engine)
            found.extend(characterise(one, runtime, sensors, effort, tell))
    return found


@profile.command()
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path)
)
@output_option
def check(paths: tuple[Path, ...], output: Output) -> None:
    """Check files or folders of profiles; exit code 1 if something is implausible."""
    import msgspec

    from profiles.check import check as findings
    from profiles.store import load

    found = [
        {"file": str(path), **msgspec.to_builtins(finding)}
        for path in paths
        for finding in findings(load(path))
    ]
    if output == "json" or found:
        emit(found, output, title="implausible")
    if not found:
        click.echo("nothing implausible", err=True)
    raise SystemExit(1 if found else 0)


@profile.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--model", help="Only this model.")
@click.option("--architecture", help="Only this architecture.")
@output_option
def show(path: Path | None, model: str | None, architecture: str | None, output: Output) -> None:
    """Show profiles of a file or folder; without PATH those shipped, measured and emulated.

    The table has the time of one full batch; --output json has memory, cold start, throughput,
    every batch size and the sources too.
    """
    from profiles.shipped import everything
    from profiles.store import load

    known = load(path) if path else everything(architecture)
    chosen = [
        one
        for one in known
        if model in (None, one.model) and architecture in (None, one.architecture)
    ]
    if not chosen:
        _nothing(known, model, architecture)
    _emit(chosen, output, "profiles")


@profile.command()
@click.option("--reference", default="gpu", show_default=True, help="Compared with this machine.")
@output_option
def ratios(reference: str, output: Output) -> None:
    """Show by which factors architectures are slower than a reference, as published."""
    import msgspec

    from profiles.published import UNVERIFIED
    from profiles.published import ratios as published

    found = published(reference)
    if output == "json":
        emit([msgspec.to_builtins(ratio) for ratio in found], output)
        return
    rows = [
        {
            "family": ratio.family,
            "architecture": ratio.architecture,
            "factor": ratio.value,
            "by single requests": ratio.alone,
            "source": ratio.source.kind,
        }
        for ratio in found
    ]
    emit(rows, output, title=f"times slower than {reference} ({UNVERIFIED})")


def _nothing(known: "Sequence[Profile]", model: str | None, architecture: str | None) -> None:
    from profiles.errors import ProfileError

    models = ", ".join(sorted({one.model for one in known}))
    architectures = ", ".join(sorted({one.architecture for one in known}))
    raise ProfileError(
        f"found no profile with model {model or 'any'} and architecture {architecture or 'any'}; "
        f"known models: {models}; architectures: {architectures}"
    )


def _emit(profiles: "Sequence[Profile]", output: Output, title: str) -> None:
    """Whole profiles for programs, the figures that matter for people."""
    import msgspec

    if output == "json":
        emit([msgspec.to_builtins(one, str_keys=True) for one in profiles], output)
    else:
        emit(_rows(profiles), output, title)


def _rows(profiles: "Sequence[Profile]") -> list[dict[str, object]]:
    """One narrow row per profile, at its largest batch; the kind of the source stands in each."""
    return [
        {
            "model": one.model,
            "architecture": one.architecture,
            "source": one.source.kind,
            "configuration": one.configuration.key,
            "p50 ms": f"{latency.p50_s * 1000:.3g}",
            "p99 ms": f"{latency.p99_s * 1000:.3g}",
        }
        for one in profiles
        for latency in [one.latency(one.configuration.batch)]
    ]
