"""Repeats join what is running or get a recent answer; best effort, bounded."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from functions.errors import PermanentError

T = TypeVar("T")


class _GivenUpError(Exception):
    """The computation that others had joined was cancelled."""


class Repeats(Generic[T]):
    """Results by identity: those being made, and the last ``kept`` that were made."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._running: dict[str, asyncio.Future[T]] = {}
        self._recent: OrderedDict[str, T] = OrderedDict()

    async def once(self, identity: str, make: Callable[[], Awaitable[T]]) -> tuple[T, bool]:
        """The result of ``make``, and whether it is a repeat's; an error is nobody's answer.

        A repeat that joins a computation shares its permanent error; any other end (no place in
        the queue, a lease that was over) was the other's own, and the repeat tries by itself.
        """
        while identity not in self._recent:
            if identity not in self._running:
                return await self._first(identity, make), False
            try:
                return await asyncio.shield(self._running[identity]), True
            except PermanentError:
                raise
            except Exception:  # noqa: BLE001, S112 - whatever it was, it was the other's
                continue
        self._recent.move_to_end(identity)
        return self._recent[identity], True

    async def _first(self, identity: str, make: Callable[[], Awaitable[T]]) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._running[identity] = future
        try:
            result = await make()
        except BaseException as error:
            future.set_exception(error if isinstance(error, Exception) else _GivenUpError())
            raise
        finally:
            del self._running[identity]
        future.set_result(result)
        self._remember(identity, result)
        return result

    def _remember(self, identity: str, result: T) -> None:
        self._recent[identity] = result
        while len(self._recent) > self._kept:
            self._recent.popitem(last=False)
