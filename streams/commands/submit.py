"""``synergai submit``: one request, its answer, and where its time went."""

import sys
from typing import TYPE_CHECKING

import click

from functions.console import Output, output_option
from streams.commands.connection import bootstrap_option, found_bootstrap, quiet, tenant_options
from streams.commands.duration import DURATION

if TYPE_CHECKING:
    from streams.client import Answer


@click.command()
@click.option("--model", required=True, help="Name of the model, e.g. silero-vad.")
@click.option("--file", help="Input; - is standard input. Without it: the model's own sample.")
@click.option("--media-type", help="Of the input; guessed from the file's name.")
@click.option("--deadline", type=DURATION, default="1s", show_default=True, help="E.g. 150ms.")
@click.option("--claim-check", metavar="URL", default="", help="Folder for too large inputs.")
@click.option("--count", type=click.IntRange(1, 100_000), default=1, help="Send it so often.")
@click.option("--timeout", type=DURATION, default="90s", show_default=True, help="Wait so long.")
@tenant_options
@bootstrap_option
@output_option
def submit(
    *,
    model: str,
    file: str | None,
    media_type: str | None,
    deadline: float,
    claim_check: str,
    count: int,
    timeout: float,
    tenant: str,
    prefix: str | None,
    bootstrap: str | None,
    output: Output,
) -> None:
    """Send a request and print its answer. Exit code 0: met; 1: not met; 2: wrong input."""
    from streams.client import Client
    from streams.commands.payload import payload
    from streams.errors import BrokerError
    from streams.settings import from_environment

    data, kind = payload(model, file, media_type)
    quiet()
    settings = from_environment(topic_prefix=prefix)
    with Client(
        found_bootstrap(bootstrap),
        tenant=tenant,
        prefix=settings.topic_prefix,
        max_request_bytes=settings.max_request_bytes,
        claim_check=claim_check,
    ) as client:
        tickets = [client.submit(model, data, kind, deadline_s=deadline) for _ in range(count)]
        try:
            answers = client.wait(tickets, timeout)
        except TimeoutError as error:
            raise BrokerError(str(error)) from None
    _print(answers, output)
    sys.exit(0 if all(answer.met for answer in answers) else 1)


def _print(answers: "list[Answer]", output: Output) -> None:
    from functions.console import emit
    from streams.commands import answers as form

    if output == "json":
        emit([form.row(answer) for answer in answers], output)
        return
    if len(answers) == 1:
        click.echo(form.shown(answers[0]))
        emit(form.steps(answers[0]), output)
    for answer in answers:
        click.echo(form.verdict(answer))
