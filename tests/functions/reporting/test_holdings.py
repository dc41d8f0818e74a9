"""What capacity events list."""

from hypothesis import given
from hypothesis import strategies as st

from functions.reporting.holdings import Holdings
from functions.settings import FunctionSettings

SETTINGS = FunctionSettings(models=("m",), instance="edge-1", device="board", pace={"m": 2.0})


def test_waits_runs_and_goes() -> None:
    """An attempt is queued, then running with its time from the start, then no more."""
    holdings = Holdings(SETTINGS)
    holdings.accept("a", 1, "m", 10.0)
    (held,) = holdings.capacity(10.5).queued
    assert (held.identity, held.attempt, held.model, held.elapsed_s) == ("a", 1, "m", 0.5)
    holdings.start(["a"], 11.0)
    capacity = holdings.capacity(13.0)
    assert capacity.queued == ()
    assert capacity.running[0].elapsed_s == 2.0
    holdings.release("a", 1)
    assert holdings.capacity(14.0).running == ()


def test_says_who_it_is_and_counts() -> None:
    """The sequence rises with every event; an emulated instance says so."""
    holdings = Holdings(SETTINGS)
    first, second = holdings.capacity(0.0), holdings.capacity(0.0)
    assert (first.sequence, second.sequence) == (1, 2)
    assert (first.instance, first.device, first.state) == ("edge-1", "board", "starting")
    assert first.emulated


def test_attempts_of_one_identity_run_together() -> None:
    """Whoever joins a running computation is running; it stays so until its own release."""
    holdings = Holdings(SETTINGS)
    holdings.accept("a", 1, "m", 0.0)
    holdings.start(["a"], 1.0)
    holdings.accept("a", 2, "m", 2.0)
    holdings.release("a", 1)
    assert [held.attempt for held in holdings.capacity(3.0).running] == [2]
    holdings.release("a", 2)
    holdings.accept("a", 3, "m", 4.0)
    assert [held.attempt for held in holdings.capacity(5.0).queued] == [3]


def test_what_is_computed_together_is_one_batch() -> None:
    """Those that began together have the same number, which no other batch has; one alone none."""
    holdings = Holdings(SETTINGS)
    for identity in "abcdef":
        holdings.accept(identity, 1, "m", 0.0)
    holdings.start(["a", "b"], 1.0)
    holdings.start(["c"], 1.0)
    holdings.start(["d", "e"], 1.0)
    batches = [held.batch for held in holdings.capacity(2.0).running]
    assert batches == [1, 1, 0, 2, 2]
    assert [held.batch for held in holdings.capacity(2.0).queued] == [0]


@given(st.lists(st.tuples(st.sampled_from("asr"), st.sampled_from("xy"), st.integers(1, 2))))
def test_lists_each_attempt_once(steps: list[tuple[str, str, int]]) -> None:
    """Whatever happens in whatever order, what is held is listed exactly once."""
    holdings, expected = Holdings(SETTINGS), set()
    for step, identity, attempt in steps:
        if step == "a":
            holdings.accept(identity, attempt, "m", 0.0)
            expected.add((identity, attempt))
        elif step == "s":
            holdings.start([identity], 0.0)
        else:
            holdings.release(identity, attempt)
            expected.discard((identity, attempt))
        capacity = holdings.capacity(0.0)
        listed = [(h.identity, h.attempt) for h in (*capacity.running, *capacity.queued)]
        assert sorted(listed) == sorted(expected)
        assert len(holdings) == len(expected)
