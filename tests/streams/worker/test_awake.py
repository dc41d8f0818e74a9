"""A worker that was stopped, and wakes."""

from streams.worker.awake import Awake, steady_s


def test_steps_that_are_close_are_no_sleep() -> None:
    """A loop that rests for a second is awake."""
    times = iter([0.0, 1.0, 2.0, 4.0])
    awake = Awake(2.0, lambda: next(times))
    assert [awake.slept_s() for _ in range(3)] == [0.0, 0.0, 0.0]


def test_a_gap_is_told_once() -> None:
    """The step after a long pause tells how long it was; the next one is well again."""
    times = iter([0.0, 30.0, 30.1])
    awake = Awake(2.0, lambda: next(times))
    assert [awake.slept_s() for _ in range(2)] == [30.0, 0.0]


def test_the_clock_does_not_run_backwards() -> None:
    """It is no time of day."""
    assert steady_s() <= steady_s()
