"""``synergai k8s``: a lazy table of what can be done with a cluster."""

import importlib
from collections.abc import Mapping
from typing import Final

import click

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "apply": (
        "k8s.commands.apply:apply",
        "Apply a deployment file to a cluster, and wait until it is ready.",
    ),
    "status": ("k8s.commands.status:status", "Show pools with revisions, nodes and scale."),
    "remove": ("k8s.commands.remove:remove", "Drain a deployment's pools and remove it."),
    "controller": (
        "streams.commands.controller:controller",
        "Warm pools before the requests that need them arrive.",
    ),
    "render": ("k8s.commands.render:render", "Write the objects that a deployment file means."),
    "validate": (
        "k8s.commands.validate:validate",
        "Say what a cluster with Knative would refuse, without one.",
    ),
}


class LazyGroup(click.Group):
    """Imports a subcommand only when it is used, so that help stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Every name of the table, in its order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command behind ``cmd_name``, or None."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table's own sentences, so that help imports nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup)
def k8s() -> None:
    """Run SynergAI on Kubernetes with Knative."""
