"""``synergai up``: the local stack."""

from pathlib import Path

import click


@click.command()
@click.option(
    "-f",
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Stack file; without one: the catalogue's models on this machine, nothing emulated.",
)
@click.option(
    "--bootstrap",
    metavar="HOST:PORT",
    help="Use this Kafka; otherwise SYNERGAI_KAFKA_BOOTSTRAP, otherwise one is started here.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of logs and the broker's data; otherwise SYNERGAI_DATA, otherwise the user's.",
)
@click.option(
    "--policy",
    metavar="NAME[:PARAMETER=VALUE,...]",
    help="How requests are placed; otherwise SYNERGAI_POLICY, otherwise the stack file's.",
)
@click.option("--fresh", is_flag=True, help="Forget what the broker started here held before.")
def up(
    file: Path | None, bootstrap: str | None, data: Path | None, policy: str | None, fresh: bool
) -> None:
    """Run Kafka, app, event source and pools on this machine, until Ctrl-C.

    A process that crashes is started again. Data is kept: a second run goes on with it.
    """
    from rich.console import Console

    from streams.errors import StreamsError
    from streams.settings import from_environment
    from streams.stack.schema import load, this_machine
    from streams.stack.up import run

    stack = load(file) if file else this_machine()
    settings = from_environment(
        fallback={"policy": stack.variant},
        kafka_bootstrap=bootstrap,
        data=data and data.resolve(),
        policy=policy,
    )
    if fresh and settings.kafka_bootstrap:
        raise StreamsError(
            f"--fresh: found with Kafka at {settings.kafka_bootstrap}, "
            "allowed: only with the broker that is started here"
        )
    run(stack, str(file or "this machine"), settings, Console(), fresh=fresh)
