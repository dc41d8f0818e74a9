"""``synergai function``: one inference function."""

from pathlib import Path

import click


@click.group()
def function() -> None:
    """Run one inference function."""


@function.command()
@click.option("--model", "models", multiple=True, help="Model to serve; may be repeated.")
@click.option(
    "--model-folder", "model_folders", multiple=True, type=click.Path(path_type=Path),
    help="Folder of your own models; may be repeated.",
)  # fmt: skip
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="0: any free port.")
@click.option("--pool", help="Name of the pool this instance belongs to.")
@click.option("--architecture", help="What the machine is called in profiles.")
@click.option("--configuration", help="E.g. onnxruntime-fp32-t1-b1.")
@click.option("--instance", help="Unique name of this instance.")
@click.option("--slots", type=click.IntRange(1), help="Requests computed at a time.")
@click.option("--queue-limit", type=click.IntRange(1), help="Requests that may wait.")
@click.option("--bootstrap", "kafka_bootstrap", help="Host and port of Kafka.")
def serve(**flags: object) -> None:
    """Serve models over HTTP: CloudEvents, Open Inference Protocol V2, metrics.

    Every setting can also be given as an environment variable SYNERGAI_…; flags win.
    """
    import msgspec

    from functions.catalogue import open_catalogue
    from functions.catalogue.samples import sample
    from functions.server.serving import run
    from functions.settings import from_environment

    given = {name: value for name, value in flags.items() if value not in (None, ())}
    settings = msgspec.structs.replace(from_environment(), **given)
    catalogue = open_catalogue(settings.cache, settings.model_folders, settings.wheels)
    run(settings, catalogue, sample, click.echo)
