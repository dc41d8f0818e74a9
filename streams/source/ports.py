"""The seam between delivery and HTTP."""

from typing import Protocol

from streams.source.schema import Event


class TransportError(Exception):
    """No answer came; ``refused`` tells that no connection was made at all."""

    def __init__(self, message: str, *, refused: bool = False) -> None:
        """Keep the message and whether the connection was refused."""
        super().__init__(message)
        self.refused = refused


class Sender(Protocol):
    """Posts one event to one instance."""

    async def post(self, url: str, event: Event) -> int:
        """The status of the answer, whose body is discarded.

        Raises:
            TransportError: no answer came.
        """
