"""Ctrl-C and SIGTERM: the first stops what is under way, later ones find it stopping."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class StopAskedError(KeyboardInterrupt):
    """The user asked this process to end; event loops let a KeyboardInterrupt pass."""


@contextmanager
def stoppable(told: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Inside the ``with`` SIGINT and SIGTERM raise StopAskedError, once, in the main thread.

    ``told`` is called before, since stopping takes a while.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        for each in before:
            signal.signal(each, _ignored)
        told()
        raise StopAskedError

    try:
        for number in before:
            signal.signal(number, stop)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignored(number: int, frame: FrameType | None) -> None:
    """Stopping already, within bounds."""
