"""Lanes of waiting requests."""

from hypothesis import given
from hypothesis import strategies as st

from scheduler.types import Request
from scheduler.waiting import Lanes
from tests.support.decisions import request


def lanes() -> Lanes:
    """Lanes by priority and model, in order of deadline."""
    return Lanes(lambda item: item.deadline_s, lambda item: -item.priority)


def test_same_key_replaces() -> None:
    """A request of the same key takes the place of the former, in whatever lane that was."""
    waiting = lanes()
    waiting.add(request("a", "net", 1.0))
    waiting.add(request("a", "text", 2.0, attempt=2))
    assert [(item.model, item.attempt) for item in waiting] == [("text", 2)]
    assert len(waiting) == 1


def test_cut_before() -> None:
    """Exactly the requests of the lane with an earlier time are taken out."""
    waiting = lanes()
    for index in range(5):
        waiting.add(request(str(index), "net", float(index)))
    waiting.add(request("other", "text", 0.0))
    assert [item.key for item in waiting.cut_before((0, "net"), 2.0)] == ["0", "1"]
    assert [item.key for item in waiting] == ["other", "2", "3", "4"]
    assert "0" not in waiting


@given(
    st.lists(
        st.tuples(
            st.booleans(),
            st.integers(0, 8).map(str),
            st.sampled_from(["net", "text"]),
            st.floats(0, 9),
        )
    )
)
def test_like_a_dictionary(steps: list[tuple[bool, str, str, float]]) -> None:
    """Adding and removing behaves like a dictionary, read in order of deadline."""
    waiting, expected = lanes(), dict[str, Request]()
    for adds, key, model, deadline in steps:
        if adds:
            expected[key] = request(key, model, deadline)
            waiting.add(expected[key])
        else:
            waiting.remove(key)
            expected.pop(key, None)
    assert len(waiting) == len(expected)
    assert {item.key: item for item in waiting} == expected
    deadlines = [item.deadline_s for item in waiting]
    assert deadlines == sorted(deadlines)
    assert {item.key for item in waiting.drain()} == set(expected)
    assert not waiting.lanes()
