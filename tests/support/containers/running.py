"""Containers of the two images on a network, and how they end."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from streams.stack.free_ports import free_ports
from tests.support.containers import broker_image, function_image

_START_S = 60
_STOP_S = 60
testcontainers_config.ryuk_disabled = True  # its image would come from a registry


@contextmanager
def network() -> Iterator[Network]:
    """A network of its own, gone after the ``with``."""
    made = Network()
    with closing(made._docker.client), made:
        yield made


@contextmanager
def broker(image: str, joined: Network) -> Iterator[str]:
    """A broker that takes records; its ``host:port`` on this machine."""
    (port,) = free_ports(1)
    made = DockerContainer(image).with_bind_ports(9092, port).with_network(joined)
    made.with_network_aliases("kafka").with_command(broker_image.advertised(port))
    with made.waiting_for(_said(broker_image.STARTED)):
        yield f"127.0.0.1:{port}"


@contextmanager
def function(image: str, joined: Network, environment: Mapping[str, str]) -> Iterator["Function"]:
    """A function that takes requests and knows the broker of its network."""
    (port,) = free_ports(1)
    made = DockerContainer(image).with_bind_ports(function_image.PORT, port).with_network(joined)
    made.with_envs(SYNERGAI_KAFKA_BOOTSTRAP=broker_image.INSIDE, **environment)
    with made.waiting_for(_said(function_image.STARTED)):
        yield Function(made, f"127.0.0.1:{port}")


class Function:
    """A running function and its ``host:port`` on this machine."""

    def __init__(self, container: DockerContainer, address: str) -> None:
        self._container: Any = container.get_wrapped_container()
        self.address = address

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._container.kill("SIGTERM")

    def ended(self) -> int:
        """Wait for its exit code."""
        return int(self._container.wait(timeout=_STOP_S)["StatusCode"])

    def said(self) -> str:
        """What it printed."""
        return str(self._container.logs().decode())


def _said(message: str) -> LogMessageWaitStrategy:
    return LogMessageWaitStrategy(message).with_startup_timeout(_START_S)
