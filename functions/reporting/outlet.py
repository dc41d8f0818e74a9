"""An instance's connections to Kafka: answers do not wait for capacity events."""

from typing import Final

from functions.reporting.announcer import Announcer
from functions.reporting.holdings import Holdings
from functions.reporting.kafka import KafkaReporter
from functions.reporting.line import Line
from functions.settings import FunctionSettings

_HEADROOM_BYTES: Final = 64 * 1024


class Outlet:
    """A producer for results and feedback, and one for capacity; one has one request in flight."""

    def __init__(self, settings: FunctionSettings, holdings: Holdings) -> None:
        line, bootstrap = Line(), settings.kafka_bootstrap
        largest_bytes = settings.max_request_bytes + _HEADROOM_BYTES
        self.reporter = KafkaReporter(bootstrap, largest_bytes, line)
        self._capacity = KafkaReporter(bootstrap, largest_bytes, line)
        self._announcer = Announcer(settings, holdings, self._capacity)
        self._started = False

    async def start(self) -> None:
        """Connect, however long that takes, and begin to announce."""
        await self._capacity.start()
        self._announcer.start()
        self._started = True
        await self.reporter.start()

    def changed(self) -> None:
        """What is held, or the state, changed."""
        self._announcer.changed()

    async def stop(self) -> None:
        """A last capacity event, then disconnect."""
        await self.reporter.stop()
        if self._started:
            await self._announcer.stop()
        await self._capacity.stop()
