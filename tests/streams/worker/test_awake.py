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


def test_on_a_machine_that_is_too_busy_it_is_told_ever_less() -> None:
    """A worker that takes over anew all the time does nothing else; after a calm minute it may."""
    times = iter([0.0, 3.0, 6.0, 11.0, 16.0, *(80.0 + at for at in range(3)), 85.0])
    awake = Awake(2.0, lambda: next(times))
    told = [awake.slept_s() for _ in range(4)]
    assert told == [3.0, 0.0, 5.0, 0.0]
    assert awake.slept_s() == 64.0
    assert [awake.slept_s() for _ in range(3)] == [0.0, 0.0, 0.0]


def test_the_clock_does_not_run_backwards() -> None:
    """It is no time of day."""
    assert steady_s() <= steady_s()
