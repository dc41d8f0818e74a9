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
