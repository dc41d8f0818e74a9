"""``python -m streams.chaos``: a campaign; its folder is kept when something was found."""

import asyncio
import logging
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import click
import msgspec

from streams.chaos import campaign
from streams.chaos.report import Report, page
from streams.chaos.schema import Plan
from streams.errors import StreamsError
from streams.settings import from_environment


@click.command()
@click.option("--seed", default=1, show_default=True, help="The same faults for the same seed.")
@click.option("--rounds", default=12, show_default=True)
@click.option("--faults", default=26, show_default=True, help="Of each round.")
@click.option("--gap", "gap_s", default=4.5, show_default=True, help="Seconds between faults.")
@click.option("--rate", default=100.0, show_default=True, help="Requests a second.")
@click.option("--apps", default=2, show_default=True)
@click.option("--sources", default=1, show_default=True)
@click.option("--trials", default=3, show_default=True, help="Of each failover; 0: none.")
@click.option("--folder", type=click.Path(path_type=Path), help="Of logs and data, kept.")
@click.option("--report", type=click.Path(path_type=Path), help="Folder of README.md, report.json.")
def main(folder: Path | None, report: Path | None, **given: Any) -> None:
    """Play a seeded campaign of faults over real processes, under load, and audit it.

    Exit code 1: something was lost, done twice, left unexplained, or too much computed again.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    settings = from_environment()
    place = folder or Path(tempfile.mkdtemp(prefix="synergai-chaos-"))
    plan = Plan(folder=place, cache=settings.cache, jars=settings.kafka_jars, **given)
    try:
        found = asyncio.run(campaign.run(plan, _say))
    except StreamsError as error:
        raise click.ClickException(f"{error}; logs: {place}") from None
    for target in (place, report):
        if target is not None:
            _write(found, target)
    click.echo(page(found))
    if not found.good:
        click.echo(f"logs: {place}")
        raise SystemExit(1)
    if folder is None:
        shutil.rmtree(place)


def _write(found: Report, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_bytes(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    (folder / "README.md").write_text(page(found))


def _say(text: str) -> None:
    click.echo(f"{time.strftime('%H:%M:%S')} {text}")


if __name__ == "__main__":
    main()
