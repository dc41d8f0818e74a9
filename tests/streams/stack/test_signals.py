"""Ctrl-C and SIGTERM."""

import asyncio
import os
import signal
import time

import pytest

from streams.stack.signals import StopAskedError, stoppable


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_interrupts_and_the_next_are_ignored(number: signal.Signals) -> None:
    """Stopping is not interrupted; afterwards signals mean what they meant."""
    before, told = signal.getsignal(number), list[str]()
    with stoppable(lambda: told.append("stopping")):
        with pytest.raises(StopAskedError):
            _kill(number)
        _kill(number)
    assert told == ["stopping"]
    assert signal.getsignal(number) is before


def test_an_event_loop_ends_too() -> None:
    """Waiting for Kafka is no reason not to stop."""

    async def work() -> None:
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
        await asyncio.sleep(60)

    with stoppable(), pytest.raises(StopAskedError):
        asyncio.run(work())


def _kill(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)
    time.sleep(0.01)  # where a handler of Python runs
