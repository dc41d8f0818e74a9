"""The Kafka of a stack: somebody's cluster, or a broker of our own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from streams.broker.options import BrokerOptions, Progress
from streams.broker.running import RunningBroker, start
from streams.client.address import check
from streams.settings import Settings
from streams.stack.free_ports import free_ports, is_free
from streams.topics import HEADROOM_BYTES

_USUAL_PORT: Final = 9092
_CONNECT_S: Final = 10.0


def reachable(bootstrap: str) -> str:
    """``bootstrap`` if somebody listens there.

    Raises:
        StreamsError: it is no address.
        BrokerError: nobody listens.
    """
    check(bootstrap, _CONNECT_S)
    return bootstrap


@contextmanager
def embedded(
    settings: Settings, data: Path, progress: Progress, *, usual_port: bool, fresh: bool = False
) -> Iterator[RunningBroker]:
    """A broker of our own on ``data`` inside the ``with``.

    ``usual_port``: 9092 if nobody has it; ``fresh``: without what it held before.

    Raises:
        BrokerError: it cannot be fetched or started, or its data is in use.
    """
    if fresh:
        shutil.rmtree(data, ignore_errors=True)
    usual = usual_port and is_free(_USUAL_PORT)
    options = BrokerOptions(
        cache=settings.cache,
        data=data,
        jars=settings.kafka_jars,
        port=_USUAL_PORT if usual else free_ports(1)[0],
        max_message_bytes=max(8 * 1024 * 1024, settings.max_request_bytes + 2 * HEADROOM_BYTES),
    )
    with start(options, progress) as broker:
        yield broker
