"""Where commands connect to: a flag, the environment, or the local stack that is running."""

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

_CONNECT_S: Final = 5.0


def bootstrap_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--bootstrap``."""
    return click.option(
        "--bootstrap",
        metavar="HOST:PORT",
        help="Kafka; otherwise SYNERGAI_KAFKA_BOOTSTRAP, otherwise the running local stack.",
    )(command)


def tenant_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--tenant`` and ``--prefix``."""
    tenant = click.option("--tenant", default="default", show_default=True)
    prefix = click.option("--prefix", help="Of the topics; otherwise SYNERGAI_TOPIC_PREFIX.")
    return tenant(prefix(command))


def found_bootstrap(flag: str | None) -> str:
    """The broker to use.

    Raises:
        StreamsError: none is named and no local stack is running; says what would help.
    """
    from streams.errors import StreamsError
    from streams.settings import from_environment

    settings = from_environment(kafka_bootstrap=flag)
    if settings.kafka_bootstrap:
        return settings.kafka_bootstrap
    found = _running_stack(settings.data / "stack.json")
    if not found:
        raise StreamsError(
            "no Kafka to connect to: found no --bootstrap, no SYNERGAI_KAFKA_BOOTSTRAP and no "
            "running local stack; start one with: synergai up"
        )
    return found


def reached(flag: str | None) -> str:
    """The broker to use, which answers: that it does not is said at once, and by us alone.

    Raises:
        BrokerError: nobody listens there.
    """
    from streams.client.address import check

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    found = found_bootstrap(flag)
    check(found, _CONNECT_S)
    return found


def quiet() -> None:
    """Keep kafka-python's own log off the terminal: what matters is said by our errors."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)


def _running_stack(file: Path) -> str:
    """The broker that ``synergai up`` wrote down, if that process is still there."""
    try:
        found = json.loads(file.read_bytes())
        os.kill(int(found["pid"]), 0)
        return str(found["bootstrap"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
