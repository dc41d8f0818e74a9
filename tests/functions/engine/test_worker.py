"""The worker over a tiny net: slots, batches, pacing, failures."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from functions import runtimes
from functions.engine.configuration import parse
from functions.engine.job import Direct, Job, Raw, RefusedError, SkippedError
from functions.engine.loaded import LoadedModel, load
from functions.engine.worker import Worker
from functions.errors import InputError, PermanentError, TemporaryError, UnknownModelError
from tests.support.function_models import Doubling, model


def _loaded(folder: Path, batch: int = 1, factor: float = 1.0, slots: int = 1) -> LoadedModel:
    tiny = model(folder)
    runtime = runtimes.get("onnxruntime")
    return load(tiny, runtime, threads=1, sessions=slots, batch=batch, factor=factor)


@asynccontextmanager
async def _worker(loaded: LoadedModel, limit: int = 64) -> AsyncIterator[Worker]:
    worker = Worker({"double": loaded}, slots=len(loaded.sessions), queue_limit=limit)
    try:
        yield worker
    finally:
        _doubling(loaded).gate.set()
        await worker.close()


def _doubling(loaded: LoadedModel) -> Doubling:
    return cast("Doubling", loaded.model.processing)


def _raw(body: bytes = b"1 2 3 4", useless_after_s: float = float("inf")) -> Job:
    work = Raw(body=body, media_type="text/plain")
    arrived_s = time.monotonic()
    return Job(model="double", work=work, arrived_s=arrived_s, useless_after_s=useless_after_s)


def _direct(rows: int) -> Job:
    work = Direct(tensors={"x": np.full((rows, 4), rows, np.float32)})
    return Job(model="double", work=work, arrived_s=time.monotonic())


async def _held_up(worker: Worker, loaded: LoadedModel) -> "asyncio.Task[object]":
    """Start one computation that waits at the gate."""
    started = asyncio.Event()
    worker.started = lambda _: started.set()
    _doubling(loaded).gate.clear()
    task: asyncio.Task[object] = asyncio.create_task(worker.compute(_raw()))
    await started.wait()
    return task


async def test_an_answer_and_where_the_time_went(tmp_path: Path) -> None:
    """The first of a model is cold, later ones are not."""
    async with _worker(_loaded(tmp_path)) as worker:
        first, second = await worker.compute(_raw()), await worker.compute(_raw())
    assert first.answer == {"doubled": [2.0, 4.0, 6.0, 8.0]}
    assert (first.cold, second.cold) == (True, False)
    assert first.timing.compute_s > 0
    assert first.timing.pace_s == 0
    assert first.timing.queue_s >= 0


async def test_what_waits_is_computed_together(tmp_path: Path) -> None:
    """While the slot is busy requests gather; then they share one call of the net."""
    loaded = _loaded(tmp_path, batch=4)
    async with _worker(loaded) as worker:
        first = await _held_up(worker, loaded)
        others = [asyncio.create_task(worker.compute(_raw(b"0 0 0 %d" % n))) for n in range(3)]
        await asyncio.sleep(0)
        _doubling(loaded).gate.set()
        await first
        done = [await task for task in others]
    assert [d.answer for d in done] == [{"doubled": [0, 0, 0, 2.0 * n]} for n in range(3)]
    assert [d.batch for d in done] == [3, 3, 3]
    assert _doubling(loaded).batches == [1, 3]


async def test_own_tensors_are_stacked_and_split(tmp_path: Path) -> None:
    """Requests with tensors of the net share a call too, whatever their first axes."""
    loaded = _loaded(tmp_path, batch=4)
    async with _worker(loaded) as worker:
        first = await _held_up(worker, loaded)
        others = [asyncio.create_task(worker.compute(_direct(rows))) for rows in (1, 3)]
        await asyncio.sleep(0)
        _doubling(loaded).gate.set()
        await first
        done = [await task for task in others]
    outputs = [d.tensors["y"] for d in done if d.tensors]
    assert [o.tolist() for o in outputs] == [[[2.0] * 4], [[6.0] * 4] * 3]
    assert [d.batch for d in done] == [2, 2]


@pytest.mark.parametrize("bad", [b"words", b"1 2", b"bug", b"later"])
async def test_a_bad_input_fails_alone(tmp_path: Path, bad: bytes) -> None:
    """Whether it fails in preparing or in the net, its batch is answered."""
    loaded = _loaded(tmp_path, batch=4)
    async with _worker(loaded) as worker:
        first = await _held_up(worker, loaded)
        good = asyncio.create_task(worker.compute(_raw()))
        wrong = asyncio.create_task(worker.compute(_raw(bad)))
        await asyncio.sleep(0)
        _doubling(loaded).gate.set()
        await first
        assert (await good).answer == {"doubled": [2.0, 4.0, 6.0, 8.0]}
        with pytest.raises((InputError, PermanentError, TemporaryError)):
            await wrong


async def test_pacing_occupies_the_slot(tmp_path: Path) -> None:
    """An emulated answer takes its factor of this machine's own time, and is recorded so."""
    async with _worker(_loaded(tmp_path, factor=500.0)) as worker:
        done = await worker.compute(_raw())
    own_s = done.timing.prepare_s + done.timing.compute_s + done.timing.finish_s
    assert done.timing.pace_s > own_s
    assert done.timing.service_s == pytest.approx(own_s + done.timing.pace_s)


async def test_refuses_when_full(tmp_path: Path) -> None:
    """The queue is bounded."""
    loaded = _loaded(tmp_path)
    async with _worker(loaded, limit=1) as worker:
        first = await _held_up(worker, loaded)
        second = asyncio.create_task(worker.compute(_raw()))
        await asyncio.sleep(0)
        with pytest.raises(RefusedError, match="queue full"):
            await worker.compute(_raw())
        _doubling(loaded).gate.set()
        await first
        await second


async def test_skips_past_its_lease(tmp_path: Path) -> None:
    """A job that is of no use any more is not run."""
    loaded = _loaded(tmp_path)
    async with _worker(loaded) as worker:
        with pytest.raises(SkippedError, match="lease or expiry"):
            await worker.compute(_raw(useless_after_s=time.monotonic() - 1))
    assert _doubling(loaded).batches == []


async def test_unknown_model(tmp_path: Path) -> None:
    """The message lists what is served."""
    async with _worker(_loaded(tmp_path)) as worker:
        job = Job(model="other", work=Raw(body=b"", media_type=""), arrived_s=0.0)
        with pytest.raises(UnknownModelError, match="found 'other', allowed: double"):
            await worker.compute(job)


async def test_two_slots_compute_at_a_time(tmp_path: Path) -> None:
    """Both leave the queue before either has ended."""
    loaded = _loaded(tmp_path, slots=2)
    async with _worker(loaded) as worker:
        first = await _held_up(worker, loaded)
        started = asyncio.Event()
        worker.started = lambda _: started.set()
        second = asyncio.create_task(worker.compute(_raw()))
        async with asyncio.timeout(30):
            await started.wait()
        assert not first.done()
        _doubling(loaded).gate.set()
        await asyncio.gather(first, second)


def test_configuration_keys() -> None:
    """A key says engine, precision, threads, batch and power mode."""
    for key in ("onnxruntime-fp32-t1-b4", "litert-int8-t2-b1-15W", "onnxruntime-fp16-t8-b16-max-n"):
        assert parse(key).key == key
    with pytest.raises(PermanentError, match="configuration: found 'onnxruntime'"):
        parse("onnxruntime")
    with pytest.raises(PermanentError):
        parse("onnxruntime-fp32-t0-b1")
