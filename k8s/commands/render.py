"""``synergai k8s render``: from a deployment file to manifests; needs no cluster."""

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
def render(path: Path, output: Literal["yaml", "json"]) -> None:
    """Write the objects that a deployment file means, in the order in which they are created."""
    from k8s.deployment import load
    from k8s.known import profiles_of
    from k8s.render import render as rendered
    from k8s.render.writing import as_json, as_yaml

    deployment = load(path)
    manifests = rendered(deployment, profiles_of(deployment))
    click.echo((as_yaml if output == "yaml" else as_json)(manifests), nl=False)
