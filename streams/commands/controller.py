"""``synergai k8s controller``: warms pools ahead of the demand."""

from pathlib import Path

import click

from k8s.commands.options import cluster_options, file_option
from streams.commands.connection import bootstrap_option, found_bootstrap


@click.command()
@file_option
@cluster_options
@bootstrap_option
@click.option("--port", type=click.IntRange(1, 65535), help="Serve /health and /metrics there.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where that port listens.")
def controller(
    path: Path,
    kubeconfig: Path | None,
    context: str | None,
    bootstrap: str | None,
    port: int | None,
    host: str,
) -> None:
    """Warm the deployment's pools before the requests that need them arrive, until SIGTERM.

    Several may run: one leads, by a Lease. It declares the pools to the scheduler too.
    """
    import asyncio
    import logging

    from k8s.deployment import load
    from streams.prewarm.serve import Options, serve
    from streams.settings import from_environment

    logging.basicConfig(format="%(asctime)s controller: %(message)s", level=logging.WARNING)
    logging.getLogger("synergai").setLevel(logging.INFO)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # we say once what it says for ever
    deployment = load(path)
    options = Options(
        deployment=deployment.name,
        namespace=deployment.namespace,
        release_after_s=deployment.prewarm.release_after_s,
        spare=deployment.prewarm.spare,
        kubeconfig=kubeconfig,
        context=context,
        port=port or 0,
        host=host,
    )
    settings = from_environment(topic_prefix=deployment.topic_prefix)
    asyncio.run(serve(options, settings, found_bootstrap(bootstrap)))
