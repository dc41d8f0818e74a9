"""The Kafka of replay tests: a process, a container, or one that is there."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from streams.broker.options import silent
from streams.errors import BrokerError, StreamsError
from streams.settings import from_environment
from streams.stack.free_ports import free_ports
from streams.stack.kafka import embedded, reachable

_STARTED: Final = "Kafka Server started"
_START_S: Final = 90
_INSIDE: Final = 9092
_MOST_BYTES: Final = 8 * 1024 * 1024


@contextmanager
def opened(asked: str, image: str, folder: Path) -> Iterator[str]:
    """``host:port`` inside the ``with``; ``asked``: ``process``, ``container`` or an address.

    Raises:
        StreamsError: it is none of these.
        BrokerError: it cannot be started or reached.
    """
    if asked == "process":
        with embedded(from_environment(), folder, silent, usual_port=False) as broker:
            yield broker.bootstrap
    elif asked == "container":
        with contained(image) as bootstrap:
            yield bootstrap
    elif ":" in asked:
        yield reachable(asked)
    else:
        allowed = "process, container or HOST:PORT"
        raise StreamsError(f"--synergai-broker: found {asked!r}, allowed: {allowed}")


@contextmanager
def contained(image: str, command: Sequence[str] | None = None, port: int = 0) -> Iterator[str]:
    """A broker in a container of Apache's image or one that takes the same variables.

    ``command`` replaces the image's own; ``port`` of this machine, 0: a free one.

    Raises:
        BrokerError: testcontainers is not installed, or no Docker engine starts the image.
    """
    try:
        from testcontainers.core.container import DockerContainer  # noqa: PLC0415 - optional
        from testcontainers.core.wait_strategies import LogMessageWaitStrategy  # noqa: PLC0415
    except ImportError as error:
        needed = "needs testcontainers: pip install 'synergai[testing]'"
        raise BrokerError(f"--synergai-broker=container {needed}") from error
    here = port or free_ports(1)[0]
    try:
        made: Any = DockerContainer(image).with_bind_ports(_INSIDE, here)
        made.with_envs(**environment(here))
        if command is not None:
            made.with_command(list(command))
        made.waiting_for(LogMessageWaitStrategy(_STARTED).with_startup_timeout(_START_S)).start()
    except Exception as error:
        raise BrokerError(f"a broker in a container of {image} does not start: {error}") from error
    try:
        yield f"127.0.0.1:{here}"
    finally:
        made.stop()


def environment(port: int) -> Mapping[str, str]:
    """What Apache's image is told: one node that clients find at ``port`` of this machine."""
    named = {
        "node_id": "1",
        "process_roles": "broker,controller",
        "listeners": f"PLAINTEXT://:{_INSIDE},CONTROLLER://:9093",
        "advertised_listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "listener_security_protocol_map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "controller_listener_names": "CONTROLLER",
        "controller_quorum_voters": "1@localhost:9093",
        "offsets_topic_replication_factor": "1",
        "transaction_state_log_replication_factor": "1",
        "transaction_state_log_min_isr": "1",
        "group_initial_rebalance_delay_ms": "0",
        "auto_create_topics_enable": "false",
        "message_max_bytes": str(_MOST_BYTES),
    }
    return {f"KAFKA_{name.upper()}": value for name, value in named.items()}
