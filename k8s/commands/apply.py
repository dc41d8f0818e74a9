"""``synergai k8s apply``: a deployment file into a cluster."""

import sys
from pathlib import Path

import click

from k8s.commands.options import cluster_options, file_option


@click.command()
@file_option
@cluster_options
@click.option("--dry-run", is_flag=True, help="Ask the server what it would do; change nothing.")
@click.option("--diff", is_flag=True, help="Show what changes, as a diff.")
@click.option("--timeout", default="10m", show_default=True, help="For getting ready, as 90s, 5m.")
@click.option("--no-wait", is_flag=True, help="Do not wait until everything is ready.")
@click.option("--force", is_flag=True, help="Take fields over that others have changed.")
@click.option(
    "--prune", is_flag=True, help="Drain and remove what the file does not mean any more."
)
def apply(
    *,
    path: Path,
    kubeconfig: Path | None,
    context: str | None,
    dry_run: bool,
    diff: bool,
    timeout: str,
    no_wait: bool,
    force: bool,
    prune: bool,
) -> None:
    """Apply everything that a deployment file means, in order, and wait until it is ready.

    Exit code 0: it is (or would be) so; 1: not ready in time, or no answer; 2: refused.
    """
    import asyncio

    from k8s.applying.flow import Wanted, put
    from k8s.commands.duration import seconds
    from k8s.deployment import load
    from k8s.known import profiles_of
    from k8s.render import render

    deployment = load(path)
    wanted = Wanted(
        deployment=deployment,
        manifests=render(deployment, profiles_of(deployment)),
        dry_run=dry_run,
        diff=diff,
        wait=not no_wait,
        force=force,
        prune=prune,
        timeout_s=seconds(timeout, "--timeout"),
    )
    asyncio.run(put(wanted, kubeconfig, context, click.echo))
    sys.stdout.flush()
