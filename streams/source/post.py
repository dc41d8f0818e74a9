"""The sender over aiohttp."""

from types import TracebackType
from typing import Self

import aiohttp

from streams.source.ports import TransportError
from streams.source.schema import Delivery, Event


class HttpSender:
    """Keeps connections open; used as a context manager inside a running loop."""

    def __init__(self, delivery: Delivery) -> None:
        self._timeout = aiohttp.ClientTimeout(total=delivery.timeout_s)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=self._timeout,
            skip_auto_headers=("Content-Type", "User-Agent"),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def post(self, url: str, event: Event) -> int:
        """The status of the answer, whose body is discarded.

        Raises:
            TransportError: no answer came.
        """
        if self._session is None:
            raise TransportError("the sender is not open")
        try:
            async with self._session.post(
                url, data=event.body, headers=event.headers, allow_redirects=False
            ) as answer:
                await answer.read()
                return answer.status
        except aiohttp.ClientConnectorError as error:
            raise TransportError(str(error), refused=True) from None
        except TimeoutError:
            raise TransportError("no answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise TransportError(str(error) or type(error).__name__) from None
