"""Queues of slots."""

from hypothesis import given
from hypothesis import strategies as st

from scheduler.queues import Queue, SlotQueues
from tests.support.decisions import request

SECONDS = {"net": 0.5, "text": 0.1}


def queue(*requests: tuple[str, str, float]) -> Queue:
    """A queue of (key, model, deadline) in this order."""
    made = Queue(SECONDS.__getitem__)
    for key, model, deadline in requests:
        made.add(request(key, model, deadline))
    return made


def test_first_and_most_urgent() -> None:
    """First is who came first; most urgent is who must start first, its service deducted."""
    waiting = queue(("a", "text", 2.0), ("b", "net", 2.2), ("c", "text", 1.9))
    first, urgent = waiting.first(), waiting.most_urgent()
    assert first is not None
    assert urgent is not None
    assert (first.key, urgent[1].key, round(urgent[0], 9)) == ("a", "b", 1.7)


def test_equally_urgent() -> None:
    """Of two that must start at the same time the one that came first is taken."""
    urgent = queue(("a", "text", 2.0), ("b", "text", 2.0)).most_urgent()
    assert urgent is not None
    assert urgent[1].key == "a"


def test_set_aside() -> None:
    """Who must have started before is late from then on, in the order of becoming so."""
    waiting = queue(("a", "text", 2.0), ("b", "net", 2.2), ("c", "text", 3.0))
    assert round(waiting.work_s(), 9) == 0.7
    waiting.set_aside(1.95)
    assert list(waiting.late) == ["b", "a"]
    assert [item.key for item in waiting] == ["c", "b", "a"]
    assert round(waiting.work_s(), 9) == 0.1
    waiting.set_aside(0.0)
    assert list(waiting.late) == ["b", "a"]


def test_outdated() -> None:
    """New estimates are used once the queue is told that there are some."""
    seconds = {"net": 0.5}
    waiting = Queue(seconds.__getitem__)
    waiting.add(request("a", "net", 2.0))
    before = waiting.work_s()
    seconds["net"] = 0.25
    waiting.outdated()
    assert (before, waiting.work_s()) == (0.5, 0.25)


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "set aside"]),
        st.integers(0, 5),
        st.sampled_from(["net", "text"]),
        st.floats(0, 3),
    ),
    max_size=25,
)


@given(ACTIONS)
def test_as_counted_anew(actions: list[tuple[str, int, str, float]]) -> None:
    """Whatever happened, work and the most urgent are those of the requests that are not late."""
    queues = SlotQueues(lambda _, model: SECONDS[model])
    for action, number, model, time_s in actions:
        if action == "add":
            queues.add(request(str(number), model, time_s), ("gpu", "gpu#0"))
        elif action == "remove":
            queues.remove(str(number))
        else:
            for one in queues.at("gpu#0").values():
                one.set_aside(time_s)
        for one in queues.at("gpu#0").values():
            live = [item for item in one if item.key not in one.late]
            due = [item.deadline_s - SECONDS[item.model] for item in live]
            urgent = one.most_urgent()
            assert (None if urgent is None else urgent[0]) == min(due, default=None)
            assert abs(one.work_s() - sum(SECONDS[item.model] for item in live)) < 1e-9
            assert len(one) == len(live) + len(one.late)
        assert len(queues) == len(list(queues))


def test_slots_are_kept_while_something_waits() -> None:
    """A slot is listed as long as something is bound to it, through whichever pool."""
    queues = SlotQueues(lambda _, model: SECONDS[model])
    queues.add(request("a", "net", 1.0), ("big", "board"))
    queues.add(request("b", "text", 1.0), ("small", "board"))
    assert queues.slots() == ["board"]
    assert round(queues.work_s("board"), 9) == 0.6
    assert queues.work_s("other") == 0.0
    queues.remove("a")
    queues.add(request("b", "text", 1.0), ("small", "other"))
    assert queues.slots() == ["other"]
    queues.remove("unknown")
    queues.remove("b")
    assert not queues.slots()


def test_loosen() -> None:
    """What is bound to a place that is gone, or that serves its model no more, is taken out."""
    queues = SlotQueues(lambda _, model: SECONDS[model])
    queues.add(request("a", "net", 1.0), ("gpu", "gpu#0"))
    queues.add(request("b", "text", 1.0), ("gpu", "gpu#0"))
    queues.add(request("c", "text", 1.0), ("gpu", "gpu#1"))
    loose = queues.loosen({("gpu", "gpu#0"): frozenset({"text"})})
    assert sorted(item.key for item in loose) == ["a", "c"]
    assert [item.key for item in queues] == ["b"]
