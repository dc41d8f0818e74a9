"""A watch that goes on whatever happens: lists, watches, resumes, and lists anew where it must."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Final

import msgspec

from k8s.errors import ClusterError, GoneError
from k8s.ports import Change, Cluster, Object, Scope, version_of

_LOG: Final = logging.getLogger("synergai.k8s")
_FIRST_S: Final = 0.2
_MOST_S: Final = 10.0


class Listed(msgspec.Struct, frozen=True):
    """Everything there is; what was known and is not among it is gone."""

    items: Sequence[Object]


News = Listed | Change


class Pause:
    """Waits ever longer until something works again; times in seconds.

    ``draw`` gives a number from 0 to 1: half of each wait is left to chance, so that not all who
    lost the server come back at once.
    """

    def __init__(
        self,
        sleep: Callable[[float], Awaitable[None]],
        draw: Callable[[], float],
        first_s: float = _FIRST_S,
        most_s: float = _MOST_S,
    ) -> None:
        self._sleep = sleep
        self._draw = draw
        self._first_s = first_s
        self._most_s = most_s
        self._next_s = first_s

    async def wait(self) -> None:
        """Wait, and longer the next time."""
        span_s = self._next_s
        self._next_s = min(self._most_s, 2 * span_s)
        await self._sleep(span_s * (0.5 + 0.5 * self._draw()))

    def over(self) -> None:
        """It works: the next wait is short again."""
        self._next_s = self._first_s


class Followed:
    """One scope, followed for as long as somebody iterates."""

    def __init__(self, cluster: Cluster, scope: Scope, pause: Pause) -> None:
        self._cluster = cluster
        self._scope = scope
        self._pause = pause
        self._version = ""
        self.away = False
        """Whether the API server does not answer."""
        self.listed = 0
        """How often everything was listed."""

    async def news(self) -> AsyncGenerator[News]:
        """First everything, then each change; everything again where a change may be missed.

        Raises:
            ForbiddenError, MissingKindError: waiting does not help.
        """
        while True:
            try:
                if not self._version:
                    yield await self._list()
                told = False
                watch = self._cluster.watch(self._scope, self._version)
                async with aclosing(watch):
                    async for change in watch:
                        told = True
                        self._back()
                        self._version = version_of(change.object) or self._version
                        if change.type != "BOOKMARK":
                            yield change
                if not told:  # closed at once: by the server's time, or by a rude one between
                    await self._pause.wait()
            except GoneError:
                self._version = ""
            except ClusterError as error:
                self._lost(error)
                await self._pause.wait()

    async def _list(self) -> Listed:
        found = await self._cluster.list(self._scope)
        self._back()
        self._version = found.version
        self.listed += 1
        return Listed(found.items)

    def _lost(self, error: ClusterError) -> None:
        if not self.away:
            _LOG.warning("%s; trying on", error)
        self.away = True

    def _back(self) -> None:
        if self.away:
            _LOG.warning("%s: is watched again", self._scope.kind.name)
        self.away = False
        self._pause.over()
