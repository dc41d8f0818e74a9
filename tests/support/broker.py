"""One embedded broker for all Kafka tests of a run."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import platformdirs
import pytest

from streams.broker.options import BrokerOptions
from streams.broker.running import RunningBroker, start


class Bootstrap(Protocol):
    """What most tests need of a broker."""

    @property
    def bootstrap(self) -> str:
        """Host and port."""


def cache() -> Path:
    """The cache a user's own commands use: tests fetch nothing twice."""
    return Path(os.environ.get("SYNERGAI_CACHE") or platformdirs.user_cache_dir("synergai"))


def options(data: Path) -> BrokerOptions:
    """Options of a broker for tests."""
    jars = os.environ.get("SYNERGAI_KAFKA_JARS")
    return BrokerOptions(cache=cache(), data=data, jars=Path(jars) if jars else None)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBroker]:
    """The shared broker; tests that kill it must start it again."""
    running = start(options(tmp_path_factory.mktemp("broker")))
    yield running
    running.stop()


@pytest.fixture
def topic_prefix() -> str:
    """A prefix that no other test uses."""
    return f"t{uuid.uuid4().hex[:10]}"
