"""The broker of replay tests in a container."""

from collections.abc import Iterator

import pytest

from streams.errors import BrokerError
from streams.stack.free_ports import free_ports
from streams.testing import brokers
from streams.worker.admin import present_topics
from tests.support.containers import broker_image, image

pytestmark = [pytest.mark.containers, pytest.mark.slow]


@pytest.fixture
def built(engine: None, run_id: str) -> Iterator[str]:
    """An image of a broker."""
    name = f"synergai-test-replay-broker-{run_id}"
    with image.kept(name, broker_image.build):
        yield name


async def test_it_answers_where_it_says(built: str) -> None:
    """The address leads to a broker inside the ``with``, and to none after it."""
    (port,) = free_ports(1)
    command = broker_image.advertised(port)
    with brokers.contained(built, command, port) as bootstrap:
        assert bootstrap == f"127.0.0.1:{port}"
        assert await present_topics(bootstrap) == {}
    with pytest.raises(BrokerError):
        await present_topics(bootstrap, 1.0)


def test_an_image_that_is_not_there(engine: None) -> None:
    """It is said which, and that it does not start."""
    with (
        pytest.raises(BrokerError, match="in a container of nobody/nothing:0 does not start"),
        brokers.contained("nobody/nothing:0"),
    ):
        pytest.fail("it started")
