"""Runs the searches of a policy in the background and hands their results back."""

import asyncio
import logging
import time
from pathlib import Path
from typing import Any, Final

from scheduler.policy import Policy, Search, Tunable
from streams.errors import StreamsError
from streams.worker.clock import WorkerClock
from streams.worker.metrics import Metrics

_LOG: Final = logging.getLogger("synergai.app")
_SHARE: Final = 0.2
"""Of one core, at most, over time: after a long search the next one that is due waits."""


class Tuner:
    """One search at a time, in a thread; what it finds is kept in ``file`` if there is one."""

    def __init__(
        self, policy: Policy, file: Path | None, clock: WorkerClock, metrics: Metrics
    ) -> None:
        self._policy = policy if isinstance(policy, Tunable) else None
        self._file = file
        self._clock = clock
        self._metrics = metrics
        self._running: asyncio.Task[tuple[Any, float]] | None = None
        self._next_s = float("-inf")

    def restore(self) -> None:
        """Go by what an earlier run has found.

        Raises:
            StreamsError: the file cannot be read.
            SchedulerError: it holds something else.
        """
        if self._policy is None or self._file is None or not self._file.exists():
            return
        try:
            self._policy.restore(self._file.read_bytes())
        except OSError as error:
            raise StreamsError(f"tuning_file {self._file}: {error.strerror}") from None

    def check(self) -> None:
        """Take over what a search has found, begin the one that is due; to be called often."""
        if self._policy is None:
            return
        now_s = self._clock.now_s()
        if self._running is not None and self._running.done():
            found, cpu_s = self._running.result()
            self._running = None
            self._next_s = now_s + cpu_s * (1 / _SHARE - 1)
            self._policy.tuned(found, now_s)
            self._metrics.tuning.inc(cpu_s)
            self._keep(self._policy.state())
            _LOG.info("policy tuned, %.1f s of CPU", cpu_s)
        if self._running is None and now_s >= self._next_s:
            self._begin(self._policy)

    def _begin(self, policy: Tunable) -> None:
        search = policy.tuning()
        if search is not None:
            self._running = asyncio.create_task(asyncio.to_thread(_timed, search))

    def _keep(self, state: bytes) -> None:
        if self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            partial = self._file.with_suffix(".partial")
            partial.write_bytes(state)
            partial.replace(self._file)
        except OSError as error:
            _LOG.warning("tuning_file %s: %s; goes on without", self._file, error.strerror)


def _timed(search: Search) -> tuple[Any, float]:
    """What the search finds, and its CPU time in seconds."""
    before_s = time.thread_time()
    found = search.run()
    return found, time.thread_time() - before_s
