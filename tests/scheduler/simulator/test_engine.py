"""Schedules small enough to be worked out by hand."""

from math import inf

import pytest

from scheduler.errors import SchedulerError
from scheduler.simulator.engine import simulate
from scheduler.types import Request
from tests.support.scenarios import asked, one, scenario
from tests.support.straight import Straight

ONE = scenario({"a": {"edge": 1.0}, "b": {"edge": 2.0}}, one("edge"))
TWO = scenario({"a": {"edge": 1.0}}, one("edge", 2))


def test_one_after_the_other() -> None:
    """An instance runs one request at a time, and idles until the next arrives."""
    load = asked([(0.0, "a", 9.0), (0.5, "b", 9.0), (5.0, "a", 9.0)])
    run = simulate(ONE, load, Straight("edge"))
    assert run.start_s.tolist() == [0.0, 1.0, 5.0]
    assert run.end_s.tolist() == [1.0, 3.0, 6.0]
    assert run.last_s == 6.0


def test_what_waits_at_an_instance_runs_by_deadline() -> None:
    """The earliest deadline first, of equals the one that came first; nothing is interrupted."""
    load = asked([(0.0, "b", 9.0), (0.125, "a", 8.0), (0.25, "a", 3.0), (0.5, "a", 2.75)])
    run = simulate(ONE, load, Straight("edge"))
    assert run.end_s.tolist() == [2.0, 5.0, 3.0, 4.0]


def test_work() -> None:
    """Service is profile x work, which the policy hears of only when it is done."""
    load = asked([(0.0, "a", 9.0), (0.0, "b", 9.0)], work=[0.5, 2.0])
    policy = Straight("edge")
    run = simulate(ONE, load, policy)
    assert run.end_s.tolist() == [0.5, 4.5]
    assert [(now_s, c.service_s) for now_s, c in policy.completions] == [(0.5, 0.5), (4.5, 4.0)]


def test_a_named_slot_and_any() -> None:
    """A placement goes to the slot that it names, else to the one expected free first."""
    load = asked([(0.0, "a", 9.0)] * 4)

    def where(request: Request) -> str:
        return "edge#1" if request.key in {"0", "1"} else "edge"

    run = simulate(TWO, load, Straight(where))
    assert run.slot.tolist() == [1, 1, 0, 0]
    assert run.end_s.tolist() == [1.0, 2.0, 1.0, 2.0]


def test_hops() -> None:
    """A request starts a hop after it was placed; its answer is there, and told, a hop later."""
    world = scenario({"a": {"edge": 1.0}}, one("edge"), hop_s=0.25)
    policy = Straight("edge")
    run = simulate(world, asked([(0.0, "a", 9.0), (0.0, "a", 9.0)]), policy)
    assert run.start_s.tolist() == [0.25, 1.25]
    assert run.end_s.tolist() == [1.5, 2.5]
    assert [now_s for now_s, _ in policy.completions] == [1.5, 2.5]
    assert policy.pools[0].hop_s == 0.5


def test_a_payload_takes_time_on_the_way_there() -> None:
    """The larger one is there later; answers come back in a hop whatever the payload was."""
    world = scenario({"a": {"edge": 1.0}}, one("edge", bandwidth_bytes_per_s=100.0), hop_s=0.25)
    policy = Straight("edge")
    load = asked([(0.0, "a", 9.0), (0.0, "a", 9.0)], size_bytes=[300, 25])
    run = simulate(world, load, policy)
    assert run.start_s.tolist() == [3.25, 0.5]
    assert run.end_s.tolist() == [4.5, 1.75]
    assert policy.pools[0].per_byte_s == 0.01


def test_ends_come_before_arrivals() -> None:
    """A request that arrives as an instance gets free finds it free."""
    policy = Straight("edge")
    load = asked([(0.0, "a", 9.0), (1.0, "a", 9.0)])
    run = simulate(ONE, load, policy)
    assert run.start_s.tolist() == [0.0, 1.0]
    assert policy.told[-1] == (1.0, (0.0,))


def test_a_batch() -> None:
    """An idle instance takes what is there of one model; all end together, by the largest work."""
    world = scenario({"a": {"gpu": {1: 1.0, 2: 1.5, 4: 2.0}}, "b": {"gpu": 1.0}}, one("gpu"))
    load = asked(
        [(0.0, "a", 9.0), (0.0, "a", 9.0), (0.0, "b", 9.5), (0.0, "a", 9.0)],
        work=[1.0, 2.0, 1.0, 1.0],
    )
    policy = Straight("gpu")
    run = simulate(world, load, policy)
    assert run.end_s.tolist() == [4.0, 4.0, 5.0, 4.0]
    assert run.batch.tolist() == [3, 3, 1, 3]
    assert [c.batch for _, c in policy.completions] == [3, 3, 3, 1]
    assert policy.completions[0][1].service_s == 4.0


def test_a_batch_is_closed_at_its_start() -> None:
    """What comes later waits, and no batch is larger than the largest in the profile."""
    world = scenario({"a": {"gpu": {1: 1.0, 2: 1.5}}}, one("gpu"))
    run = simulate(world, asked([(t, "a", 9.0) for t in (0.0, 0.1, 0.2, 0.3)]), Straight("gpu"))
    assert run.end_s.tolist() == [1.0, 2.5, 2.5, 3.5]
    assert run.batch.tolist() == [1, 2, 2, 1]


def test_a_cold_pool() -> None:
    """A pool at zero shows no slot; the first placement starts all its instances."""
    world = scenario({"a": {"edge": 1.0}}, one("edge", 2, cold_start_s=3.0, start="cold"))
    policy = Straight("edge")
    load = asked([(0.0, "a", 9.0), (1.0, "a", 9.0), (9.0, "a", 9.0)])
    run = simulate(world, load, policy)
    assert run.start_s.tolist() == [3.0, 3.0, 9.0]
    assert [free for _, free in policy.told] == [(), (4.0, 3.0), (0.0, 0.0)]


def test_a_pool_starts_warm() -> None:
    """A cold start that never happens costs nothing."""
    world = scenario({"a": {"edge": 1.0}}, one("edge", cold_start_s=3.0))
    assert simulate(world, asked([(0.0, "a", 9.0)]), Straight("edge")).end_s.tolist() == [1.0]


def test_an_expired_request() -> None:
    """What expires while it waits is withdrawn, or skipped by its instance; it has no end."""
    load = asked([(0.0, "b", 9.0), (0.0, "a", 9.0), (0.0, "a", 9.5)], expiry_s=[9.0, 1.5, 0.5])

    def where(request: Request) -> str:
        return "" if request.key == "2" else "edge"

    policy = Straight(where)
    run = simulate(ONE, load, policy)
    assert run.end_s.tolist() == [2.0, inf, inf]
    assert policy.gone == [(0.5, "2")]


def test_pools_on_one_device() -> None:
    """Pools of one device share its instances: one computes at a time."""
    profiles = {"a": {"slow": 2.0, "fast": 1.0}}
    world = scenario(profiles, one("slow", device="board"), one("fast", device="board"))

    def where(request: Request) -> str:
        return "slow" if request.key == "0" else "fast"

    policy = Straight(where)
    run = simulate(world, asked([(0.0, "a", 9.0)] * 2), policy)
    assert run.end_s.tolist() == [2.0, 3.0]
    assert [pool.slots for pool in policy.pools] == [("board#0",), ("board#0",)]


def test_unserved_requests_never_end() -> None:
    """What is never placed has no end; the run is over nevertheless."""
    run = simulate(ONE, asked([(0.0, "a", 9.0), (3.0, "a", 9.0)]), Straight(lambda _: ""))
    assert run.end_s.tolist() == [inf, inf]
    assert run.pool.tolist() == run.slot.tolist() == [-1, -1]
    assert run.last_s == 3.0


def test_no_requests() -> None:
    """A run without requests is over at once."""
    assert simulate(ONE, asked([]), Straight("edge")).end_s.size == 0


def test_wrong_placements() -> None:
    """A pool that is not there, or a request that does not wait, is a mistake of the policy."""
    with pytest.raises(SchedulerError, match="pool: found 'moon', allowed: one that serves a"):
        simulate(ONE, asked([(0.0, "a", 9.0)]), Straight("moon"))
    with pytest.raises(SchedulerError, match="found request '0', allowed: one that waits"):
        simulate(ONE, asked([(0.0, "a", 9.0)]), Twice("edge"))
    with pytest.raises(SchedulerError, match=r"wake_at_s: found 0\.0 at 0\.0"):
        simulate(ONE, asked([(0.0, "a", 9.0)]), Restless(lambda _: ""))


def test_an_unknown_model() -> None:
    """Requests for a model without a profile are refused."""
    with pytest.raises(SchedulerError, match="model: found z, allowed: a, b"):
        simulate(ONE, asked([(0.0, "z", 9.0)]), Straight("edge"))


def test_a_policy_that_only_wakes() -> None:
    """A run in which nothing happens but wakes ends."""
    run = simulate(ONE, asked([(0.0, "a", 9.0)]), Dreamer(lambda _: ""))
    assert run.end_s.tolist() == [inf]


class Twice(Straight):
    """Places everything twice."""

    def decide(self, now_s: float) -> list:  # type: ignore[type-arg]
        """Twice."""
        return [*super().decide(now_s)] * 2


class Restless(Straight):
    """Wants to be woken at once."""

    def wake_at_s(self) -> float | None:
        """Now."""
        return 0.0


class Dreamer(Straight):
    """Wants to be woken for ever."""

    _wakes = 0.0

    def wake_at_s(self) -> float | None:
        """A second after the last time."""
        self._wakes += 1.0
        return self._wakes
