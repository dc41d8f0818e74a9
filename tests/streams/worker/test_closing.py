"""Closing clients whose ``stop`` goes wrong."""

import asyncio

import pytest

from streams.worker.closing import close


class Client:
    """Stops in one of several ways."""

    def __init__(self, how: BaseException | None) -> None:
        self.how = how
        self.stopped = False

    async def stop(self) -> None:
        """Stop, or not."""
        await asyncio.sleep(0)
        if self.how is not None:
            raise self.how
        self.stopped = True


async def test_stops() -> None:
    """And waits for it."""
    client = Client(None)
    await close(client)
    assert client.stopped


@pytest.mark.parametrize("how", [asyncio.CancelledError(), RuntimeError("gone"), OSError()])
async def test_nothing_comes_of_a_failing_stop(how: BaseException) -> None:
    """A cancellation inside the client is not ours."""
    await close(Client(how))


async def test_our_own_cancellation_goes_through() -> None:
    """Whoever closes can be ended."""
    closing = asyncio.create_task(close(Client(None)))
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
