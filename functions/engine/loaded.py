"""Models in memory: sessions to borrow, and how long they are known to take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from functions.ports import Model, Runtime, Session

_WEIGHT: Final = 0.2
"""Of the newest time in the running mean."""


@dataclass(kw_only=True)
class LoadedModel:
    """A model with its sessions; each is used by one thread at a time."""

    model: Model
    sessions: tuple[Session, ...]
    threads: int
    load_s: float
    largest_batch: int
    factor: float = 1.0
    """Emulation: the answer takes so many times this machine's own time."""
    service_s: float = 0.0
    computed: int = 0
    _free: "asyncio.Queue[Session]" = field(default_factory=asyncio.Queue)

    def __post_init__(self) -> None:
        for session in self.sessions:
            self._free.put_nowait(session)

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[Session]:
        """A session for the time of the ``with``."""
        session = await self._free.get()
        try:
            yield session
        finally:
            self._free.put_nowait(session)

    def took(self, service_s: float) -> None:
        """Remember what a batch took."""
        self.computed += 1
        first = self.computed == 1
        self.service_s += (service_s - self.service_s) * (1.0 if first else _WEIGHT)


def load(
    model: Model, runtime: Runtime, *, threads: int, sessions: int, batch: int, factor: float,
    load_s: float = 0.0,
) -> LoadedModel:  # fmt: skip
    """Open so many sessions of a model."""
    opened = tuple(runtime.load(model.file, threads) for _ in range(sessions))
    return LoadedModel(
        model=model, sessions=opened, threads=threads, load_s=load_s, factor=factor,
        largest_batch=min(batch, model.max_batch),
    )  # fmt: skip
