"""Several workers on the same slots."""

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.core.standing import Mode
from streams.ports import History
from tests.support.office import LEASE_S, LONG_S, Office, Worker
from tests.support.stream_policy import FirstIdle, Gathers


def office(workers: int = 2, slots: int = 1, ahead_s: float = 0.0) -> Office:
    """Workers that know each other, and may place so long before a slot is free."""
    made = Office(workers, slots, lambda: FirstIdle(LONG_S, ahead_s))
    made.settle()
    return made


def modes(made: Office) -> list[Mode]:
    """How each worker may place."""
    return [worker.standing.mode for worker in made.workers]


def test_the_first_worker_of_all_places_as_soon_as_it_hears_itself() -> None:
    """Nobody has ever written to the log; from then on it places without asking."""
    made = Office(1)
    (only,) = made.workers
    made.submit(only, "a")
    assert made.placed() == []
    made.everything()
    assert (made.placed(), modes(made)) == (["a"], [Mode.ALONE])
    made.end(*made.running)
    made.submit(only, "b")
    made.everything()
    assert made.placed() == ["b"]


def test_who_follows_a_worker_that_died_waits() -> None:
    """It might live: what the log tells is no proof."""
    made = office(1)
    made.workers.clear()
    only = made.join()
    made.submit(only, "a")
    made.everything()
    assert (made.placed(), modes(made)) == ([], [Mode.NONE])
    made.settle()
    assert (made.placed(), modes(made)) == (["a"], [Mode.ALONE])


def test_who_follows_a_worker_that_was_alone_and_ended_places_at_once() -> None:
    """The last record of the log tells that nobody is there."""
    made = office(1)
    made.leave(*made.workers)
    only = made.join()
    made.submit(only, "a")
    made.everything()
    assert (made.placed(), modes(made)) == (["a"], [Mode.ALONE])


def test_who_follows_a_worker_that_was_alone_and_is_seen_to_be_dead_places_at_once() -> None:
    """It ran on the same machine."""
    made = office(1)
    made.dead.add(made.workers.pop().standing.name)
    only = made.join()
    made.submit(only, "a")
    made.everything()
    assert (made.placed(), modes(made)) == (["a"], [Mode.ALONE])


def test_who_follows_one_of_several_that_is_dead_waits() -> None:
    """The other lives."""
    made = office()
    made.dead.add(made.workers.pop().standing.name)
    only = made.join()
    made.everything()
    assert only.standing.mode is Mode.NONE


def test_one_of_several_that_ends_says_nothing() -> None:
    """Who comes then still waits until the other has told it what it holds."""
    made = office()
    made.leave(made.workers[0])
    made.join()
    made.everything()
    assert modes(made)[1] is Mode.NONE


def test_who_ends_without_having_read_of_another_deserts_nobody() -> None:
    """Its farewell stands behind the beat of a newcomer, and does not count."""
    made = office(1)
    first, newcomer = *made.workers, made.join()
    made.wait(1.0)
    made.beat(newcomer)
    made.leave(first)
    last = made.join()
    made.everything()
    assert modes(made) == [Mode.NONE, Mode.NONE]
    made.submit(last, "a")
    made.everything()
    assert made.placed() == []


def test_of_two_that_want_the_same_slot_one_gets_it() -> None:
    """The other waits, and gets it next."""
    made = office()
    first, second = made.workers
    made.submit(first, "a")
    made.submit(second, "b")
    assert made.placed() == []
    made.everything()
    assert made.placed() == ["a"]
    made.tell_capacity()
    made.everything()
    assert made.placed() == ["a"]
    made.end(*made.running)
    made.everything()
    assert made.placed() == ["b"]


def test_each_leaves_the_other_its_slot() -> None:
    """Both know what waits, and that two slots are free: no claim is in vain."""
    made = office(slots=2)
    first, second = made.workers
    for name in ("x", "y"):
        made.submit(first, name)
    made.everything()
    made.tell_capacity()
    made.everything()
    made.submit(first, "a")
    made.submit(second, "b")
    made.everything()
    made.running.clear()
    made.tell_capacity()
    made.everything()
    assert sorted(made.placed()) == ["a", "b"]
    assert {attempt for _, attempt in made.running} == {1}


def test_the_most_urgent_goes_first_whosever_it_is() -> None:
    """Each worker decides in knowledge of all that waits, and leaves the slot to the other."""
    made = office()
    first, second = made.workers
    made.submit(first, "running")
    made.everything()
    second.world.submit(
        "urgent", partition=1, deadline=second.world.stamp(second.world.now_s + 0.1)
    )
    made.submit(first, "patient")
    made.everything()
    made.end(*made.running)
    made.everything()
    assert made.placed() == ["urgent"]


def test_what_one_learns_all_learn() -> None:
    """An end is told, so that estimates are the same everywhere."""
    made = office()
    first, second = made.workers
    made.submit(first, "a")
    made.everything()
    made.end(*made.running)
    made.submit(second, "b")
    made.everything()
    assert len(second.policy.completions) == 1


def test_a_newcomer_hears_what_is_placed_and_what_waits() -> None:
    """Before it may place anything."""
    made = office(1)
    (first,) = made.workers
    made.submit(first, "a")
    made.submit(first, "b")
    newcomer = made.join()
    made.submit(newcomer, "c")
    made.settle()
    assert modes(made) == [Mode.MEMBER, Mode.MEMBER]
    assert made.placed() == ["a"]
    made.end(*made.running)
    made.everything()
    assert made.placed() == ["b"]


def test_who_slept_does_not_place_before_it_has_joined_anew() -> None:
    """The others took it for dead, and placed without asking."""
    made = office()
    sleeper, other = made.workers
    for _ in range(round(4 * LEASE_S / 0.25)):
        made.wait(0.25)
        made.beat(other)
        made.read(other)
    assert modes(made) == [Mode.NONE, Mode.ALONE]
    made.submit(other, "a")
    made.submit(sleeper, "b")
    made.everything()
    assert made.placed() == ["a"]
    made.settle()
    assert modes(made) == [Mode.MEMBER, Mode.MEMBER]
    made.end(*made.running)
    made.everything()
    assert made.placed() == ["b"]


def test_what_came_to_nothing_while_all_slept_takes_no_slot() -> None:
    """Each joins anew; a claim that was written before that is not carried out."""
    made = office()
    first, second = made.workers
    made.submit(first, "a")
    made.submit(second, "b")
    made.wait(1.5 * LEASE_S)
    made.settle(4 * LEASE_S)
    for left in (1, 0):
        made.end(*made.running)
        made.everything()
        assert len(made.running) == left


def test_requests_of_a_worker_that_is_gone_take_no_slot() -> None:
    """Its partitions go to others, who are told of the requests again."""
    made = office()
    gone, other = made.workers
    made.submit(gone, "a")
    made.everything()
    made.tell_capacity()
    made.everything()
    made.submit(gone, "lost")
    made.read(other)
    made.workers.remove(gone)
    made.settle(5 * LEASE_S)
    made.running.clear()
    made.tell_capacity()
    made.submit(other, "b")
    made.everything()
    assert made.placed() == ["b"]


def test_who_misses_a_record_joins_anew() -> None:
    """A reader that was cut off does not know what it has missed."""
    made = office()
    first, second = made.workers
    made.submit(first, "a")
    second.position = len(made.log)
    made.wait(0.5)
    made.everything()
    assert modes(made)[1] is Mode.NONE
    made.settle(3 * LEASE_S)
    assert modes(made)[1] is Mode.MEMBER


def test_what_is_computed_together_takes_one_slot() -> None:
    """Two batches of two workers fit on two slots; a third waits."""
    made = Office(3, 2, lambda: Gathers(LONG_S), "onnxruntime-fp32-t1-b4")
    made.settle()
    first, second, third = made.workers
    for worker in (first, second):
        for name in ("a", "b"):
            worker.world.submit(name, partition=worker.number)
    made.everything()
    batches = [place.placement.headers for _, place in made.running.values()]
    assert len({dict(headers)["ce_batchid"] for headers in batches}) == 2
    assert {attempt for _, attempt in made.running} == {1}
    assert made.placed() == ["a", "b"] * 2
    for name in ("c", "d"):
        made.submit(third, name)
    made.everything()
    assert made.placed() == ["a", "b"] * 2


def test_what_was_placed_takes_its_slot_though_its_partition_is_gone() -> None:
    """Nobody lists it yet, and who gets the partition has still to find it."""
    made = office()
    first, second = made.workers
    made.submit(first, "a")
    made.everything()
    first.world.core.revoked(first.number)
    made.submit(second, "b")
    made.everything()
    assert made.placed() == ["a"]


def test_what_a_former_owner_placed_is_told_by_the_next() -> None:
    """The others may not have known the former owner."""
    made = office()
    first, second = made.workers
    made.submit(first, "a")
    made.everything()
    ((_, place),) = made.running.values()
    (record,) = first.world.log[place.decision.request_topic, first.number]
    made = office()
    first, second = made.workers
    made.running[place.identity, place.attempt] = (first, place)
    history = History(decisions={place.identity: place.decision})
    first.world.core.revoked(first.number)
    first.world.core.assigned(first.number, first.world.now_s)
    first.world.do(first.world.core.restored(first.number, history, first.world.now_s))
    first.world.deliver(record)
    made.everything()
    made.submit(second, "b")
    made.everything()
    assert made.placed() == ["a"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["submit", "submit", "read", "read", "list", "end", "beat", "wait", "restart"]
        ),
        st.integers(0, 2),
        st.integers(1, 3),
    ),
    max_size=120,
)


def step(made: Office, what: str, worker: Worker, amount: int, name: str) -> None:
    """One thing happens."""
    if what == "submit":
        made.submit(worker, name)
    elif what == "read":
        made.read(worker, amount)
    elif what == "list":
        made.list_to(worker, amount)
    elif what == "beat":
        made.beat(worker)
    elif what == "restart":
        made.restart(worker)
    elif what == "wait":
        made.wait(0.4 * amount)
    elif made.running:
        made.end(list(made.running)[amount % len(made.running)])


@settings(deadline=None, max_examples=100)
@given(STEPS, st.integers(1, 3), st.booleans())
def test_slots_are_never_given_twice(
    steps: list[tuple[str, int, int]], slots: int, ahead: bool
) -> None:
    """Whoever reads how late, sleeps, joins anew or is restarted.

    Where one worker would place one more for each slot, to queue behind what is there, several
    place no more than that together.
    """
    made = office(3, slots, 1.1 * LONG_S if ahead else 0.0)
    most = 2 * slots if ahead else slots
    for number, (what, which, amount) in enumerate(steps):
        step(made, what, made.workers[which], amount, f"r{number}")
        assert len(made.running) <= most
    made.settle(3 * LEASE_S)
    while made.running:
        assert len(made.running) <= most
        for key in list(made.running):
            made.end(key)
        made.everything()
    assert not any(worker.world.core.waiting for worker in made.workers)
