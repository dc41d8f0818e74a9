"""What the producers of one instance know of the broker together: its clock, whether it is away."""

import logging
from typing import Final

from functions.reporting.clock import BrokerClock

_LOG: Final = logging.getLogger(__name__)


class Line:
    """Says once that the broker is away, and once that it is back."""

    def __init__(self) -> None:
        self.clock = BrokerClock()
        self._away = False

    def failed(self, error: Exception) -> None:
        """The broker did not answer, or not well."""
        if not self._away:
            _LOG.warning("Kafka is away, trying again: %r", error)
        self._away = True

    def worked(self) -> None:
        """The broker answered."""
        if self._away:
            _LOG.warning("Kafka is back")
        self._away = False
