"""``synergai k8s remove``: a deployment out of a cluster."""

from pathlib import Path

import click

from k8s.commands.options import cluster_options, file_option


@click.command()
@file_option
@cluster_options
@click.option("--timeout", default="10m", show_default=True, help="For draining, as 90s, 5m.")
@click.option("--no-drain", is_flag=True, help="Do not wait until the pools are empty.")
@click.option("--topics", is_flag=True, help="Remove Strimzi's KafkaTopics too, with their data.")
def remove(
    path: Path,
    kubeconfig: Path | None,
    context: str | None,
    timeout: str,
    no_drain: bool,
    topics: bool,
) -> None:
    """Drain the pools, then remove sources, Services and the rest; the namespace stays.

    Exit code 0: nothing is left; 1: not empty in time, or no answer; 2: wrong input.
    """
    import asyncio

    from k8s.applying.flow import Unwanted, take
    from k8s.commands.duration import seconds
    from k8s.deployment import load

    unwanted = Unwanted(
        deployment=load(path),
        drain=not no_drain,
        topics=topics,
        timeout_s=seconds(timeout, "--timeout"),
    )
    asyncio.run(take(unwanted, kubeconfig, context, click.echo))
