"""The broker's clock as one worker knows it."""

from hypothesis import given
from hypothesis import strategies as st

from streams.worker.clock import WorkerClock


class Local:
    """This machine's clock, told."""

    def __init__(self, now_s: float = 1000.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        """Seconds."""
        return self.now_s


def test_before_anything_is_known_it_is_the_machines() -> None:
    """Nothing better is there."""
    assert WorkerClock(Local(1000.0)).now_s() == 1000.0


def test_what_was_read_gives_a_bound() -> None:
    """A record was appended before it was read: the clock is at least there."""
    local = Local(1000.0)
    clock = WorkerClock(local)
    clock.heard(1007.0)
    clock.heard(1003.0)
    assert clock.now_s() == 1007.0
    local.now_s = 1001.0
    assert clock.now_s() == 1008.0


def test_own_records_teach_it() -> None:
    """The append time of an own record is halfway between sending and acknowledgement."""
    local = Local(1000.2)
    clock = WorkerClock(local)
    clock.sent(1000.0, 1005.1)
    assert abs(clock.now_s() - 1005.2) < 1e-6
    clock.heard(2000.0)
    assert abs(clock.now_s() - 1005.2) < 1e-6


def test_a_record_without_a_time_teaches_nothing() -> None:
    """Topics that keep the producer's time give none."""
    clock = WorkerClock(Local(1000.0))
    clock.sent(999.0, 0.0)
    assert clock.now_s() == 1000.0


@given(
    st.lists(
        st.tuples(
            st.floats(min_value=-5, max_value=5),
            st.sampled_from(["heard", "sent"]),
            st.floats(min_value=900, max_value=1100),
        ),
        max_size=50,
    )
)
def test_never_runs_backwards(steps: list[tuple[float, str, float]]) -> None:
    """Whatever is learnt, and even if the machine's clock is set back."""
    local = Local(1000.0)
    clock = WorkerClock(local)
    latest_s = clock.now_s()
    for step_s, what, append_s in steps:
        local.now_s += step_s
        if what == "heard":
            clock.heard(append_s)
        else:
            clock.sent(local.now_s - 0.01, append_s)
        now_s = clock.now_s()
        assert now_s >= latest_s
        latest_s = now_s
