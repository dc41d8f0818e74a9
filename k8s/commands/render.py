"""``synergai k8s render``: from a deployment file to manifests; needs no cluster."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import click

from k8s.commands.options import file_option


@click.command()
@file_option
@click.option(
    "--output",
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    show_default=True,
    help="Documents of YAML, or one List of JSON.",
)
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a kustomize base and an overlay for each architecture there instead.",
)
def render(path: Path, output: Literal["yaml", "json"], directory: Path | None) -> None:
    """Write the objects that a deployment file means, in the order in which they are created."""
    from k8s.deployment import load
    from k8s.known import profiles_of
    from k8s.render import render as rendered
    from k8s.render.kustomize import files
    from k8s.render.writing import as_json, as_yaml

    deployment = load(path)
    manifests = rendered(deployment, profiles_of(deployment))
    if directory is None:
        click.echo((as_yaml if output == "yaml" else as_json)(manifests), nl=False)
    else:
        _write(files(manifests), directory)


def _write(files: Mapping[str, str], directory: Path) -> None:
    """Write them, and remove what an earlier call wrote and this one does not.

    Raises:
        K8sError: the folder holds something else, or cannot be written.
    """
    from k8s.errors import K8sError

    allowed = "a folder that is empty, or that holds base, overlays and pools"
    try:
        strangers = sorted(each.name for each in directory.glob("*"))
        strangers = [name for name in strangers if name not in {"base", "overlays", "pools"}]
        if strangers:
            raise K8sError(f"{directory}: found {', '.join(strangers)}, allowed: {allowed}")
        for old in sorted(directory.rglob("*.yaml")):
            if str(old.relative_to(directory)) not in files:
                old.unlink()
        for name, text in files.items():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_text(text)
    except OSError as error:
        raise K8sError(f"{directory}: cannot be written: {error.strerror}") from None
    click.echo(f"{len(files)} files in {directory}; e.g. kubectl apply -k {directory}/overlays/all")
