"""The plan of the whole queue, by hand."""

from math import inf

import numpy as np
import pytest

from scheduler.kernel.filling import LATE, ROW, SLOT
from scheduler.kernel.planning import lateness, plan
from scheduler.kernel.queueing import insert
from scheduler.kernel.starting import decide
from scheduler.kernel.state import COLUMNS, Floats, Rule, Slots, World

FAIR = Rule(
    wait=0.0,
    spread=0.0,
    late=0.0,
    safety=0.0,
    spare=0.0,
    patience=5.0,
    early=0.0,
    ceiling=inf,
)
NONE = np.empty((1, COLUMNS))


def machines(service: list[list[float]], counts: list[int], price: list[float]) -> World:
    """Pools without hops that share nothing."""
    times = np.array(service)
    begins = np.cumsum([0, *counts]).astype(np.int64)
    slots = np.arange(begins[-1])
    return World(
        service=times,
        variance=np.zeros_like(times),
        batch=np.ones((*times.shape, 1)),
        unsure=np.zeros(len(counts)),
        factor=np.ones_like(times) * np.array(price),
        price=np.array(price),
        watts=np.zeros(len(counts)),
        half_hop=np.zeros(len(counts)),
        per_byte=np.zeros(len(counts)),
        best=times.min(axis=1),
        group=np.arange(len(counts)),
        pool_begin=begins,
        pool_slots=slots,
        slot_begin=np.arange(slots.size + 1),
        slot_pools=np.repeat(np.arange(len(counts)), counts),
    )


def idle(count: int) -> Slots:
    """So many slots without work."""
    return Slots(np.zeros(count), np.zeros(count, np.int64))


def waiting(*requests: tuple[int, float], rank: float = 0.0) -> tuple[Floats, int]:
    """Model and deadline of each, all with a QoS of 10 s."""
    rows, count = np.empty((len(requests) + 1, COLUMNS)), 0
    for number, (model, due_s) in enumerate(requests):
        count = insert(rows, count, np.array([due_s, due_s, model, 10.0, inf, rank, number, 0]))
    return rows, count


def test_slow_machine_that_suffices() -> None:
    """A request that a cheap slow slot can meet leaves the dear fast one alone."""
    made = plan(0.0, machines([[4.0, 1.0]], [1, 1], [0.1, 1.0]), idle(2), *waiting((0, 5.0)), FAIR)
    assert made.slot.tolist() == [0]


def test_fast_machine_where_needed() -> None:
    """A request that only the fast slot can meet gets it."""
    made = plan(0.0, machines([[4.0, 1.0]], [1, 1], [0.1, 1.0]), idle(2), *waiting((0, 2.0)), FAIR)
    assert made.slot.tolist() == [1]


def test_longest_gives_way() -> None:
    """Of three that do not all fit the longest is left out, so that two are met."""
    world = machines([[5.0], [2.0]], [1], [1.0])
    made = plan(0.0, world, idle(1), *waiting((0, 5.0), (1, 6.0), (1, 6.5)), FAIR)
    assert made.slot.tolist() == [-1, 0, 0]
    assert made.head.tolist() == [1]
    assert made.follows.tolist() == [-1, 2, -1]


def test_higher_priority_does_not_give_way() -> None:
    """A long request of higher priority keeps its place before a shorter one of lower."""
    world = machines([[5.0], [2.0]], [1], [1.0])
    rows, count = waiting((0, 5.0), rank=-1.0)
    rows = np.vstack([rows, rows])
    count = insert(rows, count, np.array([6.0, 6.0, 1.0, 10.0, inf, 0.0, 1.0, 0.0]))
    assert plan(0.0, world, idle(1), rows, count, FAIR).slot.tolist() == [0, -1]


def test_waiting_has_a_price() -> None:
    """Waiting for the cheap slot is preferred until its price makes the dear one cheaper."""
    world = machines([[2.0, 2.0]], [1, 1], [1.0, 1.5])
    busy = Slots(np.array([3.0, 0.0]), np.zeros(2, np.int64))
    queue, count = waiting((0, 9.0))
    assert plan(0.0, world, busy, queue, count, FAIR).slot.tolist() == [0]
    assert plan(0.0, world, busy, queue, count, FAIR._replace(wait=1.0)).slot.tolist() == [1]


def test_risk_has_a_price() -> None:
    """A slot that is only just in time costs its chance of being late."""
    world = machines([[4.0, 1.0]], [1, 1], [0.2, 1.0])
    world.variance[0, 0] = 4.0
    queue, count = waiting((0, 5.0))
    assert plan(0.0, world, idle(2), queue, count, FAIR).slot.tolist() == [0]
    assert plan(0.0, world, idle(2), queue, count, FAIR._replace(late=5.0)).slot.tolist() == [1]


def test_equal_costs_go_to_the_slower() -> None:
    """Of slots at the same cost the slower one is taken."""
    world = machines([[4.0, 1.0]], [1, 1], [0.25, 1.0])
    assert plan(0.0, world, idle(2), *waiting((0, 9.0)), FAIR).slot.tolist() == [0]


def test_late_requests_get_what_is_left() -> None:
    """A late request runs on a slot that the plan leaves idle, and only there."""
    world = machines([[2.0]], [2], [1.0])
    late, late_count = waiting((0, -1.0), (0, -2.0))
    queue, count = waiting((0, 3.0))
    starts = decide(0.0, world, idle(2), queue, count, late, late_count, FAIR)
    assert [(row[ROW], row[SLOT], row[LATE]) for row in starts] == [(0, 0, 0), (0, 1, 1)]


def test_closed_to_it() -> None:
    """A pool that is closed to a model takes it neither into its line nor in place of another."""
    world = machines([[1.0, 4.0], [5.0, 8.0]], [1, 1], [1.0, 1.0])
    world.factor[0, 0] = inf
    assert plan(0.0, world, idle(2), *waiting((0, 2.0)), FAIR).slot.tolist() == [-1]
    assert plan(0.0, world, idle(2), *waiting((1, 5.0), (0, 5.5)), FAIR).slot.tolist() == [0, 1]
    busy = Slots(np.array([0.0, 9.0]), np.zeros(2, np.int64))
    assert plan(0.0, world, busy, *waiting((1, 5.0), (0, 5.5)), FAIR).slot.tolist() == [0, -1]


BUSY_ELSEWHERE = Slots(np.array([0.0, 9.0]), np.zeros(2, np.int64))


def started(rule: Rule, due_s: float, slots: Slots = BUSY_ELSEWHERE) -> int:
    """How many start of one request of two seconds; a second machine does not serve it."""
    own = Slots(slots.free.copy(), slots.asleep.copy())
    late, late_count = waiting((0, due_s))
    world = machines([[2.0, inf], [inf, 1.0]], [1, 1], [1.0, 1.0])
    return len(decide(0.0, world, own, NONE, 0, late, late_count, rule))


@pytest.mark.parametrize(("due_s", "starts"), [(-1.0, 0), (-51.0, 1)])
def test_spare_slot(due_s: float, starts: int) -> None:
    """The last idle slot is left free until a request is late by five times its QoS."""
    assert started(FAIR._replace(spare=1.0), due_s) == starts


@pytest.mark.parametrize(("due_s", "starts"), [(-1.0, 0), (-9.0, 0), (-11.0, 1), (-51.0, 1)])
def test_ceiling_of_the_late(due_s: float, starts: int) -> None:
    """What costs 2 s may run on an idle slot under a ceiling of 1 s once overdue by its QoS."""
    assert started(FAIR._replace(ceiling=1.0), due_s) == starts


def test_endless_patience() -> None:
    """Where patience has no end, what costs too much is held back however late it is."""
    endless = FAIR._replace(ceiling=0.3, patience=inf)
    assert started(endless, -1e6) == 0
    assert started(FAIR._replace(ceiling=0.3), -1e6) == 1


@pytest.mark.parametrize("rule", [{"ceiling": 0.3}, {"spare": 1.0}])
def test_nothing_is_held_back_where_all_is_quiet(rule: dict[str, float]) -> None:
    """Where no slot computes and nothing is planned a late request runs, so that none starves."""
    assert started(FAIR._replace(patience=inf, **rule), -1.0, idle(2)) == 1


def test_late_requests_behind_many_that_are_held_back() -> None:
    """A cheap late request runs though thousands that are too dear became late before it."""
    world = machines([[5.0, 5.0], [1.0, inf]], [1, 1], [1.0, 1.0])
    late, late_count = waiting(*[(0, -2.0)] * 2000, (1, -1.0))
    rule = FAIR._replace(ceiling=2.0, patience=inf)
    busy = Slots(np.array([0.0, 9.0]), np.zeros(2, np.int64))
    starts = decide(0.0, world, busy, NONE, 0, late, late_count, rule)
    assert [(row[ROW], row[SLOT]) for row in starts] == [(2000, 0)]


def test_nothing_runs_past_its_expiry() -> None:
    """A late request whose answer would come after its expiry stays."""
    late, late_count = waiting((0, -1.0))
    late[0, 4] = 1.5
    world = machines([[2.0]], [1], [1.0])
    assert len(decide(0.0, world, idle(1), NONE, 0, late, late_count, FAIR)) == 0


def test_lateness() -> None:
    """Half of a symmetric spread is late at the deadline itself, nothing far before it."""
    assert lateness(0.0, 1.0) == pytest.approx(0.5)
    assert lateness(1.96, 1.0) == pytest.approx(0.025, abs=1e-3)
    assert lateness(5.0, 1.0) == 0.0
    assert lateness(0.0, 0.0) == 0.0
