"""One batch, from bytes to answers, timed. Runs in a thread."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from functions.engine.job import Direct, Done, Job, Raw
from functions.errors import PermanentError, TemporaryError
from functions.ports import Model, Session, Tensors
from functions.runtimes.tensors import stacked
from functions.schema import Timing

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What a batch came to: one result or error per job, and the processor time of this thread."""

    results: tuple[Done | Exception, ...]
    cpu_s: float


def run(model: Model, session: Session, jobs: Sequence[Job]) -> Batch:
    """Compute the jobs together; a bad input fails alone."""
    start_s, cpu_s = time.perf_counter(), time.thread_time()
    prepared = [_guarded(partial(_prepare, model, job)) for job in jobs]
    good = [tensors for tensors in prepared if not isinstance(tensors, Exception)]
    ready_s = time.perf_counter()
    computed = _compute(model, session, type(jobs[0].work), good) if good else []
    computed_s = time.perf_counter()
    remaining = iter(computed)
    outcomes = [p if isinstance(p, Exception) else next(remaining) for p in prepared]
    finished = [
        _guarded(partial(_finish, model, job, out)) for job, out in zip(jobs, outcomes, strict=True)
    ]
    timing = Timing(
        prepare_s=ready_s - start_s,
        compute_s=computed_s - ready_s,
        finish_s=time.perf_counter() - computed_s,
    )
    results = tuple(_done(each, timing, len(jobs)) for each in finished)
    return Batch(results=results, cpu_s=time.thread_time() - cpu_s)


def _guarded(step: Callable[[], _T]) -> _T | Exception:
    try:
        return step()
    except (PermanentError, TemporaryError) as error:
        return error
    except Exception as error:  # noqa: BLE001 - one bad request must not fail its batch
        return PermanentError(f"the model failed: {error!r:.300}")


def _prepare(model: Model, job: Job) -> Tensors:
    if isinstance(job.work, Direct):
        return job.work.tensors
    return model.processing.prepare(job.work.body, job.work.media_type)


def _compute(
    model: Model, session: Session, kind: type[Raw | Direct], batch: Sequence[Tensors]
) -> list[Tensors | Exception]:
    compute = model.processing.compute if kind is Raw else _direct
    together = _guarded(partial(compute, session, batch))
    if not isinstance(together, Exception):
        return list(together)
    if len(batch) == 1:
        return [together]
    return [_compute(model, session, kind, [tensors])[0] for tensors in batch]


def _direct(session: Session, batch: Sequence[Tensors]) -> list[Tensors]:
    sizes = [_size(tensors) for tensors in batch]
    if len(batch) == 1 or 0 in sizes or not _stackable(session):
        return [session.run(tensors) for tensors in batch]
    together = {name: stacked([tensors[name] for tensors in batch]) for name in batch[0]}
    outputs = session.run(together)
    places = [sum(sizes[:number]) for number in range(len(sizes))]
    return [
        {name: array[place : place + size] for name, array in outputs.items()}
        for place, size in zip(places, sizes, strict=True)
    ]


def _size(tensors: Tensors) -> int:
    """How many samples a request holds; 0 if its tensors do not agree."""
    sizes = {array.shape[0] if array.ndim else 0 for array in tensors.values()}
    return sizes.pop() if len(sizes) == 1 else 0


def _stackable(session: Session) -> bool:
    """Whether the first axis of every tensor is a batch axis; a net with a state has others."""
    return all(spec.shape[:1] == (-1,) for spec in (*session.inputs, *session.outputs))


def _finish(model: Model, job: Job, out: Tensors | Exception) -> Done:
    if isinstance(out, Exception):
        raise out
    if isinstance(job.work, Direct):
        return Done(tensors=out, answer=None, timing=Timing(), batch=1)
    return Done(tensors=None, answer=model.processing.finish(out), timing=Timing(), batch=1)


def _done(each: Done | Exception, timing: Timing, batch: int) -> Done | Exception:
    if isinstance(each, Exception):
        return each
    return Done(tensors=each.tensors, answer=each.answer, timing=timing, batch=batch)
