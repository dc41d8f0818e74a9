"""Searches of a policy: when they run, when their result is there."""

from collections.abc import Sequence
from typing import Any

from scheduler.policy import Policy, Search
from scheduler.simulator.engine import simulate
from scheduler.types import Placement, Request
from tests.support.scenarios import asked, one, scenario
from tests.support.straight import Straight

WORLD = scenario({"a": {"edge": 1.0}}, one("edge"))
LOAD = asked([(t, "a", 9.0) for t in (0.0, 2.0, 4.0)])


class Looking:
    """A search that finds out how often it was run."""

    def __init__(self) -> None:
        self.runs = 0

    def run(self) -> int:
        """Once more."""
        self.runs += 1
        return self.runs


class Learner(Straight):
    """Searches once, after its second arrival, and keeps when it was asked and told."""

    def __init__(self) -> None:
        super().__init__("edge")
        self.looking = Looking()
        self.found: list[tuple[float, Any]] = []
        self.asked: list[float] = []

    def decide(self, now_s: float) -> Sequence[Placement]:
        """Keeps when."""
        self.asked.append(now_s)
        return super().decide(now_s)

    def tuning(self) -> Search | None:
        """After the second."""
        return self.looking if len(self.arrivals) == 2 else None

    def tuned(self, found: Any, now_s: float) -> None:
        """Keeps it."""
        self.found.append((now_s, found))

    def state(self) -> bytes:
        """None."""
        return b""

    def restore(self, state: bytes) -> None:
        """Nothing."""


class Counting:
    """Looks on."""

    def __init__(self) -> None:
        self.decisions = 0
        self.searches = 0

    def decide(self, policy: Policy, now_s: float) -> Sequence[Placement]:
        """Counts."""
        self.decisions += 1
        return policy.decide(now_s)

    def search(self, search: Search) -> Any:
        """Counts."""
        self.searches += 1
        return search.run()


def test_a_result_is_there_at_once() -> None:
    """A search that takes no time on the virtual clock is told at the instant it was due."""
    policy = Learner()
    simulate(WORLD, LOAD, policy)
    assert policy.found == [(2.0, 1)]


def test_a_result_takes_its_time() -> None:
    """One that takes 1.5 seconds is told then; what waits is asked for anew."""
    policy = Learner()
    policy._where = lambda request: _later(request, policy)
    simulate(WORLD, LOAD, policy, tuning_s=1.5)
    assert policy.found == [(3.5, 1)]
    assert policy.asked == [0.0, 2.0, 3.5, 4.0]


def test_who_looks_on() -> None:
    """All decisions and searches go through the watch."""
    watch = Counting()
    simulate(WORLD, LOAD, Learner(), watch=watch)
    assert (watch.decisions, watch.searches) == (3, 1)


def _later(request: Request, policy: Learner) -> str:
    """The second request leaves when the search has ended."""
    return "" if request.key == "1" and not policy.found else "edge"
