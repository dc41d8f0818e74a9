"""What a policy remembers of the runs it started."""

from scheduler.running import Running


def test_remembers_until_it_has_ended() -> None:
    """A slot is expected to be free as told at the start of its run, until the run has ended."""
    running = Running()
    running.started("a", "gpu#0", 2.0)
    assert running.until_s("gpu#0") == 2.0
    assert running.until_s("gpu#1") is None
    running.ended("a")
    assert running.until_s("gpu#0") is None


def test_the_run_started_last_counts() -> None:
    """A later run on the slot replaces the one before, whose end is then of no interest."""
    running = Running()
    running.started("a", "gpu#0", 2.0)
    running.started("b", "gpu#0", 3.0)
    running.ended("a")
    assert running.until_s("gpu#0") == 3.0
    running.ended("b")
    running.ended("b")
    assert running.until_s("gpu#0") is None
