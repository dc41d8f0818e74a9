"""The seam between an instance and Kafka."""

from typing import Protocol

import msgspec

from functions.cloudevents import CloudEvent


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """An event to be produced; ``partition`` None: by the key."""

    topic: str
    key: bytes
    event: CloudEvent
    partition: int | None = None


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Where a report was appended."""

    partition: int
    offset: int


class Reporter(Protocol):
    """Produces reports; each is acknowledged when the call returns."""

    async def send(self, report: Report) -> Receipt:
        """Append and wait for the acknowledgement.

        Raises:
            TemporaryError: Kafka does not take it now.
            PermanentError: Kafka will never take it (too large, unknown topic).
        """

    def broker_time_s(self) -> float:
        """POSIX seconds on the broker's clock, as far as it is known."""
