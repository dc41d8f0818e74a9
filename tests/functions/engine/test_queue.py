"""The queue: order, batches, what is skipped. Time is told."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.engine.job import Job, Raw, RefusedError
from functions.engine.queue import Queue

WORK = Raw(body=b"", media_type="")


def _queue(
    limit: int = 100, batch: int = 1, service_s: float = 0.1, wait_s: float = 0.0,
    mates_s: float = 0.0,
) -> Queue:  # fmt: skip
    return Queue(limit, lambda _: batch, lambda _: service_s, wait_s, mates_s)


def _job(
    model: str = "m", arrived_s: float = 0.0, deadline_s: float = math.inf,
    useless_after_s: float = math.inf, together: int = 1,
) -> Job:  # fmt: skip
    return Job(
        model=model, work=WORK, arrived_s=arrived_s, deadline_s=deadline_s,
        useless_after_s=useless_after_s, together=together,
    )  # fmt: skip


def test_earliest_deadline_first() -> None:
    """Deadlines decide, then arrival; those without a deadline come last."""
    queue = _queue()
    jobs = [_job(), _job(deadline_s=3), _job(deadline_s=1), _job(deadline_s=3)]
    for job in jobs:
        queue.offer(job)
    taken = [queue.take(0.0).batch[0] for _ in jobs]
    assert taken == [jobs[2], jobs[1], jobs[3], jobs[0]]
    assert queue.take(0.0).batch == ()


def test_full() -> None:
    """One more than the limit is refused."""
    queue = _queue(limit=2)
    queue.offer(_job())
    queue.offer(_job())
    with pytest.raises(RefusedError, match="queue full: 2 requests wait"):
        queue.offer(_job())


def test_skips_what_is_past_its_use() -> None:
    """A lease or expiry that is over is not run."""
    queue = _queue()
    over, good = _job(deadline_s=1, useless_after_s=5), _job(deadline_s=2, useless_after_s=50)
    queue.offer(over)
    queue.offer(good)
    taken = queue.take(5.0)
    assert (taken.skipped, taken.batch) == ((over,), (good,))


def test_batches_of_one_model() -> None:
    """Company comes from the same model only, up to the largest batch."""
    queue = _queue(batch=2)
    mine = [_job("a", deadline_s=1), _job("a", deadline_s=4), _job("a", deadline_s=5)]
    other = _job("b", deadline_s=2)
    for job in (*mine, other):
        queue.offer(job)
    assert queue.take(0.0).batch == (mine[0], mine[1])
    assert queue.take(0.0).batch == (other,)
    assert queue.take(0.0).batch == (mine[2],)


def test_waits_for_company_but_not_for_ever() -> None:
    """A batch that is not full waits, at most so long from its oldest member's arrival."""
    queue = _queue(batch=2, wait_s=0.5)
    job = _job(arrived_s=10.0)
    queue.offer(job)
    assert queue.take(10.0).again_s == 10.5
    assert queue.take(10.5).batch == (job,)


def test_mates_wait_for_each_other_but_not_for_ever() -> None:
    """Sent as three, two of them wait a little; a single request beside them does not."""
    queue = _queue(batch=8, mates_s=0.5)
    mates = [_job(together=3), _job(arrived_s=0.1, together=3)]
    for mate in mates:
        queue.offer(mate)
    assert (queue.take(0.2).batch, queue.take(0.2).again_s) == ((), 0.5)
    single = _job("other", arrived_s=0.3)
    queue.offer(single)
    assert queue.take(0.3).batch == (single,)
    assert queue.take(0.5).batch == tuple(mates)


def test_mates_that_are_all_there_go_at_once() -> None:
    """Three of three wait for nobody, though more would fit; so does a batch that is full."""
    for size, together in ((8, 3), (3, 5)):
        queue = _queue(batch=size, mates_s=0.5)
        mates = [_job(together=together) for _ in range(3)]
        for mate in mates:
            queue.offer(mate)
        assert queue.take(0.0).batch == tuple(mates)


def test_mates_do_not_wait_past_a_deadline() -> None:
    """The latest start that meets the first deadline ends the wait."""
    queue = _queue(batch=8, service_s=0.1, mates_s=0.5)
    queue.offer(_job(together=2, deadline_s=0.3))
    assert queue.take(0.0).again_s == pytest.approx(0.2)


def test_a_full_batch_does_not_wait() -> None:
    """Nothing more can come."""
    queue = _queue(batch=2, wait_s=0.5)
    queue.offer(_job())
    queue.offer(_job())
    assert len(queue.take(0.0).batch) == 2


def test_another_model_is_not_held_up() -> None:
    """While one model's batch waits for company, a full one of another model runs."""
    queue = _queue(batch=2, wait_s=0.5)
    waiting, pair = _job("a", deadline_s=5), [_job("b", deadline_s=6), _job("b", deadline_s=7)]
    for job in (waiting, *pair):
        queue.offer(job)
    assert queue.take(0.0).batch == tuple(pair)
    assert queue.take(0.0).again_s == 0.5


@given(
    st.lists(st.tuples(st.floats(0, 5), st.floats(0, 5)), min_size=1, max_size=8),
    st.floats(0, 2), st.floats(0, 2),
)  # fmt: skip
def test_never_waits_past_a_latest_start(
    jobs: list[tuple[float, float]], wait_s: float, service_s: float
) -> None:
    """Whoever waits for company can still start in time to meet every member's deadline."""
    queue = _queue(batch=100, service_s=service_s, wait_s=wait_s)
    for arrived_s, budget_s in jobs:
        queue.offer(_job(arrived_s=arrived_s, deadline_s=arrived_s + budget_s))
    again_s = queue.take(0.0).again_s
    if again_s is not None:
        assert again_s <= min(a + b for a, b in jobs) - service_s
        assert again_s <= min(a for a, _ in jobs) + wait_s
        assert len(queue.take(again_s).batch) == len(jobs)
