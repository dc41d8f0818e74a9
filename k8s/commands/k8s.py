"""``synergai k8s``: a lazy table of what can be done with a cluster."""

from typing import Final

import click

from k8s.commands.lazy import LazyGroup, Table

COMMANDS: Final[Table] = {
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


@click.group(cls=LazyGroup, table=COMMANDS)
def k8s() -> None:
    """Run SynergAI on Kubernetes with Knative."""
