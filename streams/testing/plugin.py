"""The pytest plugin: options and fixtures; everything else is imported when one is used."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from streams.testing.replays import Replays

_BROKER = "--synergai-broker"
_IMAGE = "--synergai-kafka-image"
_USUAL_IMAGE = "apache/kafka:4.1.0"


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--synergai-broker``, ``--synergai-kafka-image``, and the ini value ``synergai_stack``."""
    group = parser.getgroup("synergai")
    group.addoption(
        _BROKER,
        default="process",
        metavar="process|container|HOST:PORT",
        help="Kafka of the synergai fixtures: one started here, one in Docker, or one that runs.",
    )
    group.addoption(
        _IMAGE,
        default=_USUAL_IMAGE,
        metavar="IMAGE",
        help=f"Of {_BROKER}=container (default: {_USUAL_IMAGE}).",
    )
    parser.addini("synergai_stack", "Stack file of the synergai fixtures, from the root folder.")


@pytest.fixture(scope="session")
def synergai_broker(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of the Kafka that all tests share."""
    from streams.testing.quietly import import_kafka

    import_kafka()
    from streams.testing import brokers

    asked, image = pytestconfig.getoption(_BROKER), pytestconfig.getoption(_IMAGE)
    folder = tmp_path_factory.mktemp("synergai-broker")
    with brokers.opened(asked, image, folder) as bootstrap:
        yield bootstrap


@pytest.fixture(scope="session")
def synergai_stack(pytestconfig: pytest.Config) -> Path | None:
    """Stack file where a test names none: the ini value, or None; override it as you like."""
    named = pytestconfig.getini("synergai_stack")
    return pytestconfig.rootpath / named if named else None


@pytest.fixture
def synergai(
    request: pytest.FixtureRequest,
    synergai_stack: Path | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> "Iterator[Replays]":
    """Replays of one test: topics of its own, a stack that is started when one is needed."""
    yield from _replays(request, synergai_stack, tmp_path_factory, request.path.parent)


@pytest.fixture(scope="session")
def synergai_session(
    request: pytest.FixtureRequest,
    synergai_stack: Path | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> "Iterator[Replays]":
    """The same for all tests: a stack stays while the next test asks for the same one."""
    yield from _replays(request, synergai_stack, tmp_path_factory, request.config.rootpath)


def _replays(
    request: pytest.FixtureRequest,
    stack: Path | None,
    folders: pytest.TempPathFactory,
    here: Path,
) -> "Iterator[Replays]":
    from streams.testing.replays import Replays

    made = Replays(
        lambda: str(request.getfixturevalue("synergai_broker")),
        lambda: folders.mktemp("synergai"),
        stack,
        here,
    )
    try:
        yield made
    finally:
        made.stop()
