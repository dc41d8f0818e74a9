"""One broker container and the two images for all tests of this folder."""

import uuid
from collections.abc import Iterator
from functools import partial

import pytest
from testcontainers.core.network import Network

from tests.support.containers import broker_image, function_image, image, running
from tests.support.containers.engine import REQUIRED, why_absent

MODELS = ("magika",)


@pytest.fixture(scope="session")
def engine() -> None:
    """Skip visibly where no Docker engine answers; fail where one is required."""
    absent = why_absent()
    if absent and REQUIRED:
        pytest.fail(f"SYNERGAI_REQUIRE_CONTAINERS=1, but {absent}")
    if absent:
        pytest.skip(absent)


@pytest.fixture(scope="session")
def run_id() -> str:
    """Tells the images of this run from those of another."""
    return uuid.uuid4().hex[:8]


@pytest.fixture(scope="session")
def network(engine: None) -> Iterator[Network]:
    """Where broker and functions see each other."""
    with running.network() as made:
        yield made


@pytest.fixture(scope="session")
def kafka(run_id: str, network: Network) -> Iterator[str]:
    """A broker in a container: its ``host:port`` on this machine."""
    name = f"synergai-test-broker-{run_id}"
    with image.kept(name, broker_image.build), running.broker(name, network) as bootstrap:
        yield bootstrap


@pytest.fixture(scope="session")
def function(run_id: str, engine: None) -> Iterator[str]:
    """The name of the function's image; it serves ``MODELS``."""
    name = f"synergai-test-function-{run_id}"
    with image.kept(name, partial(function_image.build, models=MODELS)):
        yield name
