"""``synergai dlq``: what could not be served, and how to put it right."""

import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

import click

from functions.console import Output, emit, output_option
from streams.commands import letters as form
from streams.commands.connection import bootstrap_option, tenant_options
from streams.commands.duration import DURATION

if TYPE_CHECKING:
    from streams.deadletters.chosen import Wanted
    from streams.deadletters.letter import Letter
    from streams.ports import Outgoing

_STATES: Final = ("open", "redriven", "purged", "all")


def _place(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say where."""
    return tenant_options(bootstrap_option(output_option(command)))


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say which letters."""
    for option in (
        click.option("--limit", type=click.IntRange(1), help="Only the latest so many."),
        click.option("--since", type=DURATION, help="Only what came in the last, e.g. 2h."),
        click.option("--model", default="", help="Only requests for this model."),
        click.option("--reason", default="", help="Only this reason, e.g. unknown-model."),
    ):
        command = option(command)
    return command


@click.group()
def dlq() -> None:
    """List, show, redrive or purge dead letters: requests that could not be served."""


@dlq.command("list")
@_filters
@click.option("--state", type=click.Choice(_STATES), default="open", show_default=True)
@_place
def list_letters(
    *, state: str, tenant: str, prefix: str | None, bootstrap: str | None, output: Output,
    **which: Any,
) -> None:  # fmt: skip
    """Show dead letters, the oldest first. What was redriven or purged is left out."""
    from streams.commands.letterbox import Letterbox
    from streams.deadletters.chosen import chosen

    with Letterbox(tenant, prefix, bootstrap).reading() as (_, found):
        entries = chosen(found.entries, _wanted(states=_states(state), **which))
    emit([form.row(e) if output == "json" else form.short(e, state) for e in entries], output)


@dlq.command()
@click.argument("name", metavar="ID")
@click.option("--payload", metavar="FILE", help="Write the original bytes here; - is the output.")
@_place
def show(
    *, name: str, payload: str | None, tenant: str, prefix: str | None, bootstrap: str | None,
    output: Output,
) -> None:  # fmt: skip
    """Show one dead letter, by request id (the latest of it) or position."""
    from streams.commands.letterbox import Letterbox
    from streams.deadletters.chosen import check_ids, chosen

    with Letterbox(tenant, prefix, bootstrap).reading() as (reading, found):
        check_ids(found.entries, [name])
        entry = chosen(found.entries, _wanted(ids=(name,), states=_states("all")))[-1]
        place = (entry.letter.partition, entry.letter.offset)
        value = reading.record(*place).value if payload else b""
    if payload:
        form.write_payload(payload, entry.letter, value)
    if payload != "-":
        emit([form.whole(entry)] if output == "json" else form.lines(entry), output)


@dlq.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@_filters
@click.option("--all", "everything", is_flag=True, help="Every open dead letter.")
@click.option("--deadline-in", type=DURATION, help="Deadline from now; default: as it was.")
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE",
              help="Replace an attribute of the event, e.g. subject=magika.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be sent; send nothing.")
@_place
def redrive(
    *, ids: tuple[str, ...], everything: bool, deadline_in: float | None,
    changes: tuple[str, ...], dry_run: bool, tenant: str, prefix: str | None,
    bootstrap: str | None, output: Output, **which: Any,
) -> None:  # fmt: skip
    """Send dead letters again, under their own ids. Exit code 1: some could not be sent.

    A letter is sent once: redriving it again does nothing. What was malformed is put right with
    --set; a deadline is as far away as it was when the request was first sent.
    """
    from streams.commands.letterbox import Letterbox
    from streams.deadletters.chosen import DONE, check_ids, chosen
    from streams.deadletters.handling import redrive as send_again

    _some(ids, everything, which)
    box = Letterbox(tenant, prefix, bootstrap)
    changed, refused = form.changes(changes), False

    def make(letter: "Letter", value: bytes) -> "Outgoing":
        from streams.deadletters.redrive import redriven

        made = redriven(
            letter, value, now_s=time.time(), deadline_in_s=deadline_in, changes=changed
        )
        box.check(letter, made)
        return made

    with nullcontext() if dry_run else box.sending() as sending, box.reading() as (reading, found):
        check_ids(found.entries, ids)
        entries = chosen(found.entries, _wanted(ids=ids, **which))
        done = chosen(found.entries, _wanted(ids=ids, states=DONE)) if ids else []
        rows = [form.not_open(entry) for entry in done]
        try:  # what was sent is told of even if the broker goes away half-way
            for result in send_again(reading, entries, make, sending):
                rows.append(form.sent(result, dry_run=dry_run))
                refused = refused or result.request is None
        finally:
            emit(rows, output)
    sys.exit(1 if refused else 0)


@dlq.command()
@click.argument("ids", metavar="[ID]...", nargs=-1)
@_filters
@click.option("--all", "everything", is_flag=True, help="Every dead letter.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_place
def purge(
    *, ids: tuple[str, ...], everything: bool, yes: bool, tenant: str, prefix: str | None,
    bootstrap: str | None, output: Output, **which: Any,
) -> None:  # fmt: skip
    """Put dead letters away for good, redriven ones too.

    Kafka deletes from the front of a partition only: what lies behind a letter that is kept is
    hidden at once, and its bytes go when the front does or the topic's retention ends.
    """
    from streams.commands.letterbox import Letterbox
    from streams.deadletters.chosen import THERE, check_ids, chosen
    from streams.deadletters.handling import purge as put_away

    _some(ids, everything, which)
    box = Letterbox(tenant, prefix, bootstrap)
    with box.sending() as sending, box.reading() as (reading, found):
        check_ids(found.entries, ids)
        entries = chosen(found.entries, _wanted(ids=ids, states=THERE, **which))
        if entries and not yes:
            click.confirm(
                f"purge {len(entries)} dead letters of {box.topic}?", abort=True, err=True
            )
        put_away(box.topic, entries, sending)
        before = box.delete_front(found, entries, reading.ends)
    emit([form.purged(entry, before) for entry in entries], output)


def _wanted(*, since: float | None = None, **fields: Any) -> "Wanted":
    from streams.deadletters.chosen import Wanted

    return Wanted(since_s=time.time() - since if since else 0.0, **fields)


def _states(state: str) -> frozenset[str]:
    return frozenset(_STATES[:3] if state == "all" else [state])


def _some(ids: tuple[str, ...], everything: bool, which: dict[str, Any]) -> None:
    if not everything and not ids and not any(which.values()):
        raise click.UsageError("say which: an ID, --reason, --model, --since, --limit, or --all")
