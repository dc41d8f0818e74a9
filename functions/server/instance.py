"""One instance as its routes see it: open or not, what it holds, how it computes."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from functions.claims.fetching import Claims, Fetch, fetch
from functions.engine.job import Done, Job, RefusedError, SkippedError
from functions.engine.loaded import LoadedModel
from functions.engine.worker import Worker
from functions.errors import PermanentError, TemporaryError, UnknownModelError
from functions.reporting.holdings import Holdings
from functions.server.metrics import Metrics
from functions.settings import FunctionSettings

_RETRY_S: Final = 1.0


class Instance:
    """``changed`` is told whenever what is held, or the state, changes."""

    def __init__(
        self,
        settings: FunctionSettings,
        worker: Worker,
        holdings: Holdings,
        metrics: Metrics,
        changed: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        *,
        fetch: Fetch = fetch,
    ) -> None:
        self.settings, self.metrics, self.clock = settings, metrics, clock
        self._worker, self._holdings, self._changed = worker, holdings, changed
        largest, patience_s = settings.claim_check_bytes, settings.claim_check_s
        self.claims = Claims(settings.claim_checks, largest, patience_s, fetch)
        self._empty = asyncio.Event()
        self._empty.set()
        worker.started = self._started

    @property
    def ready(self) -> bool:
        """Whether it takes requests."""
        return self._holdings.state == "ready"

    @property
    def models(self) -> tuple[str, ...]:
        """Names, sorted."""
        return tuple(sorted(self._worker.models))

    def loaded(self, name: str) -> LoadedModel:
        """The model called ``name``.

        Raises:
            UnknownModelError: lists what there is.
        """
        if name not in self._worker.models:
            allowed = ", ".join(self.models) or "none"
            raise UnknownModelError(f"model: found {name[:80]!r}, allowed: {allowed}")
        return self._worker.models[name]

    def open(self) -> None:
        """Begin to take requests."""
        self._holdings.state = "ready"
        self._changed()

    async def drain(self) -> None:
        """Take nothing more; returns when everything that was taken has ended."""
        self._holdings.state = "draining"
        self._changed()
        await self._empty.wait()

    def check_open(self) -> None:
        """Refuse work that cannot be taken.

        Raises:
            RefusedError: the instance starts or drains.
        """
        if not self.ready:
            raise RefusedError(f"the instance is {self._holdings.state}", after_s=_RETRY_S)

    @contextmanager
    def held(self, identity: str, attempt: int, model: str) -> Iterator[None]:
        """List an attempt for the time of the ``with``."""
        self._holdings.accept(identity, attempt, model, self.clock())
        self._update()
        try:
            yield
        finally:
            self._holdings.release(identity, attempt)
            self._update()

    async def compute(self, job: Job) -> Done:
        """Wait, compute, count.

        Raises:
            PermanentError: the input or the model cannot be used.
            RefusedError: the queue is full.
            TemporaryError: the model cannot answer now.
            SkippedError: the job waited past its use.
        """
        try:
            done = await self._worker.compute(job)
        except (PermanentError, TemporaryError, SkippedError) as error:
            self.metrics.ended(job.model, _outcome(error))
            raise
        self.metrics.computed(job.model, done.timing)
        self.metrics.ended(job.model, "answered")
        return done

    def _started(self, jobs: Sequence[Job]) -> None:
        self._holdings.start([str(job.key) for job in jobs], self.clock())
        self._changed()

    def _update(self) -> None:
        count = len(self._holdings)
        self.metrics.holds(count)
        if count:
            self._empty.clear()
        else:
            self._empty.set()
        self._changed()


def _outcome(error: Exception) -> str:
    if isinstance(error, SkippedError):
        return "skipped"
    return "refused" if isinstance(error, RefusedError) else "failed"
