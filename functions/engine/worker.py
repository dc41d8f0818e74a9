"""Slots that take batches from the queue, compute them in threads and pace emulated ones."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from functions.engine.compute import Batch, run
from functions.engine.job import Done, Job, RefusedError, SkippedError
from functions.engine.loaded import LoadedModel
from functions.engine.queue import Queue, Taken
from functions.errors import PermanentError, UnknownModelError


class Worker:
    """Computes jobs, ``slots`` batches at a time.

    ``started`` is told of every batch that leaves the queue for a slot.
    """

    def __init__(
        self,
        models: Mapping[str, LoadedModel],
        *,
        slots: int,
        queue_limit: int,
        batch_wait_s: float = 0.0,
        mates_wait_s: float = 0.0,
        started: Callable[[Sequence[Job]], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.models = models
        self._clock, self.started = clock, started
        self._queue = Queue(
            queue_limit,
            lambda name: models[name].largest_batch,
            lambda name: models[name].service_s * models[name].factor,
            batch_wait_s,
            mates_wait_s,
        )
        self._waiting: dict[int, asyncio.Future[Done]] = {}
        self._changed = asyncio.Event()
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="slot")
        self._slots = [asyncio.create_task(self._slot()) for _ in range(slots)]

    @property
    def idle(self) -> bool:
        """Whether nothing waits or runs."""
        return not self._waiting

    async def compute(self, job: Job) -> Done:
        """Wait for a slot, compute, return the result.

        Raises:
            PermanentError: the input or the model cannot be used.
            RefusedError: the queue is full.
            TemporaryError: the model cannot answer now.
            SkippedError: the job waited past its use.
        """
        if job.model not in self.models:
            allowed = ", ".join(sorted(self.models))
            raise UnknownModelError(f"model: found {job.model!r}, allowed: {allowed}")
        self._queue.offer(job)
        future: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting[id(job)] = future
        self._changed.set()
        try:
            return await future
        finally:
            self._waiting.pop(id(job), None)

    async def close(self) -> None:
        """Stop the slots; what still waits is answered with a TemporaryError."""
        for task in self._slots:
            task.cancel()
        await asyncio.gather(*self._slots, return_exceptions=True)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(RefusedError("the instance stops"))
        self._threads.shutdown(wait=False)
        for loaded in self.models.values():
            for session in loaded.sessions:
                session.close()

    async def _slot(self) -> None:
        while True:
            taken = self._queue.take(self._clock())
            for job in taken.skipped:
                self._settle(job, SkippedError("its lease or expiry passed while it waited"))
            if taken.batch:
                await self._run(taken.batch)
            else:
                await self._wait(taken)

    async def _wait(self, taken: Taken) -> None:
        self._changed.clear()
        if taken.again_s is None:
            await self._changed.wait()
            return
        try:
            async with asyncio.timeout(max(0.0, taken.again_s - self._clock())):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _run(self, jobs: tuple[Job, ...]) -> None:
        loaded = self.models[jobs[0].model]
        taken_s = self._clock()
        self.started(jobs)
        try:
            async with loaded.borrowed() as session:
                loop = asyncio.get_running_loop()
                begun_s = self._clock()
                batch = await loop.run_in_executor(self._threads, run, loaded.model, session, jobs)
            wall_s = self._clock() - begun_s
        except Exception as error:  # noqa: BLE001 - a slot must survive whatever a model raises
            reason = PermanentError(f"model {loaded.model.name} failed: {error!r:.300}")
            for job in jobs:
                self._settle(job, reason)
            return
        loaded.took(wall_s)
        pace_s = await self._pace(loaded, batch, wall_s)
        self._answer(jobs, batch, taken_s, pace_s, cold=loaded.computed == 1)

    async def _pace(self, loaded: LoadedModel, batch: Batch, wall_s: float) -> float:
        """Keep the slot until the emulated time is over.

        This machine's own time is the computing thread's processor time where it computes alone,
        since busy neighbours do not stretch that, else the time on the wall. The answer leaves
        after ``factor`` times it, or later if it took longer.
        """
        own_s = batch.cpu_s if loaded.threads == 1 else wall_s
        pause_s = loaded.factor * own_s - wall_s
        if loaded.factor <= 1.0 or pause_s <= 0.0:
            return 0.0
        begun_s = self._clock()
        await asyncio.sleep(pause_s)
        return self._clock() - begun_s

    def _answer(
        self, jobs: tuple[Job, ...], batch: Batch, taken_s: float, pace_s: float, *, cold: bool
    ) -> None:
        for job, result in zip(jobs, batch.results, strict=True):
            if isinstance(result, Exception):
                self._settle(job, result)
                continue
            queue_s = max(0.0, taken_s - job.arrived_s)
            timing = msgspec.structs.replace(result.timing, queue_s=queue_s, pace_s=pace_s)
            done = Done(
                tensors=result.tensors, answer=result.answer, timing=timing, batch=result.batch,
                cold=cold,
            )  # fmt: skip
            self._settle(job, done)

    def _settle(self, job: Job, result: Done | Exception) -> None:
        future = self._waiting.get(id(job))
        if future is None or future.done():
            return
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)
