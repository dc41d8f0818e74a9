"""Options that several commands have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def file_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``-f FILE``, the deployment file."""
    return click.option(
        "-f",
        "--file",
        "path",
        required=True,
        type=click.Path(path_type=Path, dir_okay=False),
        help="The deployment file; docs/howto/deploy-on-a-cluster.md explains it.",
    )(command)


def cluster_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--kubeconfig`` and ``--context``."""
    kubeconfig = click.option(
        "--kubeconfig",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Otherwise KUBECONFIG, otherwise ~/.kube/config, otherwise the cluster we run in.",
    )
    context = click.option("--context", help="Of the kubeconfig; otherwise its current one.")
    return kubeconfig(context(command))
