"""``synergai policy``: how requests may be placed."""

import click

from functions.console import Output, emit, output_option


@click.group()
def policy() -> None:
    """List and show the policies that place requests.

    One is chosen with --policy NAME or NAME:PARAMETER=VALUE,... of app, demo, simulate and up.
    """


@policy.command("list")
@output_option
def list_(output: Output) -> None:
    """List the policies: what each does, where it is from, what of it may be set."""
    from scheduler.registry import names
    from streams.documents.policies import described

    rows = [
        {
            "name": found.name,
            "what": found.what,
            "source": found.source,
            "parameters": [parameter.name for parameter in found.parameters],
        }
        for found in map(described, names())
    ]
    brief = [{"name": row["name"], "what": row["what"]} for row in rows]
    emit(rows if output == "json" else brief, output, "policies")


@policy.command()
@click.argument("name")
@output_option
def show(name: str, output: Output) -> None:
    """Show a policy: its source, its rule, and its parameters with what is allowed."""
    import msgspec

    from streams.documents.policies import described

    found = described(name)
    if output == "json":
        emit([msgspec.to_builtins(found)], output)
        return
    click.echo(f"{found.name}: {found.what}\n\nSource: {found.source}\n\n{found.rule}\n")
    emit([msgspec.to_builtins(parameter) for parameter in found.parameters], output, "parameters")
