"""A process that ends when its work does, whatever a library's tasks and threads still do."""

import asyncio
import logging
import os
import sys
import threading
import time
from collections.abc import Coroutine
from typing import Any, Final

import uvloop
from aiokafka.errors import KafkaError

from profiles.errors import ProfileError
from scheduler.errors import SchedulerError
from streams.errors import BrokerError, StreamsError

_CANCELLED_S: Final = 1.0
_EXIT_S: Final = 1.0
"""By then other threads have ended, or are given up."""
_MISTAKES: Final = (StreamsError, ProfileError, SchedulerError)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run ``main`` on uvloop, as all loops of this process; tasks that do not end are left behind.

    If a thread then keeps the interpreter from ending, the process is ended anyway.
    """
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())  # Faust's thread makes its own loop
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(_say)
    try:
        loop.run_until_complete(main)
    finally:
        loop.run_until_complete(_cancelled(asyncio.all_tasks(loop)))
        _end_anyway(_code(sys.exc_info()[1]))


def _say(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Leave out what aiokafka's own futures end with: it was raised to whom it concerned."""
    if not isinstance(context.get("exception"), KafkaError):
        loop.default_exception_handler(context)


async def _cancelled(tasks: "set[asyncio.Task[Any]]") -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=_CANCELLED_S)


def _code(error: BaseException | None) -> int:
    """What the command line makes of it."""
    if isinstance(error, BrokerError) or not isinstance(error, _MISTAKES):
        return 1 if error else 0
    return 2


def _end_anyway(code: int) -> None:
    """Once the main thread has said what there is to say, however long that takes."""

    def end() -> None:
        threading.main_thread().join()
        time.sleep(_EXIT_S)
        logging.shutdown()
        os._exit(code)

    threading.Thread(target=end, name="ending", daemon=True).start()
