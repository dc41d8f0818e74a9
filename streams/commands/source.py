"""``synergai source serve``: the local event source."""

from pathlib import Path

import click

from streams.commands.connection import bootstrap_option, found_bootstrap


@click.group()
def source() -> None:
    """Run the local event source."""


@source.command()
@click.option(
    "--pools",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help='JSON array of {"name", "topic", "urls", "in_flight", "headers"}; read at each change.',
)
@click.option("--retries", default=3, show_default=True, type=click.IntRange(0, 20))
@bootstrap_option
def serve(pools: Path, retries: int, bootstrap: str | None) -> None:
    """Take placements from the pools' topics and POST them to the pools' functions.

    SIGHUP reads the file again; SIGTERM finishes what is under way.
    """
    import asyncio
    import logging

    from streams import bytecode

    bytecode.keep()  # before the rest is imported

    from streams.source.schema import Delivery
    from streams.source.serve import serve as serve_pools

    logging.basicConfig(format="%(asctime)s source: %(message)s", level=logging.WARNING)
    logging.getLogger("synergai").setLevel(logging.INFO)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # we say once what it says for ever
    asyncio.run(serve_pools(pools, found_bootstrap(bootstrap), Delivery(retries=retries)))
