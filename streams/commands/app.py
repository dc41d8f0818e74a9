"""``synergai app``: one worker of the stream processor."""

import click

from streams.commands.connection import bootstrap_option, found_bootstrap


@click.group()
def app() -> None:
    """Run one worker of the stream processor."""


@app.command()
@click.option(
    "--policy",
    metavar="NAME[:PARAMETER=VALUE,...]",
    help="Otherwise SYNERGAI_POLICY, otherwise synergai.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="Serve /health and /metrics there.")
@bootstrap_option
def serve(policy: str | None, port: int | None, bootstrap: str | None) -> None:
    """Take requests, place them, and write one outcome for each, until SIGTERM.

    Every setting is an environment variable SYNERGAI_…; flags win.
    """
    import logging

    from streams import bytecode

    bytecode.keep()  # before the rest is imported

    from streams.app import serve as serve_worker
    from streams.settings import from_environment
    from streams.worker.ending import run

    logging.basicConfig(format="%(asctime)s app: %(message)s", level=logging.WARNING)
    for name in ("aiokafka", "faust", "mode"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is said by us
    settings = from_environment(policy=policy, app_port=port)
    run(serve_worker(settings, found_bootstrap(bootstrap)))
