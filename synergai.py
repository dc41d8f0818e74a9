"""The command line: one lazy table of subcommands; nothing imports this file."""

from typing import Final

import click

from k8s.commands.lazy import LazyGroup, Table

COMMANDS: Final[Table] = {
    "demo": (
        "streams.commands.demo:demo",
        "Replay a minute of real traffic on three architectures.",
    ),
    "up": ("streams.commands.up:up", "Run broker, app, sources and pools on this machine."),
    "submit": ("streams.commands.submit:submit", "Send one request and print its answer."),
    "status": ("streams.commands.status:status", "Show pools, instances and recent outcomes."),
    "record": ("streams.commands.record:record", "Write requests with their times to a file."),
    "replay": ("streams.commands.replay:replay", "Play a recording, live or on a virtual clock."),
    "audit": ("streams.commands.audit:audit", "Prove that every request has exactly one outcome."),
    "compare": ("streams.commands.compare:compare", "Compare two runs of the same requests."),
    "trace": ("streams.commands.trace:trace", "Show what happened to one request, step by step."),
    "explain": (
        "streams.commands.trace:explain",
        "Say why a request went where it went, and what made it late.",
    ),
    "topics": ("streams.commands.topics:topics", "List, create or check the topics."),
    "dlq": ("streams.commands.dlq:dlq", "List, show, redrive or purge dead letters."),
    "app": ("streams.commands.app:app", "Run one worker of the stream processor."),
    "source": ("streams.commands.source:source", "Run the local event source."),
    "function": ("functions.commands.function:function", "Run one inference function."),
    "model": ("functions.commands.model:model", "List, pull and show models."),
    "profile": ("functions.commands.profile:profile", "Measure, check and show profiles."),
    "k8s": ("k8s.commands.k8s:k8s", "Run a deployment on Kubernetes with Knative."),
    "simulate": (
        "streams.commands.simulate:simulate",
        "Compare policies on scenario files, on a virtual clock.",
    ),
    "policy": ("streams.commands.policy:policy", "List and show how requests may be placed."),
    "completion": (
        "streams.commands.completion:completion",
        "Print what makes a shell complete commands and options.",
    ),
}


class Main(LazyGroup):
    """Turns a failure into a message and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a mistake becomes one message and an exit code, no stack trace."""
        from functions.errors import PermanentError, TemporaryError
        from k8s.errors import ClusterError, K8sError, NotReadyError
        from profiles.errors import ProfileError
        from scheduler.errors import SchedulerError
        from streams.errors import BrokerError, StackError, StreamsError

        try:
            return super().invoke(ctx)
        except (BrokerError, StackError, TemporaryError, ClusterError, NotReadyError) as error:
            code, message = 1, str(error)
        except (StreamsError, PermanentError, ProfileError, SchedulerError, K8sError) as error:
            code, message = 2, str(error)
        failure = click.ClickException(message)
        failure.exit_code = code
        raise failure


@click.group(cls=Main, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="synergai")
def main() -> None:
    """Run AI inference requests across unlike machines, so that they meet their deadlines."""


if __name__ == "__main__":
    main()
